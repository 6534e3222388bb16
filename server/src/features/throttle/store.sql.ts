import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { CounterState, Memory } from './policy.ts';
import type { Range, SavedCounter, ThrottleStore } from './store.ts';
import type { ThrottleTables } from './tables.ts';

type CounterRow = ThrottleTables['throttle_counters'];

const { statement } = statements<ThrottleTables>();

/** Of a row that is read or written, in the order in which its values stand in the parameters. */
const columns = [
  'counter',
  'attempts',
  'last_at',
  'blocked_until',
  'unheard',
] as const satisfies readonly (keyof CounterRow)[];

/** One statement for each number of rows: an attempt has few counters, and each is read and written with the others. */
function perCount<S>(make: (places: readonly number[]) => S): (count: number) => S {
  const made: S[] = [];
  return (count) => {
    made[count] ??= make(Array.from({ length: count }, (_, place) => place));
    return made[count];
  };
}

const lockCounters = perCount((places) =>
  statement((db, counters: readonly string[], dialect) => {
    const found = db
      .selectFrom('throttle_counters')
      .select(columns)
      .where(
        'counter',
        'in',
        places.map((place) => counters[place] as string),
      )
      .orderBy('counter');
    return dialect.rowLocks ? found.forUpdate() : found;
  }),
);

/** Its parameters are the keys and, behind them, the instant: a row that is not there yet must be somebody's before it can be locked. */
const openCounters = perCount((places) =>
  statement((db, p: readonly (string | Instant)[], dialect) =>
    dialect.unlessPresent(
      db.insertInto('throttle_counters').values(
        places.map((place) => ({
          counter: p[place] as string,
          attempts: 0,
          last_at: p[places.length] as Instant,
          blocked_until: 0,
        })),
      ),
    ),
  ),
);

const openAtOne = statement((db, p: { counter: string; now: Instant }, dialect) =>
  dialect.unlessPresent(
    db.insertInto('throttle_counters').values({ counter: p.counter, attempts: 1, last_at: p.now, blocked_until: 0 }),
  ),
);

/** Its parameters are the values of the rows, one row behind the other. */
const saveCounters = perCount((places) =>
  statement((db, p: readonly (string | number | null)[], dialect) => {
    const rowAt = (place: number) =>
      Object.fromEntries(columns.map((name, at) => [name, p[place * columns.length + at]])) as CounterRow;
    return dialect.overwriting(
      db.insertInto('throttle_counters').values(places.map(rowAt)),
      'counter',
      columns.filter((name) => name !== 'counter'),
    );
  }),
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
  async lock(tx, counters, now) {
    if (counters.length === 0) return [];
    const sorted = counters.toSorted();
    const fresh = { attempts: 0, lastAt: now, blockedUntil: 0, unheard: 0 };
    // A sweep may remove one between the two statements.
    for (let round = 0; round < 10; round += 1) {
      if (tx.dialect.rowLocks) await tx.execute(openCounters(sorted.length), [...sorted, now]);
      const rows = await tx.all(lockCounters(sorted.length), sorted);
      const found = new Map(rows.map((row) => [row.counter, stateOf(row)]));
      if (found.size === sorted.length || !tx.dialect.rowLocks) return counters.map((key) => found.get(key) ?? fresh);
    }
    throw new Error('a counter vanishes as fast as it is made');
  },
  async save(tx, changes) {
    if (changes.length === 0) return;
    const sorted = changes.toSorted((a, b) => (a.counter < b.counter ? -1 : 1));
    const values = sorted.map(rowOf).flatMap((row) => columns.map((name) => row[name]));
    await tx.execute(saveCounters(sorted.length), values);
  },
  async add(tx, counter, now) {
    const increment = async () => (await tx.execute(addToCounter, { counter, now })) === 1;
    if ((await increment()) || (await tx.execute(openAtOne, { counter, now })) === 1) return;
    await increment();
  },
  sum: async (db, range) => (await db.all(listAttempts, range)).reduce((sum, { attempts }) => sum + attempts, 0),
  findBehind: async (db, range, others) => (await db.first(counterBehind, { ...range, others }))?.counter,
  sweep: (tx, range, over) => tx.execute(sweepCounters, { ...range, ...over }),
};

const rowOf = ({ counter, attempts, lastAt, blockedUntil, unheard }: SavedCounter): CounterRow => ({
  counter,
  attempts,
  last_at: lastAt,
  blocked_until: blockedUntil,
  unheard,
});

const stateOf = (row: CounterRow): CounterState => ({
  attempts: row.attempts,
  lastAt: row.last_at,
  blockedUntil: row.blocked_until,
  unheard: row.unheard ?? 0,
});
