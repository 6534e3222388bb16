/**
 * The proof of the rotation (docs/refresh-rotation.md): thousands of histories of honest clients, thieves, deaths and wrong clocks run
 * through the real code, and none breaks a promise.
 *
 * `ROTATION_HISTORIES` sets how many; `ROTATION_SEED`, `ROTATION_PATH`, `ROTATION_REPLAY` run one of them again, as a failure prints them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHistories, runHistoriesApart } from './histories.ts';
import { type Landmark, landmarks } from './landmarks.ts';

const { TEST_SERVER_URL, ROTATION_HISTORIES, ROTATION_SEED, ROTATION_PATH, ROTATION_REPLAY } = process.env;
const onServer = TEST_SERVER_URL !== undefined;
const histories = Number(ROTATION_HISTORIES ?? (onServer ? 500 : 10_000));

/** The same each time, and those of the day. */
const seeds = ROTATION_SEED === undefined ? [1, Math.floor(Date.now() / 86_400_000)] : [Number(ROTATION_SEED)];

/** Of a thousand histories at least so many come past each; what happens in a few of a thousand is only asked of many. */
const rare: Landmark = 'a session too old';
const leastOf = (landmark: Landmark): number => (landmark === rare ? Number(histories >= 5_000) : 15);

test(`${histories} histories of refreshes at once, deaths, wrong clocks, thieves and revocations keep every promise`, async (t) => {
  const runs = Math.ceil(histories / seeds.length);
  const run = onServer ? runHistories : runHistoriesApart;
  const all = await Promise.all(
    seeds.map((seed) => run({ runs, seed, path: ROTATION_PATH, replayPath: ROTATION_REPLAY })),
  );
  for (const { broken, report } of all) assert.equal(broken, undefined, report);
  t.diagnostic(`seeds ${seeds.join(' and ')}: ${all.map((it) => it.histories).join(' and ')} histories`);
  if (ROTATION_PATH !== undefined) return;
  for (const landmark of landmarks) {
    const count = all.reduce((sum, { reached }) => sum + (reached.get(landmark) ?? 0), 0);
    const share = (count / histories) * 1_000;
    t.diagnostic(`${share.toFixed(1)} of 1000 histories: ${landmark}`);
    assert.ok(share >= leastOf(landmark), `only ${share} of 1000 histories came past: ${landmark}`);
  }
});
