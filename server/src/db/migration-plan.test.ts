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

const planOn = (dialect: Database['dialect']) =>
  migrationPlan({ dialect, transact: async () => new Map() } as unknown as Database);

test('on a server, what is done to a table of the same step locks nothing that is in use', async () => {
  for (const dialect of [createPostgresDialect(), createMysqlDialect()]) {
    for (const { id, statements } of await planOn(dialect)) {
      const created = statements.flatMap(({ sql }) => /^create table [`"](\w+)/.exec(sql)?.[1] ?? []);
      const own = statements.filter(({ sql }) => created.some((table) => new RegExp(`[\`"]${table}[\`"]`).test(sql)));
      for (const { locks } of own) assert.equal(locks, 'none: the table is new', id);
    }
  }
});

test('on a server, a change of a table that is in use says what has to wait', async () => {
  const locksOf = async (dialect: Database['dialect']) => {
    const step = (await planOn(dialect)).find(({ id }) => id === '0011-session-status');
    return step?.statements.map(({ locks }) => locks.replace(/:.*/, ''));
  };
  const building = 'SHARE on sessions';
  assert.deepEqual(await locksOf(createPostgresDialect()), [
    'none',
    'ACCESS EXCLUSIVE on sessions',
    building,
    building,
  ]);
  const metadata = 'a metadata lock on sessions';
  assert.deepEqual(await locksOf(createMysqlDialect()), [
    'none',
    metadata,
    `${metadata} at begin and end`,
    `${metadata} at begin and end`,
  ]);
});

test('on a server, many columns or indexes at once are told as what they lock', async () => {
  const locksOf = async (dialect: Database['dialect']) => {
    const step = (await planOn(dialect)).find(({ id }) => id === '0016-audit-seal');
    const locks = step?.statements.map((statement) => statement.locks.replace(/:.*/, '')) ?? [];
    return [...new Set(locks.filter((it) => it !== 'none'))];
  };
  assert.deepEqual(await locksOf(createPostgresDialect()), [
    'ACCESS EXCLUSIVE on audit_events',
    'SHARE on audit_events',
    'ACCESS EXCLUSIVE',
  ]);
  const metadata = 'a metadata lock on audit_events';
  assert.deepEqual(await locksOf(createMysqlDialect()), [metadata, `${metadata} at begin and end`]);
});
