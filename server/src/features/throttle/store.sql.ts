import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { ThrottleStore } from './store.ts';

interface ThrottleTables {
  throttle_counters: { counter: string; attempts: number; last_at: Instant; blocked_until: Instant };
}

const { statement } = statements<ThrottleTables>();

const countAttempt = statement((db, p: { counter: string; now: Instant }) =>
  db
    .updateTable('throttle_counters')
    .set((column) => ({ attempts: column('attempts', '+', 1), last_at: p.now }))
    .where('counter', '=', p.counter)
    .where('blocked_until', '<=', p.now),
);

const openCounter = statement((db, p: { counter: string; now: Instant }, dialect) =>
  dialect.unlessPresent(
    db.insertInto('throttle_counters').values({ counter: p.counter, attempts: 1, last_at: p.now, blocked_until: 0 }),
  ),
);

const findCounter = statement((db, p: { counter: string }) =>
  db.selectFrom('throttle_counters').select(['attempts', 'blocked_until']).where('counter', '=', p.counter),
);

const blockCounter = statement((db, p: { counter: string; until: Instant }) =>
  db.updateTable('throttle_counters').set({ blocked_until: p.until }).where('counter', '=', p.counter),
);

const uncountAttempt = statement((db, p: { counter: string }) =>
  db
    .updateTable('throttle_counters')
    .set((column) => ({ attempts: column('attempts', '-', 1), blocked_until: 0 }))
    .where('counter', '=', p.counter)
    .where('attempts', '>', 0),
);

const forgetCounter = statement((db, p: { counter: string }) =>
  db.deleteFrom('throttle_counters').where('counter', '=', p.counter),
);

const sweepCounters = statement((db, p: { before: Instant }) =>
  db.deleteFrom('throttle_counters').where('last_at', '<', p.before).where('blocked_until', '<', p.before),
);

export const throttleStore: ThrottleStore = {
  async count(tx, counter, now) {
    const increment = async () => (await tx.execute(countAttempt, { counter, now })) === 1;
    // Where it was not there, somebody else may open it before we do; then we count behind them.
    const counted =
      (await increment()) || (await tx.execute(openCounter, { counter, now })) === 1 || (await increment());
    const row = await tx.first(findCounter, { counter });
    // Somebody's success has just made it start anew.
    if (row === undefined) return { attempts: 1, blockedUntil: 0, counted: true };
    return { attempts: row.attempts, blockedUntil: row.blocked_until, counted };
  },
  block: async (tx, counter, until) => {
    await tx.execute(blockCounter, { counter, until });
  },
  uncount: async (tx, counter) => {
    await tx.execute(uncountAttempt, { counter });
  },
  forget: async (tx, counter) => {
    await tx.execute(forgetCounter, { counter });
  },
  sweep: async (tx, before) => {
    await tx.execute(sweepCounters, { before });
  },
};
