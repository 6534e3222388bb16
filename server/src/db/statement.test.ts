import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { openSqlite } from './dialects/sqlite/database.ts';
import { createSqliteDialect } from './dialects/sqlite/dialect.ts';
import { compileStatement, statements } from './statement.ts';

interface Tables {
  planets: { id: number; name: string; moons: number };
}

const { statement, insert } = statements<Tables>();
const dialect = createSqliteDialect();

describe('a statement', () => {
  test('has a marker for each parameter, and each run only puts its values in their places', () => {
    const byName = statement((db, p: { name: string; moons: number }) =>
      db.selectFrom('planets').select('id').where('moons', '>', p.moons).where('name', '=', p.name),
    );
    const compiled = compileStatement(byName, dialect);
    assert.equal(compiled.sql, 'select "id" from "planets" where "moons" > ? and "name" = ?');
    assert.deepEqual(compiled.bind({ name: 'Mars', moons: 1 }), [1, 'Mars']);
    assert.deepEqual(compiled.bind({ moons: 2, name: "'; drop table planets --" }), [2, "'; drop table planets --"]);
  });

  test('keeps its constants in their places between the parameters', () => {
    const mixed = statement((db, p: { name: string }) =>
      db.selectFrom('planets').select('id').where('moons', '>', 7).where('name', '=', p.name).limit(3),
    );
    const compiled = compileStatement(mixed, dialect);
    assert.deepEqual(compiled.bind({ name: 'Mars' }), [7, 'Mars', 3]);
    assert.deepEqual(compiled.bind({ name: 'Venus' }), [7, 'Venus', 3]);
  });

  test('may use one name twice', () => {
    const twice = statement((db, p: { count: number; name: string }) =>
      db.updateTable('planets').set({ moons: p.count }).where('moons', '<', p.count).where('name', '=', p.name),
    );
    assert.deepEqual(compileStatement(twice, dialect).bind({ count: 5, name: 'Mars' }), [5, 5, 'Mars']);
  });

  test('takes falsy values and null as they are', () => {
    const odd = statement((db, p: { name: string | null; moons: number }) =>
      db
        .updateTable('planets')
        .set({ name: p.name ?? '', moons: p.moons })
        .where('id', '=', 1),
    );
    assert.deepEqual(compileStatement(odd, dialect).bind({ name: null, moons: 0 }), [null, 0, 1]);
  });

  test('an insert asks for its id where the database can return it, and only there', () => {
    const add = insert((db, p: { name: string }) => db.insertInto('planets').values({ id: 1, name: p.name, moons: 0 }));
    assert.match(compileStatement(add, dialect).sql, /^insert into "planets" .* returning "id"$/);
    assert.doesNotMatch(compileStatement(add, { ...dialect, returning: false }).sql, /returning/);
  });

  test('is built once for a connection, however often it runs', async () => {
    const db = openSqlite({ path: ':memory:' });
    try {
      let builds = 0;
      const echo = statement((builder, p: { word: string }) => {
        builds += 1;
        return builder.selectNoFrom(sql<string>`cast(${p.word} as text)`.as('word'));
      });
      for (const word of ['one', 'two', 'three']) assert.deepEqual(await db.first(echo, { word }), { word });
      assert.equal(builds, 1, 'the reading connection');
      for (const word of ['four', 'five']) {
        assert.deepEqual(await db.transact(async (tx) => tx.first(echo, { word })), { word });
      }
      assert.equal(builds, 2, 'and the writing one');
    } finally {
      await db.close();
    }
  });

  test('a parameter that is missing is an error, never a null', async () => {
    const db = openSqlite({ path: ':memory:' });
    try {
      const echo = statement((builder, p: { word: string }) => builder.selectNoFrom(sql<string>`${p.word}`.as('word')));
      await assert.rejects(async () => db.first(echo, {} as { word: string }), TypeError);
    } finally {
      await db.close();
    }
  });
});
