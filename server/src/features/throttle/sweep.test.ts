import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestDatabase } from '../../../test/support/databases/index.ts';
import { createTestClock } from '../../../test/support/ports.ts';
import { migrate } from '../../db/migrate.ts';
import { throttleStore } from './store.sql.ts';
import type { ThrottleStore } from './store.ts';
import { createSweep } from './sweep.ts';

test('a large table is swept in many transactions, each of a hundred counters at most, and none is left out', async () => {
  const db = await openTestDatabase();
  const clock = createTestClock();
  await migrate(db, clock.now());
  const kinds = ['account', 'name', 'own'];
  const rows = Array.from({ length: 900 }, (_, place) => ({
    counter: `${kinds[place % kinds.length]}:${String((place * 7_919) % 900).padStart(4, '0')}`,
    attempts: 1,
    last_at: clock.now(),
    blocked_until: 0,
  }));
  await db.transact((tx) => tx.query(db.dialect.builder.insertInto('throttle_counters').values(rows)));
  const removed: number[] = [];
  const store: ThrottleStore = {
    ...throttleStore,
    sweep: async (...given) => {
      const count = await throttleStore.sweep(...given);
      if (count > 0) removed.push(count);
      return count;
    },
  };
  const sweep = createSweep({ db, clock, store });
  await sweep();
  assert.deepEqual(removed, []);
  clock.advance(86_400_000 + 600_001);
  await sweep();
  assert.deepEqual(removed, Array(9).fill(100));
  await db.close();
});
