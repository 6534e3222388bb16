import type { Compilable, Kysely } from 'kysely';
import type { Database } from '../../src/db/database.ts';

/** Runs a query behind the server's back: for states that no endpoint makes, and to look at what no endpoint shows. */
export function behind<R>(
  db: Database,
  // biome-ignore lint/suspicious/noExplicitAny: a test may look at every table.
  build: (builder: Kysely<any>) => Compilable<R>,
): Promise<R[]> {
  return db.transact((tx) => tx.query(build(db.dialect.builder)));
}
