import type { Database, Reads, Tx } from '../../server/src/db/database.ts';

/** What was asked of a database: each statement, inside and outside of transactions, and each transaction. */
export interface Asked {
  readonly statements: number;
  readonly transactions: number;
}

/** A database that counts. @returns it, and how much has been asked of it since its beginning */
export function countAsked(db: Database): { readonly db: Database; readonly asked: () => Asked } {
  const asked = { statements: 0, transactions: 0 };
  const one = <Given extends unknown[], Result>(work: (...given: Given) => Result) => {
    return (...given: Given): Result => {
      asked.statements += 1;
      return work(...given);
    };
  };
  const reads = <T extends Reads>(on: T) => ({ first: one(on.first), all: one(on.all), query: one(on.query) }) as Reads;
  const counted: Database = {
    ...db,
    ...reads(db),
    transact: (work, options) => {
      asked.transactions += 1;
      return db.transact(
        (tx) => work({ ...tx, ...reads(tx), execute: one(tx.execute), insert: one(tx.insert) } as Tx),
        options,
      );
    },
  };
  return { db: counted, asked: () => ({ ...asked }) };
}
