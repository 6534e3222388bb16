import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import { createTestFolder } from '../../../../test/support/folder.ts';
import { createLedger, rawQuery, readLedger, writeEntry } from '../../../../test/support/ledger.ts';
import { DomainError } from '../../../kernel/errors.ts';
import type { Database, Tx } from '../../database.ts';
import { openSqlite, type SqliteOptions } from './database.ts';

/** A database with a ledger, closed at the end. */
async function withLedger(
  body: (db: Database) => Promise<void>,
  options: SqliteOptions = { path: ':memory:' },
): Promise<void> {
  const db = openSqlite(options);
  try {
    await createLedger(db);
    await body(db);
  } finally {
    await db.close();
  }
}

const write = (db: Database, entry: number) => db.transact((tx) => writeEntry(tx, entry));
const wholeEntries = async (db: Database) => [...(await readLedger(db)).whole];

const unavailable = (error: unknown) =>
  error instanceof DomainError && error.refusal.code === 'database-unavailable' && error.cause !== undefined;

const digestOf = (path: string) => hash('sha256', readFileSync(path));

describe('a full disk', () => {
  /** Leaves room for `pages` more pages. */
  const leaveRoom = (db: Database, pages: number) =>
    db.transact(async (tx) => {
      const [row] = await tx.query(rawQuery<{ page_count: number }>(db, 'pragma page_count'));
      await tx.query(rawQuery(db, `pragma max_page_count = ${(row?.page_count ?? 0) + pages}`));
    });
  const writeMany = async (tx: Tx) => {
    for (let entry = 100; entry < 200; entry += 1) await writeEntry(tx, entry);
  };

  test('refuses the transaction and leaves nothing of it; what fits still goes, and all once there is room', async () => {
    await withLedger(async (db) => {
      await leaveRoom(db, 8);
      await write(db, 1);
      await assert.rejects(db.transact(writeMany), unavailable);
      await write(db, 2);
      assert.deepEqual(await readLedger(db), { whole: new Set([1, 2]), half: [] });
      await db.check();
      await leaveRoom(db, 1_000);
      await db.transact(writeMany);
      assert.equal((await wholeEntries(db)).length, 102);
    });
  });

  test('ends a transaction for good, also for work that swallows the error and goes on', async () => {
    await withLedger(async (db) => {
      await leaveRoom(db, 2);
      const stubborn = db.transact(async (tx) => {
        await assert.rejects(writeMany(tx));
        await assert.rejects(writeEntry(tx, 1), unavailable);
        await assert.rejects(tx.query(rawQuery(db, 'select * from ledger')), unavailable);
        return 'done';
      });
      await assert.rejects(stubborn, unavailable);
      assert.deepEqual(await readLedger(db), { whole: new Set(), half: [] });
    });
  });
});

describe('what is left to the next sync', () => {
  const countingWal = () => {
    const disk = { syncs: 0 };
    const openWal = () => ({
      sync: async () => {
        disk.syncs += 1;
      },
      close: async () => {},
    });
    return { disk, openWal };
  };

  test('is waited for by whatever transaction comes next, also by one that changes nothing or is refused', async () => {
    const nothing = async () => {};
    const refusal = new Error('refused');
    const refused = () => Promise.reject(refusal);
    const followUps: ((db: Database) => Promise<void>)[] = [
      (db) => write(db, 2),
      (db) => db.transact(nothing),
      (db) =>
        assert.rejects(
          db.transact(() => Promise.reject(refusal)),
          refusal,
        ),
    ];
    for (const followUp of followUps) {
      const { disk, openWal } = countingWal();
      await withLedger(
        async (db) => {
          const before = disk.syncs;
          await db.transact((tx) => writeEntry(tx, 1), { sync: 'next' });
          assert.equal(disk.syncs, before);
          await followUp(db);
          assert.equal(disk.syncs, before + 1);
          await assert.rejects(db.transact(refused), refusal);
          assert.equal(disk.syncs, before + 1, 'and nobody waits for what is on the disk');
        },
        { path: ':memory:', openWal },
      );
    }
  });
});

describe('a failed sync', () => {
  /** A WAL whose syncs succeed until they are told to fail, once. */
  const fragileWal = () => {
    const disk = { fails: false };
    const openWal = () => ({
      sync: async () => {
        if (!disk.fails) return;
        disk.fails = false;
        throw new Error('EIO');
      },
      close: async () => {},
    });
    return { disk, openWal };
  };

  test('refuses the commit that it was for and everything after; reads go on', async () => {
    const { disk, openWal } = fragileWal();
    await withLedger(
      async (db) => {
        await write(db, 1);
        disk.fails = true;
        await assert.rejects(write(db, 2), unavailable);
        await assert.rejects(write(db, 3), unavailable);
        await assert.rejects(
          db.transact(async () => 'nothing'),
          unavailable,
        );
        await assert.rejects(db.check(), unavailable);
        assert.ok((await wholeEntries(db)).includes(1));
        assert.ok(!(await wholeEntries(db)).includes(3));
      },
      { path: ':memory:', openWal },
    );
  });

  test('also stops who had begun before it', async () => {
    const { disk, openWal } = fragileWal();
    await withLedger(
      async (db) => {
        const gate = Promise.withResolvers<void>();
        disk.fails = true;
        const failing = write(db, 1);
        const begun = db.transact(async (tx) => {
          await writeEntry(tx, 2);
          await gate.promise;
        });
        await assert.rejects(failing, unavailable);
        gate.resolve();
        await assert.rejects(begun, unavailable);
        assert.ok(!(await wholeEntries(db)).includes(2));
      },
      { path: ':memory:', openWal },
    );
  });

  test('keeps the closing from copying what may never have reached the disk', async () => {
    using folder = createTestFolder();
    const path = folder.file('keyward.db');
    const { disk, openWal } = fragileWal();
    let before = '';
    await withLedger(
      async (db) => {
        disk.fails = true;
        await assert.rejects(write(db, 1), unavailable);
        before = digestOf(path);
      },
      { path, openWal },
    );
    assert.equal(digestOf(path), before);
    assert.ok(existsSync(`${path}-wal`));
  });
});

/** What hangs is a failure too; nothing here takes near as long. */
const timeout = 60_000;

describe('closing', { timeout }, () => {
  test('waits for who is inside, and for the sync that they wait for', async () => {
    const sync = Promise.withResolvers<void>();
    const events: string[] = [];
    const note = (event: string) => () => void events.push(event);
    const openWal = () => ({ sync: () => sync.promise, close: async () => note('wal closed')() });
    const db = openSqlite({ path: ':memory:', openWal });
    const gate = Promise.withResolvers<void>();
    const writing = db.transact(() => gate.promise).then(note('written'));
    const closing = db.close().then(note('closed'));
    await breathe();
    gate.resolve();
    await breathe();
    assert.deepEqual(events, []);
    sync.resolve();
    await Promise.all([writing, closing]);
    assert.deepEqual(new Set(events), new Set(['written', 'wal closed', 'closed']));
    assert.equal(events.at(-1), 'closed');
  });

  test('in the middle of a checkpoint waits for it, instead of for ever', async () => {
    for (let round = 0; round < 5; round += 1) {
      const db = openSqlite({ path: ':memory:', checkpointEveryCommits: 1 });
      await db.transact(async () => {});
      await db.close();
    }
  });

  test('leaves one file that holds all', async () => {
    using folder = createTestFolder();
    const path = folder.file('keyward.db');
    await withLedger((db) => write(db, 1), { path });
    assert.deepEqual(
      [`${path}-wal`, `${path}-shm`].map((file) => existsSync(file)),
      [false, false],
    );
    const again = openSqlite({ path });
    try {
      assert.deepEqual(await wholeEntries(again), [1]);
    } finally {
      await again.close();
    }
  });
});

describe('the files', () => {
  test('are readable by their owner alone, and the folders made for them too', async () => {
    using folder = createTestFolder();
    const path = folder.file('made/for/it/keyward.db');
    const modeOf = (entry: string) => (statSync(entry).mode & 0o777).toString(8);
    // Windows keeps no such modes: there the folder's own access list decides.
    const [file, directory] = process.platform === 'win32' ? ['666', '666'] : ['600', '700'];
    await withLedger(
      async () => {
        assert.deepEqual([path, `${path}-wal`, `${path}-shm`].map(modeOf), [file, file, file]);
        assert.deepEqual([folder.file('made'), folder.file('made/for/it')].map(modeOf), [directory, directory]);
      },
      { path },
    );
  });

  test('of a database in memory are no other database’s', async () => {
    await withLedger(async (one) => {
      await withLedger(async (other) => {
        await write(one, 1);
        assert.deepEqual(await wholeEntries(other), []);
      });
    });
  });
});
