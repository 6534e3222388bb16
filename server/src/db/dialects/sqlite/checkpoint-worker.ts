import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** What the thread answers to each request. */
export interface CheckpointReply {
  readonly error?: string;
  /** SQLite's result code. */
  readonly errcode?: number | undefined;
}

// `synchronous=NORMAL` makes a checkpoint sync the WAL before it copies and the database after (sqlite.org/pragma.html).
const database = new DatabaseSync((workerData as { path: string }).path, { timeout: 5_000 });
database.exec('pragma synchronous = normal; pragma wal_autocheckpoint = 0;');

parentPort?.on('message', () => {
  parentPort?.postMessage(checkpoint());
});

/** PASSIVE waits for nobody and makes nobody wait. */
function checkpoint(): CheckpointReply {
  try {
    database.exec('pragma wal_checkpoint(passive)');
    return {};
  } catch (error) {
    return { error: String(error), errcode: (error as { errcode?: number }).errcode };
  }
}
