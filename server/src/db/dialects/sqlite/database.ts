import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Reads, Tx } from '../../database.ts';
import { databaseUnavailable } from '../../unavailable.ts';
import { createCheckpointer } from './checkpointer.ts';
import { openConnection, type SqliteConnection } from './connection.ts';
import { createSqliteDialect } from './dialect.ts';
import { createDatabaseFile, createTemporaryFolder, openWal, type WalFile } from './files.ts';
import { createGroupCommit } from './group-commit.ts';
import { createWriteLane } from './write-lane.ts';

export interface SqliteOptions {
  /** A file, or `:memory:` for one that is gone when the process ends. */
  readonly path: string;
  /** Replaces the sync of the WAL: for tests of what happens when it fails or is left out. */
  readonly openWal?: (databasePath: string) => WalFile;
  /** Commits between two checkpoints; 1,000 are some 20 MB of WAL. */
  readonly checkpointEveryCommits?: number;
}

/** How long a transaction waits for another process (the CLI, a second server) to finish its own. */
const busyPatienceMs = 5_000;
const busyPauseMs = 5;
const sqliteBusy = 5; // SQLITE_BUSY, in the low byte of every extended code
const diskFaults = new Set([8, 10, 13]); // SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL

/**
 * Opens SQLite as a server needs it: WAL, one writing connection and one reading one, so that a read never waits for a write;
 * commits made durable in groups; checkpoints on a thread of their own.
 */
export function openSqlite(options: SqliteOptions): Database {
  const temporary = options.path === ':memory:' ? createTemporaryFolder() : undefined;
  const path = temporary?.path ?? options.path;
  createDatabaseFile(path);

  const dialect = createSqliteDialect();
  const writer = openConnection(path, dialect, { readOnly: false });
  configureWriter(writer);
  const reader = openConnection(path, dialect, { readOnly: true });
  const wal = (options.openWal ?? openWal)(path);

  const lane = createWriteLane();
  const inside = new AsyncLocalStorage<true>();
  const groupCommit = createGroupCommit(wal.sync);
  const checkpointer = createCheckpointer({
    path,
    everyCommits: options.checkpointEveryCommits ?? 1_000,
    whileNobodyWrites: (work) => lane.run(work),
    onError: groupCommit.fail,
  });

  const outside = <T>(work: () => T): T => {
    if (inside.getStore()) throw new Error('the database was used inside a transaction: use its `tx`');
    return work();
  };

  const commit = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    await beginImmediate(writer);
    const tx = createTx(writer);
    try {
      const result = await inside.run(true, () => work(tx));
      writer.exec('commit');
      return result;
    } catch (error) {
      if (writer.inTransaction) writer.exec('rollback');
      throw isDiskFault(error) ? databaseUnavailable({ retryAfterSeconds: 30, cause: error }) : error;
    } finally {
      tx.end();
    }
  };

  return {
    dialect,
    ...readsOf(reader, outside),
    async transact(work) {
      outside(groupCommit.assertHealthy);
      const result = await lane.run(() => commit(work));
      groupCommit.committed();
      checkpointer.committed();
      await groupCommit.durable();
      return result;
    },
    async check() {
      groupCommit.assertHealthy();
      reader.exec('select 1 from sqlite_schema limit 1');
    },
    async close() {
      await lane.run(async () => {
        await checkpointer.close();
        reader.close();
        writer.close();
      });
      await wal.close();
      temporary?.remove();
    },
  };
}

/** Settings of the writing connection; the reasons are in docs/decisions/0002. */
function configureWriter(writer: SqliteConnection): void {
  writer.exec(`
    pragma busy_timeout = 5000;
    pragma journal_mode = wal;
    pragma synchronous = normal;
    pragma wal_autocheckpoint = 0;
    pragma journal_size_limit = 67108864;
    pragma foreign_keys = on;
    pragma trusted_schema = off;
    begin immediate; pragma user_version = 1; commit;
    pragma busy_timeout = 0;
  `);
}

/** `BEGIN IMMEDIATE` takes the write lock at once, so that a transaction that has read can always write (no SQLITE_BUSY_SNAPSHOT). */
async function beginImmediate(writer: SqliteConnection): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += busyPauseMs) {
    try {
      writer.exec('begin immediate');
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (waitedMs >= busyPatienceMs) throw databaseUnavailable({ retryAfterSeconds: 1, cause: error });
    }
    await sleep(busyPauseMs);
  }
}

const primaryCode = (error: unknown): number => ((error as { errcode?: number }).errcode ?? 0) % 256;
const isBusy = (error: unknown): boolean => primaryCode(error) === sqliteBusy;
const isDiskFault = (error: unknown): boolean => diskFaults.has(primaryCode(error));

/** @param guard runs before each read */
function readsOf(connection: SqliteConnection, guard: <T>(work: () => T) => T): Reads {
  return {
    first: async (statement, parameters) => guard(() => connection.run(statement, parameters).rows[0]) as never,
    all: async (statement, parameters) => guard(() => connection.run(statement, parameters).rows) as never,
    query: async (query) => guard(() => connection.runQuery(query).rows) as never,
  };
}

function createTx(connection: SqliteConnection): Tx & { end(): void } {
  let open = true;
  const guard = <T>(work: () => T): T => {
    if (!open) throw new Error('a transaction was used after its end');
    return work();
  };
  return {
    ...readsOf(connection, guard),
    execute: async (statement, parameters) => guard(() => connection.run(statement, parameters).changes),
    insert: async (statement, parameters) =>
      guard(() => (connection.run(statement, parameters).rows[0] as { id: number }).id),
    end: () => {
      open = false;
    },
  } as Tx & { end(): void };
}
