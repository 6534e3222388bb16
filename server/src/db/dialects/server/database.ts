import type { Compilable } from 'kysely';
import { type Database, type Reads, type Tx, UniqueViolation } from '../../database.ts';
import { type Compiled, compileStatement, type InsertStatement, type Statement } from '../../statement.ts';
import { createTransactionGuard } from '../../transaction-guard.ts';
import { databaseUnavailable } from '../../unavailable.ts';
import { type Deadline, withDeadline } from './deadline.ts';
import type { ServerConnection, ServerDriver, ServerResult } from './driver.ts';

type AnyStatement = Statement<never, unknown> | InsertStatement<never>;

/** A request answers within two seconds, whatever the database does; this is its share. Migrations and copies may take longer. */
const patienceMs = { request: 1_800, maintenance: 600_000 };
/** How often a transaction is run that the server undid, or whose connection broke before its commit. */
const maxAttempts = 4;

/** A commit was under way when the connection broke: it may have happened or not, so that running it again could do it twice. */
class CommitInDoubt extends Error {
  override readonly name = 'CommitInDoubt';
}

/** A database over the network: PostgreSQL, MariaDB or MySQL, by its driver. */
export function createServerDatabase(driver: ServerDriver): Database {
  const { dialect } = driver;
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

  /** Lends a connection. One that has failed is not given back: nobody knows what it still has to say. */
  const withConnection = async <T>(
    deadline: Deadline,
    work: (connection: ServerConnection) => Promise<T>,
  ): Promise<T> => {
    const connection = await driver.acquire();
    if (deadline.expired) {
      connection.release();
      throw databaseUnavailable({ retryAfterSeconds: 1 });
    }
    let inUse = true;
    deadline.onExpiry(() => inUse && connection.destroy());
    try {
      const result = await work(connection);
      if (!deadline.expired) connection.release();
      return result;
    } catch (error) {
      const { kind } = driver.faultOf(error);
      if (kind === 'gone' || error instanceof CommitInDoubt) connection.destroy();
      else if (!deadline.expired) connection.release();
      throw error;
    } finally {
      inUse = false;
    }
  };

  /** Runs `attempt` again while that is safe; gives its last error the words of a refusal. */
  const persistently = <T>(milliseconds: number, attempt: (deadline: Deadline) => Promise<T>): Promise<T> =>
    withDeadline(milliseconds, async (deadline) => {
      for (let attempts = 1; ; attempts += 1) {
        try {
          return await attempt(deadline);
        } catch (error) {
          const { kind } = driver.faultOf(error);
          const again = kind === 'rolled-back' || kind === 'gone';
          if (again && attempts < maxAttempts && !deadline.expired) continue;
          throw again || error instanceof CommitInDoubt
            ? databaseUnavailable({ retryAfterSeconds: 1, cause: error })
            : error;
        }
      }
    });

  const attemptTransaction = async <T>(connection: ServerConnection, work: (tx: Tx) => Promise<T>): Promise<T> => {
    await connection.query(driver.begin, []);
    const tx = createTx(connection);
    let result: T;
    try {
      result = await guard.enter(() => work(tx));
    } catch (error) {
      if (driver.faultOf(error).kind !== 'gone') await connection.query('rollback', []);
      throw error;
    } finally {
      tx.end();
    }
    await commit(connection);
    return result;
  };

  const commit = async (connection: ServerConnection): Promise<void> => {
    try {
      await connection.query('commit', []);
    } catch (error) {
      if (driver.faultOf(error).kind === 'rolled-back') throw error;
      throw new CommitInDoubt('the connection broke during a commit', { cause: error });
    }
  };

  const readsOn = (use: <T>(work: (connection: ServerConnection) => Promise<T>) => Promise<T>): Reads => ({
    first: (statement, parameters) => use(async (it) => (await run(it, statement, parameters)).rows[0]) as never,
    all: (statement, parameters) => use(async (it) => (await run(it, statement, parameters)).rows) as never,
    query: (query) => use(async (it) => (await runQuery(it, query)).rows) as never,
  });

  const createTx = (connection: ServerConnection): Tx & { end(): void } => {
    let open = true;
    const use = async <T>(work: (connection: ServerConnection) => Promise<T>): Promise<T> => {
      if (!open) throw new Error('a transaction was used after its end');
      return work(connection);
    };
    return {
      ...readsOn(use),
      execute: (statement, parameters) =>
        use(async (it) => (await uniquely(driver, () => run(it, statement, parameters))).changes),
      insert: (statement, parameters) =>
        use(async (it) => {
          const { rows, insertId } = await uniquely(driver, () => run(it, statement, parameters));
          return insertId ?? (rows[0] as { id: number }).id;
        }),
      end: () => {
        open = false;
      },
    } as Tx & { end(): void };
  };

  const read = <T>(work: (connection: ServerConnection) => Promise<T>): Promise<T> => {
    guard.assertOutside();
    return persistently(patienceMs.request, (deadline) => withConnection(deadline, work));
  };

  return {
    dialect,
    ...readsOn(read),
    async transact(work, { patience = 'request' } = {}) {
      guard.assertOutside();
      return persistently(patienceMs[patience], (deadline) =>
        withConnection(deadline, (connection) => attemptTransaction(connection, work)),
      );
    },
    exclusively: (name, work) =>
      withDeadline(patienceMs.maintenance, (deadline) =>
        withConnection(deadline, async (connection) => {
          await driver.lock(connection, name);
          try {
            return await work();
          } finally {
            await driver.unlock(connection, name);
          }
        }),
      ),
    check: () => read(async (connection) => void (await connection.query('select 1', []))),
    close: () => driver.close(),
  };
}

async function uniquely(driver: ServerDriver, write: () => Promise<ServerResult>): Promise<ServerResult> {
  try {
    return await write();
  } catch (error) {
    const fault = driver.faultOf(error);
    // Without its cause: servers repeat the value in their message, and it would stand in the log.
    throw fault.kind === 'unique' ? new UniqueViolation(fault.index) : error;
  }
}
