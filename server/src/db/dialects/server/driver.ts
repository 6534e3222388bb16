import type { Dialect } from '../../dialect.ts';
import type { Compiled } from '../../statement.ts';

export interface ServerResult {
  readonly rows: unknown[];
  readonly changes: number;
  /** The generated id of an inserted row, where the statement did not return it. */
  readonly insertId: number | undefined;
}

/** One connection to a database server, held by one caller at a time. */
export interface ServerConnection {
  /** Runs a statement that will come again: prepared once, under `name`. */
  execute(compiled: Compiled, name: string, values: readonly unknown[]): Promise<ServerResult>;
  /** Runs a statement that will not. */
  query(sql: string, values: readonly unknown[]): Promise<ServerResult>;
  /** Gives it back for the next caller. */
  release(): void;
  /** Closes it, whatever it is doing: what it was asked rejects. */
  destroy(): void;
}

/**
 * What an error of the server means:
 * - `unique`: a unique index refused a row; `index` as in `UniqueViolation`
 * - `rolled-back`: the server has undone the transaction itself (deadlock, serialization): running it again is safe and may succeed
 * - `gone`: the connection or the server is no longer, or cannot write: nothing is known of a commit that was under way, unless the server
 *   has `refused` it before it did anything
 * - `other`: a mistake of ours
 */
export type ServerFault =
  | { readonly kind: 'unique'; readonly index: string }
  | { readonly kind: 'gone'; readonly refused?: true }
  | { readonly kind: 'rolled-back' | 'other' };

/** What a database server must be able to do; the rest is the same for all (dialects/server/database.ts). */
export interface ServerDriver {
  readonly dialect: Dialect;
  /** A connection, from the pool or new. Rejects when there is none in time. */
  acquire(): Promise<ServerConnection>;
  faultOf(error: unknown): ServerFault;
  /** Begins a transaction in which each statement sees what was committed before it (READ COMMITTED). */
  readonly begin: string;
  /** Asks in a column `writable` whether this server takes writes: a replica, or a primary that was demoted, does not. */
  readonly isWritable: string;
  /** Takes and gives back a lock that all nodes share and that dies with its connection. */
  lock(connection: ServerConnection, name: string): Promise<void>;
  unlock(connection: ServerConnection, name: string): Promise<void>;
  close(): Promise<void>;
}
