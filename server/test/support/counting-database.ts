import type { Database, Tx } from '../../src/db/database.ts';
import { compileStatement } from '../../src/db/statement.ts';

/** A database that counts what is asked of it: reads outside transactions, and transactions. */
export interface CountingDatabase {
  readonly db: Database;
  /** Since the last call. */
  count(): { readonly reads: number; readonly transactions: number };
  /** The statements inside transactions since the last call, as SQL, in order. */
  statements(): readonly string[];
}

type Told = Parameters<typeof compileStatement>[0];

export function createCountingDatabase(db: Database): CountingDatabase {
  let seen = { reads: 0, transactions: 0 };
  const counting =
    <Given extends unknown[], Result>(what: keyof typeof seen, work: (...given: Given) => Result) =>
    (...given: Given): Result => {
      seen[what] += 1;
      return work(...given);
    };
  let statements: string[] = [];
  const told = (tx: Tx): Tx => {
    const telling = <Run>(run: Run): Run =>
      ((statement: Told, parameters: object) => {
        statements.push(compileStatement(statement, db.dialect).sql);
        return (run as (statement: Told, parameters: object) => unknown)(statement, parameters);
      }) as Run;
    return {
      ...tx,
      first: telling(tx.first),
      all: telling(tx.all),
      execute: telling(tx.execute),
      insert: telling(tx.insert),
    };
  };
  return {
    db: {
      ...db,
      first: counting('reads', db.first.bind(db)) as Database['first'],
      all: counting('reads', db.all.bind(db)) as Database['all'],
      query: counting('reads', db.query.bind(db)) as Database['query'],
      transact: counting('transactions', (work, options) =>
        db.transact((tx) => work(told(tx)), options),
      ) as Database['transact'],
    },
    count() {
      const counted = seen;
      seen = { reads: 0, transactions: 0 };
      return counted;
    },
    statements() {
      const run = statements;
      statements = [];
      return run;
    },
  };
}
