import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSqlite } from './dialects/sqlite/database.ts';
import { migrate } from './migrate.ts';
import { rawQuery } from './raw-query.ts';
import { databaseUnavailable } from './unavailable.ts';
import { withWriteHealth } from './write-health.ts';

test('a database that can be read but not written is not ready, and is again when a write goes through', async () => {
  const db = withWriteHealth(openSqlite({ path: ':memory:' }));
  const run = (text: string) => db.transact((tx) => tx.query(rawQuery(db.dialect, text)));
  const fill = () => run(`update schema_migrations set id = id || '${'x'.repeat(100_000)}' where id like '0001%'`);
  try {
    await migrate(db, 1);
    await db.check();
    const [row] = (await run('pragma page_count')) as { page_count: number }[];
    await run(`pragma max_page_count = ${row?.page_count}`);
    await db.check();
    await assert.rejects(fill(), { message: /nothing was changed/ });
    await run('pragma max_page_count = 100000');
    await fill();
    await db.check();
  } finally {
    await db.close();
  }
});

test('after a write that the database refused, each check writes until one succeeds', async () => {
  const db = openSqlite({ path: ':memory:' });
  let full = false;
  const watched = withWriteHealth({
    ...db,
    transact: (work, options) => (full ? Promise.reject(databaseUnavailable()) : db.transact(work, options)),
  });
  try {
    await migrate(watched, 1);
    full = true;
    await watched.check();
    await assert.rejects(watched.transact(async () => {}));
    await assert.rejects(watched.check(), /nothing was changed/);
    await assert.rejects(watched.check(), /nothing was changed/);
    full = false;
    await watched.check();
    full = true;
    await watched.check();
  } finally {
    await db.close();
  }
});
