import type { Database, Reads, Tx } from '../../src/db/database.ts';

/** A database that notes which statements run on it, in which order, and where transactions begin and end. */
export interface StatementLog {
  readonly db: Database;
  /** Since the last call. Each statement has a number of its own, the same in all logs; what it was given is not told. */
  take(): readonly string[];
}

/** The same for all logs, so that they can be compared. */
const numbers = new Map<unknown, number>();

export function createStatementLog(db: Database): StatementLog {
  let log: string[] = [];

  const note = (how: string, statement: unknown): void => {
    const number = numbers.get(statement) ?? numbers.size;
    numbers.set(statement, number);
    log.push(`${how} ${number}`);
  };
  const noting =
    <Given extends unknown[], Result>(how: string, run: (...given: Given) => Result) =>
    (...given: Given): Result => {
      note(how, given[0]);
      return run(...given);
    };
  const reads = (of: Reads) => ({
    first: noting('first', of.first.bind(of)) as Reads['first'],
    all: noting('all', of.all.bind(of)) as Reads['all'],
  });
  const noted = (tx: Tx): Tx => ({
    ...tx,
    ...reads(tx),
    execute: noting('execute', tx.execute.bind(tx)) as Tx['execute'],
    insert: noting('insert', tx.insert.bind(tx)) as Tx['insert'],
  });
  const transact: Database['transact'] = async (work, options) => {
    log.push('begin');
    try {
      return await db.transact((tx) => work(noted(tx)), options);
    } finally {
      log.push('end');
    }
  };
  return {
    db: { ...db, ...reads(db), transact },
    take() {
      const taken = log;
      log = [];
      return taken;
    },
  };
}
