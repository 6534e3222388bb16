import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMysqlDialect } from '../dialects/mysql/dialect.ts';
import { createPostgresDialect } from '../dialects/postgres/dialect.ts';
import { openSqlite } from '../dialects/sqlite/database.ts';
import { migrate } from '../migrate.ts';
import { rawQuery } from '../raw-query.ts';
import { partialIndexes } from './0023-partial-indexes.ts';

/** What is looked up by them, with parameters as the stores have them. */
const lookups = [
  ['audit_events_actor_id_at_id_index', 'audit_events where actor_id = ? order by at desc, id desc limit 51'],
  ['audit_events_session_id_at_id_index', 'audit_events where session_id = ? order by at desc, id desc limit 51'],
  ['audit_events_api_key_at_id_index', 'audit_events where api_key = ? and at < 9 order by at, id limit 51'],
] as const;

test('an index without empty rows serves what is looked up by it, in its order', async () => {
  const db = openSqlite({ path: ':memory:' });
  try {
    await migrate(db, 0);
    for (const [index, rest] of lookups) {
      const asked = rawQuery<{ detail: string }>(db.dialect, `explain query plan select id from ${rest}`);
      const plan = (await db.query(asked)).map(({ detail }) => detail);
      assert.equal(plan.length, 1, plan.join('; '));
      assert.match(plan[0] ?? '', new RegExp(`^SEARCH \\w+ USING (COVERING )?INDEX ${index} `));
      const made = rawQuery<{ sql: string }>(db.dialect, `select sql from sqlite_schema where name = '${index}'`);
      assert.match((await db.query(made))[0]?.sql ?? '', /where "\w+" is not null$/);
    }
  } finally {
    await db.close();
  }
});

test('PostgreSQL gets the same, and a database without such indexes keeps those that it has', () => {
  const postgres = createPostgresDialect();
  const [drop, create] = partialIndexes.statements(postgres).map((statement) => statement.compile().sql);
  assert.equal(drop, 'drop index "audit_events_actor_id_at_id_index"');
  assert.match(create ?? '', /^create index "audit_events_actor_id_at_id_index" .* where "actor_id" is not null$/);
  assert.deepEqual(partialIndexes.statements(createMysqlDialect()), []);
});
