import type { Database } from '../../src/db/database.ts';

/** A database that counts what is asked of it: reads outside transactions, and transactions. */
export interface CountingDatabase {
  readonly db: Database;
  /** Since the last call. */
  count(): { readonly reads: number; readonly transactions: number };
}

export function createCountingDatabase(db: Database): CountingDatabase {
  let seen = { reads: 0, transactions: 0 };
  const counting =
    <Given extends unknown[], Result>(what: keyof typeof seen, work: (...given: Given) => Result) =>
    (...given: Given): Result => {
      seen[what] += 1;
      return work(...given);
    };
  return {
    db: {
      ...db,
      first: counting('reads', db.first.bind(db)) as Database['first'],
      all: counting('reads', db.all.bind(db)) as Database['all'],
      query: counting('reads', db.query.bind(db)) as Database['query'],
      transact: counting('transactions', db.transact.bind(db)) as Database['transact'],
    },
    count() {
      const counted = seen;
      seen = { reads: 0, transactions: 0 };
      return counted;
    },
  };
}
