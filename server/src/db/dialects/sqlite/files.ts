import {
  accessSync,
  close,
  closeSync,
  constants,
  fdatasync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const fdatasyncAsync = promisify(fdatasync);
const closeAsync = promisify(close);

/**
 * Makes sure that the database file exists, readable by its owner alone (it holds password hashes), and that its name is on the
 * disk. Must run before SQLite opens the file: closing any descriptor of an open database drops this process's POSIX locks on it
 * (sqlite.org/howtocorrupt.html §2.2).
 */
export function createDatabaseFile(path: string): void {
  const folder = dirname(resolve(path));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  syncFolder(folder);
  syncAncestors(folder);
}

/**
 * The folders above, since they may have been made just now, and a file in a folder whose own name was lost is lost. Whoever made
 * them (`mkdir -p`, we, the key's file), it was in folders in which we may write; the others are none of our business.
 */
function syncAncestors(folder: string): void {
  for (let child = folder, parent = dirname(child); parent !== child; child = parent, parent = dirname(child)) {
    if (!isWritable(parent)) return;
    syncFolder(parent);
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Puts a folder's entries on the disk. Windows has no such call, and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The WAL as a file to sync. It carries no locks, so a descriptor of our own does no harm. */
export interface WalFile {
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** @param databasePath the database; its WAL must exist, and does once a connection has written */
export function openWal(databasePath: string): WalFile {
  const descriptor = openSync(`${databasePath}-wal`, 'r+');
  syncFolder(dirname(databasePath));
  return {
    sync: () => fdatasyncAsync(descriptor),
    close: () => closeAsync(descriptor),
  };
}

/** A database that lives as long as the process: a file in a private folder, so that it behaves as any other. */
export function createTemporaryFolder(): { path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'keyward-'));
  return { path: join(folder, 'memory.db'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
