/**
 * The proof of the rotation (docs/refresh-rotation.md): thousands of histories of honest clients, thieves, deaths and wrong clocks run
 * through the real code, and none breaks a promise.
 *
 * `ROTATION_HISTORIES` sets how many; `ROTATION_SEED`, `ROTATION_PATH`, `ROTATION_REPLAY` run one of them again, as a failure prints them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openGround } from './ground.ts';
import { type Landmark, landmarks } from './landmarks.ts';
import { prove } from './proof.ts';

const { TEST_SERVER_URL, ROTATION_HISTORIES, ROTATION_SEED, ROTATION_PATH, ROTATION_REPLAY } = process.env;
const onServer = TEST_SERVER_URL !== undefined;
const histories = Number(ROTATION_HISTORIES ?? (onServer ? 500 : 10_000));

/** The same each time, and those of the day. */
const seeds = ROTATION_SEED === undefined ? [1, Math.floor(Date.now() / 86_400_000)] : [Number(ROTATION_SEED)];

/** Of a thousand histories at least so many come past each; what happens in a few of a thousand is only asked of many. */
const rare: Landmark = 'a session too old';
const leastOf = (landmark: Landmark): number => (landmark === rare ? Number(histories >= 5_000) : 15);

test(`${histories} histories of refreshes at once, deaths, wrong clocks, thieves and revocations keep every promise`, async (t) => {
  await using ground = await openGround();
  const reached = new Map<Landmark, number>();
  for (const seed of seeds) {
    const runs = Math.ceil(histories / seeds.length);
    const replay = { path: ROTATION_PATH, replayPath: ROTATION_REPLAY };
    const { broken, report, histories: run } = await prove(ground, { runs, seed, reached, ...replay });
    assert.equal(broken, undefined, report);
    t.diagnostic(`seed ${seed}: ${run} histories`);
  }
  if (ROTATION_PATH !== undefined) return;
  for (const landmark of landmarks) {
    const share = ((reached.get(landmark) ?? 0) / histories) * 1_000;
    t.diagnostic(`${share.toFixed(1)} of 1000 histories: ${landmark}`);
    assert.ok(share >= leastOf(landmark), `only ${share} of 1000 histories came past: ${landmark}`);
  }
});
