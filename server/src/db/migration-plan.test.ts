import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from './database.ts';
import { createMysqlDialect } from './dialects/mysql/dialect.ts';
import { createPostgresDialect } from './dialects/postgres/dialect.ts';
import { openSqlite } from './dialects/sqlite/database.ts';
import { migrate } from './migrate.ts';
import { migrationPlan } from './migration-plan.ts';
import { migrations } from './migrations/index.ts';

test('the plan of an empty database names every step with its SQL, and changes nothing', async () => {
  const db = openSqlite({ path: ':memory:' });
  try {
    const plan = await migrationPlan(db);
    assert.deepEqual(
      plan.map(({ id }) => id),
      migrations.map(({ id }) => id),
    );
    assert.match(plan[0]?.statements[0]?.sql ?? '', /^create table "users" \(.*autoincrement.*\) strict$/);
    assert.match(plan[0]?.statements[0]?.locks ?? '', /write lock/);
    assert.deepEqual(await migrationPlan(db), plan);
    await migrate(db, 1);
    assert.deepEqual(await migrationPlan(db), []);
  } finally {
    await db.close();
  }
});

test('on a server, what is done to a table of the same step locks nothing that is in use', async () => {
  for (const dialect of [createPostgresDialect(), createMysqlDialect()]) {
    const empty = { dialect, transact: async () => new Map() } as unknown as Database;
    for (const step of await migrationPlan(empty)) {
      for (const { locks } of step.statements) assert.equal(locks, 'none: the table is new', step.id);
    }
  }
});
