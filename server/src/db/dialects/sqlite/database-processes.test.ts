import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestFolder } from '../../../../test/support/folder.ts';
import { createLedger, readLedger, writeEntry } from '../../../../test/support/ledger.ts';
import { DomainError } from '../../../kernel/errors.ts';
import type { Database } from '../../database.ts';
import { openSqlite } from './database.ts';

/** Another process that begins a transaction, says so, and commits it when its input ends. */
const otherWriter = `
  const { DatabaseSync } = require('node:sqlite');
  const db = new DatabaseSync(process.argv[1]);
  db.exec("begin immediate; insert into ledger values (7, 0, ''), (7, 1, ''), (7, 2, ''), (7, 3, ''), (7, 4, '')");
  process.stdout.write('locked');
  process.stdin.on('end', () => { db.exec('commit'); db.close(); }).resume();
`;

/** Runs `body` while another process holds the write lock. */
async function whileLocked(
  options: { busyPatienceMs: number },
  body: (db: Database, release: () => void) => Promise<void>,
): Promise<void> {
  using folder = createTestFolder();
  const path = folder.file('keyward.db');
  const db = openSqlite({ path, ...options });
  await createLedger(db);
  const other = spawn(process.execPath, ['-e', otherWriter, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(other, 'exit');
  try {
    await once(other.stdout, 'data');
    await body(db, () => other.stdin.end());
  } finally {
    other.stdin.end();
    await exited;
    await db.close();
  }
}

const unavailable = (error: unknown) =>
  error instanceof DomainError && error.refusal.code === 'database-unavailable' && error.retryAfterSeconds === 1;

describe('while another process holds the write lock', () => {
  test('a transaction waits without holding the event loop, and goes on when the lock is free', async () => {
    await whileLocked({ busyPatienceMs: 60_000 }, async (db, release) => {
      const writing = db.transact((tx) => writeEntry(tx, 1));
      // Were the event loop held, none of this would happen before the patience is over, and the lock would never be free.
      for (let beat = 0; beat < 5; beat += 1) await sleep(5);
      assert.deepEqual([...(await readLedger(db)).whole], [], 'reads go on');
      release();
      await writing;
      assert.deepEqual(await readLedger(db), { whole: new Set([1, 7]), half: [] });
    });
  });

  test('a transaction is refused in the end, and so are those in line behind it; nothing of them remains', async () => {
    await whileLocked({ busyPatienceMs: 30 }, async (db, release) => {
      const refused = Array.from({ length: 50 }, (_, entry) => db.transact((tx) => writeEntry(tx, entry + 100)));
      for (const outcome of refused) await assert.rejects(outcome, unavailable);
      release();
      await writeWhenFree(db, 1);
      assert.deepEqual(await readLedger(db), { whole: new Set([1, 7]), half: [] });
    });
  });
});

/** The other process needs a moment to let go. */
async function writeWhenFree(db: Database, entry: number): Promise<void> {
  for (;;) {
    try {
      return await db.transact((tx) => writeEntry(tx, entry));
    } catch (error) {
      if (!unavailable(error)) throw error;
    }
    await sleep(5);
  }
}
