import type { Database, Reads, Tx } from '../../src/db/database.ts';

/**
 * A database that runs what writes once statement by statement, as a server does, also where it is SQLite: so others can come in between
 * everywhere.
 */
export function piecewise(db: Database): Database {
  const reads: Reads = { first: db.first.bind(db), all: db.all.bind(db), query: db.query.bind(db) };
  const pieces = {
    ...reads,
    dialect: db.dialect,
    execute: (statement, parameters) => db.transact((tx) => tx.execute(statement, parameters)),
    insert: (statement, parameters) => db.transact((tx) => tx.insert(statement, parameters)),
  } as Tx;
  return {
    ...db,
    ...reads,
    transact: (work, options) => (options?.writes === 'once' ? work(pieces) : db.transact(work, options)),
  };
}
