import { writeSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { openSqlite } from '../../src/db/dialects/sqlite/database.ts';
import { createLedger, writeEntry } from '../support/ledger.ts';

/**
 * A program to be traced: many clients write entries into a ledger, with checkpoints far more often than in real use, and each entry
 * that is acknowledged is told on standard output.
 */
const clients = 12;
const entriesEach = 15;
/** The load goes on for so many passes of checkpoints, but not for ever. */
const leastPasses = 8;
const mostEntriesEach = 150;

let passes = 0;
process.on('worker', (worker: Worker) => {
  worker.on('message', () => {
    passes += 1;
  });
});

const [path = ''] = process.argv.slice(2);
const db = openSqlite({ path, checkpointEveryCommits: 20 });
await createLedger(db);

const client = async (number: number): Promise<void> => {
  for (let turn = 0; turn < mostEntriesEach; turn += 1) {
    if (turn >= entriesEach && passes >= leastPasses) return;
    const entry = turn * clients + number;
    await db.transact((tx) => writeEntry(tx, entry));
    writeSync(1, `acknowledged ${entry}\n`);
  }
};
await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
await db.close();
