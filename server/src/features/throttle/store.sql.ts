import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { CounterState, Memory } from './policy.ts';
import type { Range, ThrottleStore } from './store.ts';

interface ThrottleTables {
  throttle_counters: {
    counter: string;
    attempts: number;
    last_at: Instant;
    blocked_until: Instant;
    /** Null: none. */
    unheard: number | null;
  };
}

const { statement } = statements<ThrottleTables>();

const lockCounter = statement((db, p: { counter: string }, dialect) => {
  const counter = db
    .selectFrom('throttle_counters')
    .select(['attempts', 'last_at', 'blocked_until', 'unheard'])
    .where('counter', '=', p.counter);
  return dialect.rowLocks ? counter.forUpdate() : counter;
});

const openCounter = statement((db, p: { counter: string; attempts: number; now: Instant }, dialect) =>
  dialect.unlessPresent(
    db
      .insertInto('throttle_counters')
      .values({ counter: p.counter, attempts: p.attempts, last_at: p.now, blocked_until: 0 }),
  ),
);

const saveCounter = statement((db, p: { counter: string } & CounterState) =>
  db
    .updateTable('throttle_counters')
    .set({ attempts: p.attempts, last_at: p.lastAt, blocked_until: p.blockedUntil, unheard: p.unheard })
    .where('counter', '=', p.counter),
);

const addToCounter = statement((db, p: { counter: string; now: Instant }) =>
  db
    .updateTable('throttle_counters')
    .set((column) => ({ attempts: column('attempts', '+', 1), last_at: p.now }))
    .where('counter', '=', p.counter),
);

const listAttempts = statement((db, p: { from: string; to: string }) =>
  db.selectFrom('throttle_counters').select('attempts').where('counter', '>=', p.from).where('counter', '<', p.to),
);

const counterBehind = statement((db, p: Range & { others: number }) =>
  db
    .selectFrom('throttle_counters')
    .select('counter')
    .where('counter', '>=', p.from)
    .where('counter', '<', p.to)
    .orderBy('counter')
    .limit(1)
    .offset(p.others),
);

const sweepCounters = statement((db, p: Range & Memory & { before: Instant }) =>
  db
    .deleteFrom('throttle_counters')
    .where('counter', '>=', p.from)
    .where('counter', '<', p.to)
    .where('blocked_until', '<', p.before)
    .where((row) => row(row('last_at', '+', row('attempts', '*', p.eachMs)), '<', p.before))
    .where((row) => row.or([row('attempts', '=', 0), row(row('last_at', '+', p.allMs), '<', p.before)])),
);

export const throttleStore: ThrottleStore = {
  async lock(tx, counter, now) {
    // Where it is not there, somebody else may open it before we do; and a sweep may remove it before we lock it.
    for (let round = 0; round < 10; round += 1) {
      const row = await tx.first(lockCounter, { counter });
      if (row) {
        const { attempts, last_at: lastAt, blocked_until: blockedUntil, unheard } = row;
        return { attempts, lastAt, blockedUntil, unheard: unheard ?? 0 };
      }
      await tx.execute(openCounter, { counter, attempts: 0, now });
    }
    throw new Error('a counter vanishes as fast as it is made');
  },
  save: async (tx, counter, state) => {
    await tx.execute(saveCounter, { counter, ...state });
  },
  async add(tx, counter, now) {
    const increment = async () => (await tx.execute(addToCounter, { counter, now })) === 1;
    if ((await increment()) || (await tx.execute(openCounter, { counter, attempts: 1, now })) === 1) return;
    await increment();
  },
  sum: async (db, range) => (await db.all(listAttempts, range)).reduce((sum, { attempts }) => sum + attempts, 0),
  findBehind: async (db, range, others) => (await db.first(counterBehind, { ...range, others }))?.counter,
  sweep: (tx, range, over) => tx.execute(sweepCounters, { ...range, ...over }),
};
