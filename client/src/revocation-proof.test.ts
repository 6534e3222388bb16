import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createManualTime } from '../test/manual-time.ts';
import type { StatusList } from './lists.ts';
import { createRevocation } from './revocation.ts';

const uri = 'https://id.example/status/lists/0';

/** A list of which one fetch succeeds and all later ones fail, so that only the feed can prove anything; stale after 60 s. */
async function setUp() {
  const time = createManualTime();
  let fetches = 0;
  const revocation = createRevocation({
    async fetchList() {
      fetches += 1;
      if (fetches > 1) throw new Error('out of order');
      return { bits: new Uint8Array(4_096), issuedAt: time.now() / 1_000, ttl: 30 };
    },
    isListUri: (it) => it === uri,
    ...time.ports,
    rules: { maxStalenessMs: 60_000, whenStale: 'refuse', onDemand: false },
  });
  const { opened, revoked, beat, lost } = revocation.listener;
  const list: StatusList = await revocation.settle(uri, 3);
  return { time, opened, revoked, beat, lost: () => lost(undefined, 0), isFresh: () => revocation.holds(list, 3) };
}

describe('what proves that the issuer could tell', () => {
  test('a fetch does, for as long as the bound says', async () => {
    const { time, isFresh } = await setUp();
    time.pass(60);
    assert.ok(isFresh());
    time.pass(0.001);
    assert.ok(!isFresh());
  });

  test('each beat does', async () => {
    const { time, opened, beat, isFresh } = await setUp();
    opened(120);
    for (let minute = 0; minute < 10; minute += 1) {
      time.pass(59);
      beat();
    }
    assert.ok(isFresh());
  });

  test('after the first beat each revocation does, too', async () => {
    const { time, opened, beat, revoked, isFresh } = await setUp();
    opened(120);
    beat();
    time.pass(50);
    revoked(uri, [9]);
    time.pass(50);
    assert.ok(isFresh());
  });

  test('before it a revocation does not: the rest of the replay may still be on its way', async () => {
    const { time, opened, revoked, isFresh } = await setUp();
    time.pass(50);
    opened(120);
    revoked(uri, [9]);
    time.pass(11);
    assert.ok(!isFresh());
  });

  test('that a connection stands does not', async () => {
    const { time, opened, lost, isFresh } = await setUp();
    opened(120);
    time.pass(50);
    lost();
    opened(120);
    time.pass(11);
    assert.ok(!isFresh());
  });

  test('what an earlier connection has proven still holds, for its time', async () => {
    const { time, opened, beat, lost, isFresh } = await setUp();
    opened(120);
    time.pass(50);
    beat();
    lost();
    time.pass(5);
    opened(120);
    time.pass(55);
    assert.ok(isFresh());
    time.pass(1);
    assert.ok(!isFresh());
  });

  test('beats do not prove anything of a list that is older than what the feed replayed', async () => {
    const { time, opened, beat, isFresh } = await setUp();
    time.pass(61);
    opened(120);
    beat();
    assert.ok(!isFresh());
  });
});
