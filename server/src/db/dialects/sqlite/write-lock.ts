import { setTimeout as sleep } from 'node:timers/promises';
import { databaseUnavailable } from '../../unavailable.ts';
import type { SqliteConnection } from './connection.ts';
import { isBusy } from './faults.ts';

/** Begins transactions against other processes (the CLI, a second server). */
export interface WriteLock {
  /** @throws `database-unavailable` when another process has held the lock for too long */
  begin(): Promise<void>;
}

const pauseMs = 5;

/**
 * `BEGIN IMMEDIATE` takes the write lock at once, so that a transaction that has read can always write (no SQLITE_BUSY_SNAPSHOT). While
 * another process has it, we ask again every few milliseconds; SQLite's own busy handler would hold the event loop.
 *
 * @param patienceMs how long the lock may be held in a row. The count goes on from one transaction to the next: those who stood in line
 * behind one that gave up ask once and give up too, instead of waiting one after the other.
 */
export function createWriteLock(writer: SqliteConnection, patienceMs: number): WriteLock {
  let lockedForMs = 0;
  return {
    async begin() {
      for (;;) {
        try {
          writer.repeat('begin immediate');
          lockedForMs = 0;
          return;
        } catch (error) {
          if (!isBusy(error)) throw error;
          if (lockedForMs >= patienceMs) throw databaseUnavailable({ retryAfterSeconds: 1, cause: error });
        }
        lockedForMs += pauseMs;
        await sleep(pauseMs);
      }
    },
  };
}
