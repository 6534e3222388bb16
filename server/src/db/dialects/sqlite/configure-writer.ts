import type { SqliteConnection } from './connection.ts';
import { isBusy } from './faults.ts';

const patienceMs = 5_000;
const pauseMs = 5;

/**
 * Makes a fresh connection the one that writes, and the database one with a WAL. Runs before there is anybody to serve, so it may
 * hold the event loop while another process starts too. The reasons for the settings are in docs/decisions/0002.
 */
export function configureWriter(writer: SqliteConnection): void {
  writer.exec(`pragma busy_timeout = ${patienceMs}`);
  switchToWal(writer);
  writer.exec(`
    pragma synchronous = normal;
    pragma wal_autocheckpoint = 0;
    pragma journal_size_limit = 67108864;
    pragma foreign_keys = on;
    pragma trusted_schema = off;
    begin immediate; pragma user_version = 1; commit;
    pragma busy_timeout = 0;
  `);
}

/**
 * The switch wants the file for itself; of several that start at once on a new file all but one are refused without the busy timeout
 * being asked, since two that upgrade their locks could wait for each other for ever (sqlite.org/c3ref/busy_handler.html).
 */
function switchToWal(writer: SqliteConnection): void {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      writer.exec('pragma journal_mode = wal');
      return;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= patienceMs) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
  }
}
