/**
 * `--job transaction`: one row changed by its key, in a transaction of its own that is on the disk before the next begins, many sharing one
 * sync. `--job read`: one row read by its key. No checkpoints: their cost is Keyward's alone.
 */
import { closeSync, fdatasync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { job, loop, place } from './loop.ts';

const rows = 1_000;
const path = join(place, 'limit.db');
const db = new DatabaseSync(path);
db.exec('pragma journal_mode=wal; pragma synchronous=normal; pragma wal_autocheckpoint=0');
db.exec(
  'create table if not exists sessions (id text primary key, generation integer not null, hash text not null) without rowid',
);
const insert = db.prepare('insert or replace into sessions values (?, 0, ?)');
db.exec('begin');
for (let row = 0; row < rows; row += 1) insert.run(`session-${row}`, 'h'.repeat(43));
db.exec('commit');

const update = db.prepare('update sessions set generation = generation + 1, hash = ? where id = ?');
const select = db.prepare('select id, generation, hash from sessions where id = ?');
const wal = openSync(`${path}-wal`, 'r+');
const syncFile = promisify(fdatasync);
let syncing: Promise<void> | undefined;
let next: Promise<void> | undefined;

/** A sync that begins after this call: the one under way may have begun before it. */
function durable(): Promise<void> {
  if (syncing === undefined) return startSync();
  next ??= syncing.then(() => {
    next = undefined;
    return startSync();
  });
  return next;
}

function startSync(): Promise<void> {
  syncing = syncFile(wal).finally(() => {
    syncing = undefined;
  });
  return syncing;
}

let turn = 0;
const nextRow = () => `session-${(turn++ * 7_919) % rows}`;

async function transaction(): Promise<void> {
  db.exec('begin immediate');
  update.run('g'.repeat(43), nextRow());
  db.exec('commit');
  await durable();
}

await loop(job === 'read' ? async () => select.get(nextRow()) : transaction);
closeSync(wal);
