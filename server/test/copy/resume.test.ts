import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lockSource, releaseSource } from '../../src/db/copy/lock-source.ts';
import type { Database } from '../../src/db/database.ts';
import { openSqlite } from '../../src/db/dialects/sqlite/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createTestFolder } from '../support/folder.ts';
import { rawQuery } from '../support/ledger.ts';
import { populate } from '../support/population.ts';
import { runCommand } from '../support/process.ts';
import { everything, move } from './houses.ts';

const at = Date.UTC(2026, 0, 1);
const people = { firstId: 1, passwordHash: 'a hash', at };

/** A source with people in it, and any number of empty targets; all closed at the end. */
async function withHouses(users: number, body: (source: Database, empty: () => Database) => Promise<void>) {
  const opened: Database[] = [];
  const empty = () => {
    const db = openSqlite({ path: ':memory:' });
    opened.push(db);
    return db;
  };
  try {
    const source = empty();
    await migrate(source, at);
    await populate(source, { ...people, users });
    await body(source, empty);
  } finally {
    for (const db of opened) await db.close();
  }
}

/** A database whose process dies at transaction number `fatal`. */
function mortal(db: Database, fatal: number): Database {
  let transactions = 0;
  return {
    ...db,
    transact: (work, ...rest) => {
      transactions += 1;
      if (transactions > fatal) throw new Error('killed');
      return db.transact(work, ...rest);
    },
  };
}

const refused = (detail: RegExp) => ({ name: 'DomainError', message: detail });

describe('a copy that is cut short', () => {
  test('goes on where it stopped, wherever that was', async () => {
    await withHouses(2_100, async (source, empty) => {
      const rows = await everything(source);
      for (let fatal = 0; ; fatal += 2) {
        const target = empty();
        const died = await move(source, mortal(target, fatal)).catch((error: Error) => error.message);
        if (died === 'killed') await move(source, target);
        assert.deepEqual(await everything(target), rows, `cut short after ${fatal} transactions`);
        await migrate(target, at);
        await releaseSource(source);
        if (died !== 'killed') return assert.ok(fatal > 20, `${fatal} places to be cut short at`);
      }
    });
  });

  test('by SIGKILL, is completed by the same command', async () => {
    using folder = createTestFolder();
    const source = openSqlite({ path: folder.file('keyward.db') });
    try {
      await migrate(source, at);
      await populate(source, { ...people, users: 20_000 });
      const args = ['db', 'copy', '--to', `sqlite:///${folder.file('new.db')}`, '--json'];
      await killedWhileCopying(args, folder.path);

      const half = await runCommand(['user', 'list'], onNewDatabase(folder.path, folder.file('new.db')));
      assert.deepEqual([half.code, /unfinished copy/.test(half.err)], [1, true]);
      const { code, out, err } = await runCommand(args, { dataDir: folder.path });
      assert.equal(code, 0, err);
      assert.deepEqual([JSON.parse(out).resumed, JSON.parse(out).verified], [true, true]);
      const target = openSqlite({ path: folder.file('new.db') });
      assert.deepEqual(await everything(target), await everything(source));
      await target.close();
      assert.equal((await runCommand(args, { dataDir: folder.path })).code, 0, 'once more does no harm');
    } finally {
      await source.close();
    }
  });

  test('does not go on when the source was released since: it may have changed', async () => {
    await withHouses(100, async (source, empty) => {
      const target = empty();
      await assert.rejects(move(source, mortal(target, 30)), /killed/);
      await releaseSource(source);
      await assert.rejects(move(source, target), refused(/unfinished copy/));
      await migrate(source, at);
    });
  });

  test('is served by nobody', async () => {
    await withHouses(100, async (source, empty) => {
      const target = empty();
      await assert.rejects(move(source, mortal(target, 30)), /killed/);
      await assert.rejects(migrate(target, at), refused(/unfinished copy/));
    });
  });
});

describe('a copy is refused', () => {
  test('to a database that holds something, and then the source is not locked', async () => {
    await withHouses(10, async (source, empty) => {
      const target = empty();
      await migrate(target, at);
      await populate(target, { ...people, users: 1 });
      await assert.rejects(move(source, target), refused(/not empty \(users, passwords, audit_events\)/));
      await migrate(source, at);
      assert.equal(await releaseSource(source), false);
    });
  });

  test('where a newer release has been, at either side', async () => {
    await withHouses(10, async (source, empty) => {
      const target = empty();
      await migrate(target, at);
      for (const db of [target, source]) {
        const fromTheFuture = rawQuery(db, "insert into schema_migrations values ('9999-future', 1)");
        await db.transact((tx) => tx.query(fromTheFuture));
        await assert.rejects(move(source, target), refused(/newer release.*9999-future/));
      }
    });
  });

  test('when the source is released while it runs', async () => {
    await withHouses(10, async (source, empty) => {
      const target = empty();
      const releasing: Database = {
        ...target,
        transact: async (work, ...rest) => {
          const result = await target.transact(work, ...rest);
          if ((await target.query(rawQuery(target, "select 1 from sqlite_schema where name = 'house_moves'"))).length)
            if ((await target.query(rawQuery(target, 'select 1 from users'))).length > 0) await releaseSource(source);
          return result;
        },
      };
      await assert.rejects(move(source, releasing), refused(/released while it was copied/));
      await assert.rejects(migrate(target, at), refused(/unfinished copy/));
    });
  });

  test('when the two sides differ', async () => {
    await withHouses(10, async (source, empty) => {
      const target = empty();
      await move(source, target);
      await target.transact((tx) => tx.query(rawQuery(target, "update users set username = 'mallory' where id = 3")));
      await assert.rejects(move(source, target), refused(/differ in users.*10 rows.*has a server run on it since\?/s));
    });
  });
});

test('a write that is under way when the lock comes is waited for, and moves too', async () => {
  await withHouses(10, async (source, empty) => {
    const open = Promise.withResolvers<void>();
    const writing = source.transact(async (tx) => {
      await tx.query(rawQuery(source, "update users set username = 'late' where id = 3"));
      await open.promise;
    });
    const locked = lockSource(source, 'f'.repeat(32), at);
    open.resolve();
    await Promise.all([writing, locked]);
    const target = empty();
    await move(source, target);
    const [row] = await target.query(rawQuery<{ username: string }>(target, 'select username from users where id = 3'));
    assert.equal(row?.username, 'late');
  });
});

const onNewDatabase = (dataDir: string, path: string) => ({ dataDir, env: { DATABASE_URL: `sqlite:///${path}` } });

/** Starts the command and kills it as soon as it says that it copies. */
async function killedWhileCopying(args: readonly string[], dataDir: string): Promise<void> {
  const entry = fileURLToPath(new URL('../../bin/keyward.js', import.meta.url));
  const child = spawn(process.execPath, [entry, ...args], { cwd: dataDir, env: { DATA_DIR: dataDir } });
  const gone = once(child, 'close');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.includes('copying users')) child.kill('SIGKILL');
  });
  const [, signal] = await gone;
  assert.equal(signal, 'SIGKILL', said);
}
