import { DomainError } from '../../../kernel/errors.ts';
import type { Database, Tx, Writes } from '../../database.ts';
import { databaseMoved } from '../../moved.ts';
import { createTransactionGuard } from '../../transaction-guard.ts';
import { databaseUnavailable } from '../../unavailable.ts';
import { writingOnce } from '../../writing-once.ts';
import { createCheckpointer } from './checkpointer.ts';
import { configureWriter } from './configure-writer.ts';
import { openConnection, type SqliteConnection } from './connection.ts';
import { createSqliteDialect } from './dialect.ts';
import { isBusy, isDiskFault, isDiskFull, isFailedSync } from './faults.ts';
import { createDatabaseFile, createTemporaryFolder, openWal, type WalFile } from './files.ts';
import { createGroupCommit } from './group-commit.ts';
import { assertStillOpen, createTx, readsOf } from './tx.ts';
import { createWriteLane } from './write-lane.ts';
import { createWriteLock } from './write-lock.ts';

export interface SqliteOptions {
  /** A file, or `:memory:` for one that is gone when the process ends. */
  readonly path: string;
  /** Replaces the sync of the WAL: for tests of what happens when it fails or is left out. */
  readonly openWal?: (databasePath: string) => WalFile;
  /** Commits between two checkpoints; 1,000 are some 20 MB of WAL. */
  readonly checkpointEveryCommits?: number;
  /** How long a transaction waits for another process (the CLI, a second server) to finish its own. */
  readonly busyPatienceMs?: number;
}

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
  const lock = createWriteLock(writer, options.busyPatienceMs ?? 5_000);
  const guard = createTransactionGuard();
  const groupCommit = createGroupCommit(wal.sync);
  const checkpointer = createCheckpointer({
    path,
    everyCommits: options.checkpointEveryCommits ?? 1_000,
    whileNobodyWrites: (work) =>
      lane.run(async () => {
        groupCommit.assertHealthy();
        await work();
      }),
    onError: (error) => {
      // A full disk, or another process that writes, takes nothing away: the WAL still holds all, and the next checkpoint tries again.
      if (!isDiskFull(error) && !isBusy(error) && !(error instanceof DomainError)) groupCommit.fail(error);
    },
  });

  const outside = <T>(work: () => T): T => {
    guard.assertOutside();
    return work();
  };

  /** What the caller is told of an error that has rolled a transaction back. */
  const verdictOn = (error: unknown): unknown => {
    if (dialect.writeBarrier.refused(error)) return databaseMoved({ retryAfterSeconds: 30 });
    if (isFailedSync(error)) groupCommit.fail(error);
    return isDiskFault(error) ? databaseUnavailable({ retryAfterSeconds: 30, cause: error }) : error;
  };

  const runAndCommit = async <T>(work: (tx: Tx) => Promise<T>, writes: Writes): Promise<T> => {
    await lock.begin();
    const tx = createTx(writer, dialect);
    try {
      const result = await guard.enter(() => work(writes === 'once' ? writingOnce(tx) : tx));
      assertStillOpen(writer);
      groupCommit.assertHealthy();
      writer.repeat('commit');
      groupCommit.committed();
      return result;
    } catch (error) {
      if (writer.inTransaction) writer.exec('rollback');
      throw error;
    } finally {
      tx.end();
    }
  };

  const inLane = async <T>(work: (tx: Tx) => Promise<T>, writes: Writes): Promise<T> => {
    try {
      return await lane.run(() => runAndCommit(work, writes));
    } catch (error) {
      throw verdictOn(error);
    }
  };

  return {
    dialect,
    ...readsOf(reader, outside),
    async transact(work, { sync = 'own', writes = 'any' } = {}) {
      outside(groupCommit.assertHealthy);
      try {
        const result = await inLane(work, writes);
        checkpointer.committed();
        return result;
      } finally {
        // Also of one that was rolled back: what it refuses may rest on what was left to the next sync.
        if (sync === 'own') await groupCommit.durable();
      }
    },
    // Every step takes the write lock and looks again before it writes, so that nothing more is needed.
    exclusively: (_name, work) => work(),
    async check() {
      groupCommit.assertHealthy();
      reader.exec(trivialRead);
    },
    async close() {
      await checkpointer.close();
      await lane.run(async () => {
        const healthy = await settled(groupCommit.durable());
        closeConnections(writer, reader, { checkpoint: healthy });
      });
      await wal.close();
      temporary?.remove();
    },
  };
}

const trivialRead = 'select 1 from sqlite_schema limit 1';

const settled = (promise: Promise<void>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );

/**
 * The last connection to close copies the WAL into the database and removes it. After a failed sync it must not: it would copy what
 * the kernel may have dropped. A connection that only reads never does, so then it goes last, once it has the database open at all.
 */
function closeConnections(writer: SqliteConnection, reader: SqliteConnection, options: { checkpoint: boolean }): void {
  if (!options.checkpoint) reader.exec(trivialRead);
  for (const connection of options.checkpoint ? [reader, writer] : [writer, reader]) connection.close();
}
