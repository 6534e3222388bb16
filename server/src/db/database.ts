import type { Compilable } from 'kysely';
import type { Soon } from '../kernel/soon.ts';
import type { Dialect } from './dialect.ts';
import type { InsertStatement, Statement } from './statement.ts';

/** Reads, inside or outside a transaction. */
export interface Reads {
  /** The first row, or `undefined`; at once where the database is a part of this process. */
  first<P extends object, R>(statement: Statement<P, R>, parameters: P): Soon<R | undefined>;
  /** Every row. */
  all<P extends object, R>(statement: Statement<P, R>, parameters: P): Promise<R[]>;
  /** Rows of a query whose shape depends on its input (a search, a listing): built and compiled at each call. */
  query<R>(query: Compilable<R>): Promise<R[]>;
}

/** How long a transaction may take: what a waiting request can bear, or what changing a large table needs. */
export type Patience = 'request' | 'maintenance';

/**
 * Which sync makes a transaction durable where transactions can share one: its own, or that of whatever transaction comes next. What waits
 * for the next one outlives the process at once and a power cut a little later; it is for what its caller follows up with another
 * transaction before anybody hears of it.
 */
export type Sync = 'own' | 'next';

/**
 * How much a transaction writes. `once` is for one that reads without locking, writes one statement, and does nothing behind it. Where each
 * statement sees what was committed before it, that is nothing more than these statements one after the other; so a server is not asked to
 * begin and to commit. What is decided by the reads, the `WHERE` of the write must ask again.
 */
export type Writes = 'any' | 'once';

declare const transaction: unique symbol;

/** An open transaction. Valid until the function that got it has returned. */
export interface Tx extends Reads {
  readonly [transaction]: true;
  readonly dialect: Dialect;
  /** Runs an `UPDATE`, `DELETE` or `INSERT`; how many rows it changed: the referee of every claim. */
  execute<P extends object>(statement: Statement<P, unknown>, parameters: P): Promise<number>;
  /**
   * Inserts a row and returns its generated id.
   * @throws UniqueViolation when a unique index refuses it
   */
  insert<P extends object>(statement: InsertStatement<P>, parameters: P): Promise<number>;
}

/**
 * The database as the use cases see it. Reads outside a transaction never wait for a writer; every write needs a `Tx`.
 * Using the database inside `transact` throws: there it would read beside the transaction, or wait for itself for ever.
 */
export interface Database extends Reads {
  readonly dialect: Dialect;
  /**
   * Runs `work` in a transaction and returns when its changes would survive a power cut. What `work` throws rolls back and
   * passes through. A transaction that changed nothing also waits until all that it may have read is durable, so that an
   * answer never rests on what a crash could take back.
   *
   * A server may undo a transaction that ran into another (deadlock), or break off before its commit; then `work` runs again. So it
   * must do nothing but read, write and compute.
   *
   * @throws `database-unavailable` when the database cannot be written just now; `outcome-unknown` when the connection broke in what commits
   */
  transact<T>(
    work: (tx: Tx) => Promise<T>,
    options?: { readonly patience?: Patience; readonly sync?: Sync; readonly writes?: Writes },
  ): Promise<T>;
  /** Runs `work` while nobody else, on any node, is in an `exclusively` of this name. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Whether reads and writes work: for `/readyz`. @throws what is wrong */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** A unique index has refused a row. `index` is its table and columns, as `users_email_key`, in every dialect. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
  readonly index: string;

  constructor(index: string, cause?: unknown) {
    super(`a row with this ${index} exists`, cause === undefined ? undefined : { cause });
    this.index = index;
  }
}
