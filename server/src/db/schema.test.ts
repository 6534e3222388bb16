import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSqlite } from './dialects/sqlite/database.ts';
import { migrate } from './migrate.ts';
import { rawQuery } from './raw-query.ts';
import { schemaTables } from './schema.ts';

const columnsOfAll =
  "select t.name as name, c.name as 'column', c.pk as pk from sqlite_schema t join pragma_table_info(t.name) c where t.type = 'table' and t.name not like 'sqlite%' order by t.rowid, c.cid";

test('the tables that are read from the migrations are those that the migrations make', async () => {
  const db = openSqlite({ path: ':memory:' });
  try {
    await migrate(db, 0);
    const rows = await db.query(rawQuery<{ name: string; column: string; pk: number }>(db.dialect, columnsOfAll));
    const sequences = await db.query(rawQuery<{ name: string }>(db.dialect, generatedIds));
    const generated = new Set(sequences.map(({ name }) => name));
    const real = [...Map.groupBy(rows, ({ name }) => name)].map(([name, columns]) => ({
      name,
      columns: columns.map(({ column }) => column),
      primaryKey: columns
        .filter(({ pk }) => pk > 0)
        .sort((a, b) => a.pk - b.pk)
        .map(({ column }) => column),
      generatedId: generated.has(name),
    }));
    assert.deepEqual(
      schemaTables(db.dialect),
      real.filter(({ name }) => name !== 'schema_migrations'),
    );
  } finally {
    await db.close();
  }
});

const generatedIds = "select name from sqlite_schema where type = 'table' and sql like '%autoincrement%'";
