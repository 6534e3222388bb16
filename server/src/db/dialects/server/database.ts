import type { Compilable } from 'kysely';
import { type Database, type Reads, type Tx, UniqueViolation } from '../../database.ts';
import { databaseMoved } from '../../moved.ts';
import { type Compiled, compileStatement, type InsertStatement, type Statement } from '../../statement.ts';
import { createTransactionGuard } from '../../transaction-guard.ts';
import { databaseUnavailable } from '../../unavailable.ts';
import { writingOnce } from '../../writing-once.ts';
import { commitInDoubt } from './commit-in-doubt.ts';
import { type Deadline, withDeadline } from './deadline.ts';
import type { ServerConnection, ServerDriver, ServerResult } from './driver.ts';
import { faultKindOf, isInDoubt, persistently } from './persistently.ts';
import { createTurns } from './turns.ts';
import { withConnection } from './with-connection.ts';

type AnyStatement = Statement<never, unknown> | InsertStatement<never>;

/** A request answers within two seconds, whatever the database does; this is its share. Migrations and copies may take longer. */
const patienceMs = { request: 1_500, maintenance: 600_000 };

/**
 * A database over the network: PostgreSQL, MariaDB or MySQL, by its driver.
 *
 * @param transactionsAtMost run at a time: fewer than there are connections, so that reads, which are short, do not wait behind them
 */
export function createServerDatabase(
  driver: ServerDriver,
  { transactionsAtMost = Number.POSITIVE_INFINITY }: { readonly transactionsAtMost?: number } = {},
): Database {
  const { dialect } = driver;
  const turns = createTurns(transactionsAtMost);
  const guard = createTransactionGuard();
  const compiled = new Map<AnyStatement, { readonly compiled: Compiled; readonly name: string }>();

  const prepare = (statement: AnyStatement) => {
    const known = compiled.get(statement);
    if (known !== undefined) return known;
    const entry = { compiled: compileStatement(statement, dialect), name: `keyward_${compiled.size}` };
    compiled.set(statement, entry);
    return entry;
  };

  const run = (connection: ServerConnection, statement: AnyStatement, parameters: object): Promise<ServerResult> => {
    const entry = prepare(statement);
    return connection.execute(entry.compiled, entry.name, entry.compiled.bind(parameters));
  };

  const runQuery = (connection: ServerConnection, query: Compilable<unknown>): Promise<ServerResult> => {
    const { sql, parameters } = query.compile();
    return connection.query(sql, parameters);
  };

  const attemptTransaction = async <T>(
    connection: ServerConnection,
    deadline: Deadline,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> => {
    await connection.query(driver.begin, []);
    const tx = createTx(connection);
    let result: T;
    try {
      result = await guard.enter(() => work(tx));
    } catch (error) {
      if (faultKindOf(driver, error) !== 'gone') await connection.query('rollback', []);
      throw error;
    } finally {
      tx.end();
    }
    await committing(deadline, () => connection.query('commit', []));
    return result;
  };

  /** Each statement for itself. The one that writes is a transaction of its own, and durable when it is answered. */
  const attemptOneWrite = async <T>(
    connection: ServerConnection,
    deadline: Deadline,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> => {
    const tx = createTx(connection, (write) => committing(deadline, write));
    try {
      return await guard.enter(() => work(writingOnce(tx)));
    } finally {
      tx.end();
    }
  };

  /** Asks the server for what commits. */
  const committing = async <T>(deadline: Deadline, ask: () => Promise<T>): Promise<T> => {
    // Whoever was told that the time is up must not find the change made.
    if (deadline.expired) throw databaseUnavailable({ retryAfterSeconds: 1 });
    deadline.inDoubt = true;
    try {
      const answer = await ask();
      deadline.inDoubt = false;
      return answer;
    } catch (error) {
      if (isInDoubt(driver, error)) throw commitInDoubt(error);
      // The server itself has answered, and refused.
      deadline.inDoubt = false;
      throw error;
    }
  };

  const underLock = async <T>(connection: ServerConnection, name: string, work: () => Promise<T>): Promise<T> => {
    await driver.lock(connection, name);
    try {
      return await work();
    } finally {
      await driver.unlock(connection, name);
    }
  };

  const readsOn = (use: <T>(work: (connection: ServerConnection) => Promise<T>) => Promise<T>): Reads => ({
    first: (statement, parameters) => use(async (it) => (await run(it, statement, parameters)).rows[0]) as never,
    all: (statement, parameters) => use(async (it) => (await run(it, statement, parameters)).rows) as never,
    query: (query) => use(async (it) => (await runQuery(it, query)).rows) as never,
  });

  /** @param writing asks the server for a write */
  const createTx = (
    connection: ServerConnection,
    writing: <T>(ask: () => Promise<T>) => Promise<T> = (ask) => ask(),
  ): Tx & { end(): void } => {
    let open = true;
    const use = async <T>(work: (connection: ServerConnection) => Promise<T>): Promise<T> => {
      if (!open) throw new Error('a transaction was used after its end');
      return work(connection);
    };
    const write = (statement: AnyStatement, parameters: object): Promise<ServerResult> =>
      use((it) => uniquely(driver, () => writing(() => run(it, statement, parameters))));
    return {
      dialect,
      ...readsOn(use),
      execute: async (statement, parameters) => (await write(statement, parameters)).changes,
      insert: async (statement, parameters) => {
        const { rows, insertId } = await write(statement, parameters);
        return insertId ?? (rows[0] as { id: number }).id;
      },
      end: () => {
        open = false;
      },
    } as Tx & { end(): void };
  };

  const read = <T>(work: (connection: ServerConnection) => Promise<T>): Promise<T> => {
    guard.assertOutside();
    return persistently(driver, patienceMs.request, (deadline) => withConnection(driver, deadline, work));
  };

  const assertWritable = async (connection: ServerConnection): Promise<void> => {
    const { rows } = await connection.query(driver.isWritable, []);
    const { writable } = rows[0] as { writable: boolean | number };
    if (!writable) throw databaseUnavailable({ retryAfterSeconds: 5, cause: new Error('the database is read-only') });
  };

  return {
    dialect,
    ...readsOn(read),
    async transact(work, { patience = 'request', writes = 'any' } = {}) {
      guard.assertOutside();
      const attempt = writes === 'once' ? attemptOneWrite : attemptTransaction;
      return persistently(driver, patienceMs[patience], (deadline) =>
        turns.run(() => withConnection(driver, deadline, (connection) => attempt(connection, deadline, work))),
      );
    },
    exclusively: (name, work) =>
      withDeadline(patienceMs.maintenance, async (deadline) => {
        try {
          return await withConnection(driver, deadline, (connection) => underLock(connection, name, work));
        } catch (error) {
          const isGone = faultKindOf(driver, error) === 'gone';
          throw isGone ? databaseUnavailable({ retryAfterSeconds: 1, cause: error }) : error;
        }
      }),
    check: () => read(assertWritable),
    close: () => driver.close(),
  };
}

async function uniquely(driver: ServerDriver, write: () => Promise<ServerResult>): Promise<ServerResult> {
  try {
    return await write();
  } catch (error) {
    if (driver.dialect.writeBarrier.refused(error)) throw databaseMoved({ retryAfterSeconds: 30 });
    const fault = driver.faultOf(error);
    // Without its cause: servers repeat the value in their message, and it would stand in the log.
    throw fault.kind === 'unique' ? new UniqueViolation(fault.index) : error;
  }
}
