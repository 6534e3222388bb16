import { readFileSync } from 'node:fs';
import type { WalFile } from '../../src/db/dialects/sqlite/files.ts';

/** What both files hold. */
export interface DiskState {
  readonly database: Buffer;
  readonly wal: Buffer;
}

/** A disk that knows which of its bytes would survive a power cut now. */
export interface WatchedDisk {
  /** For `openSqlite`. */
  openWal(databasePath: string): WalFile;
  /** What is there for sure. */
  sure(): DiskState;
  /** What was written, also what may not be there yet. */
  written(): DiskState;
  /** How often the WAL has started over: each time a checkpoint had brought all of it into the database. */
  readonly restarts: number;
}

/**
 * Watches the syncs of a WAL. When one has ended, what the WAL held when that sync *began* is on the disk. The database file is synced
 * by checkpoints, in the worker, where we cannot look; but SQLite starts a WAL over, under new salts (bytes 16 to 24 of its header,
 * sqlite.org/fileformat2.html §4.1), only when a checkpoint has copied and synced all of it. So the database as it is when we first
 * see a new generation of the WAL is surely there.
 *
 * @param pause what a sync waits for; commits go on meanwhile
 * @param options.lies the syncs acknowledge at once and do nothing
 */
export function createWatchedDisk(pause: () => Promise<void>, options: { lies: boolean }): WatchedDisk {
  let path = '';
  let sure: DiskState = { database: Buffer.alloc(0), wal: Buffer.alloc(0) };
  let restarts = 0;

  /** The database first: a checkpoint may be copying, and all that it copies is in the WAL that we read after. */
  const written = (): DiskState => {
    const database = readFileSync(path);
    return { database, wal: readFileSync(`${path}-wal`) };
  };

  const surelyThere = (begun: DiskState, wal: Buffer): void => {
    const sameGeneration = generationOf(sure.wal).equals(generationOf(begun.wal));
    if (!sameGeneration) restarts += 1;
    sure = { wal, database: sameGeneration ? sure.database : begun.database };
  };

  const sync = async (): Promise<void> => {
    const begun = written();
    await pause();
    surelyThere(begun, begun.wal);
  };

  /** The checkpoints are honest all the same. */
  const lie = async (): Promise<void> => {
    const now = written();
    const restarted = !generationOf(sure.wal).equals(generationOf(now.wal));
    if (restarted) surelyThere(now, now.wal.subarray(0, walHeaderBytes));
  };

  return {
    openWal(databasePath) {
      path = databasePath;
      sure = written();
      return { sync: options.lies ? lie : sync, close: async () => {} };
    },
    sure: () => sure,
    written,
    get restarts() {
      return restarts;
    },
  };
}

const walHeaderBytes = 32;

export const generationOf = (wal: Buffer): Buffer => wal.subarray(16, 24);
