import type { Reads, Tx } from '../../database.ts';
import type { Dialect } from '../../dialect.ts';
import { databaseUnavailable } from '../../unavailable.ts';
import type { SqliteConnection } from './connection.ts';

/** A `Tx` that its maker can end. */
export type EndableTx = Tx & { end(): void };

/** @param guard runs before each read */
export function readsOf(connection: SqliteConnection, guard: <T>(work: () => T) => T): Reads {
  return {
    first: (statement, parameters) => guard(() => connection.first(statement, parameters)) as never,
    all: async (statement, parameters) => guard(() => connection.run(statement, parameters).rows) as never,
    query: async (query) => guard(() => connection.runQuery(query).rows) as never,
  };
}

/** The handle on a transaction that `connection` has begun. */
export function createTx(connection: SqliteConnection, dialect: Dialect): EndableTx {
  let open = true;
  const guard = <T>(work: () => T): T => {
    if (!open) throw new Error('a transaction was used after its end');
    assertStillOpen(connection);
    return work();
  };
  return {
    dialect,
    ...readsOf(connection, guard),
    execute: async (statement, parameters) => guard(() => connection.run(statement, parameters).changes),
    insert: async (statement, parameters) =>
      guard(() => (connection.run(statement, parameters).rows[0] as { id: number }).id),
    end: () => {
      open = false;
    },
  } as EndableTx;
}

/**
 * SQLite ends a transaction by itself when the disk is full. Whoever caught that error and went on would write outside of any
 * transaction, each statement for itself.
 *
 * @throws `database-unavailable`
 */
export function assertStillOpen(connection: SqliteConnection): void {
  if (connection.inTransaction) return;
  throw databaseUnavailable({ retryAfterSeconds: 30, cause: new Error('SQLite has rolled the transaction back') });
}
