import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTestFolder } from '../../test/support/folder.ts';
import { rawQuery } from '../../test/support/ledger.ts';
import { runCommand } from '../../test/support/process.ts';
import type { Database, Tx } from './database.ts';
import { openSqlite } from './dialects/sqlite/database.ts';
import { createSqliteDialect } from './dialects/sqlite/dialect.ts';
import { ForeignSchema, makeChange, migrate, migrationStatus } from './migrate.ts';
import { migrations } from './migrations/index.ts';

const allSteps = migrations.map(({ id }) => id);
const now = Date.UTC(2026, 0, 1);

async function onEmptyDatabase(body: (db: Database) => Promise<void>): Promise<void> {
  const db = openSqlite({ path: ':memory:' });
  try {
    await body(db);
  } finally {
    await db.close();
  }
}

const historyOf = async (db: Database) => {
  const rows = await db.query(rawQuery<{ id: string }>(db, 'select id from schema_migrations order by id'));
  return rows.map(({ id }) => id);
};

/** Every table and index with its definition. */
const schemaOf = async (db: Database) => {
  const query = "select name, sql from sqlite_schema where sql is not null and name not like 'sqlite%' order by name";
  return (await db.query(rawQuery<{ name: string; sql: string }>(db, query))).map((row) => ({ ...row }));
};

/** What there is before the first step and after each. */
async function schemasAfterEachStep(): Promise<Awaited<ReturnType<typeof schemaOf>>[]> {
  const schemas: Awaited<ReturnType<typeof schemaOf>>[] = [];
  await onEmptyDatabase(async (db) => {
    await migrationStatus(db);
    schemas.push(await schemaOf(db));
    for (const step of migrations) {
      await db.transact(async (tx) => {
        for (const change of step.statements(db.dialect)) await makeChange(tx, db.dialect, change);
      });
      schemas.push(await schemaOf(db));
    }
  });
  return schemas;
}

/** A database whose process dies at the change number `fatal`, counted over all steps. */
function mortal(db: Database, fatal: number): Database {
  let changes = 0;
  const dying = (tx: Tx): Tx => ({
    ...tx,
    query: (query) => {
      const isChange = /^(create (unique )?(table|index) (?!if)|alter table|drop index|update)/.test(
        query.compile().sql,
      );
      if (isChange && changes++ === fatal) throw new Error('killed');
      return tx.query(query);
    },
  });
  return { ...db, transact: (work, ...rest) => db.transact((tx) => work(dying(tx)), ...rest) };
}

describe('migrations', () => {
  test('bring an empty database all the way, and take nothing twice', async () => {
    await onEmptyDatabase(async (db) => {
      assert.deepEqual(await migrate(db, now), allSteps);
      assert.deepEqual(await migrate(db, now + 1), []);
      assert.deepEqual(
        await migrationStatus(db),
        allSteps.map((id) => ({ id, appliedAt: now })),
      );
    });
  });

  test('go on where an older release has stopped', async () => {
    await onEmptyDatabase(async (db) => {
      const fatal = 3; // in the second step or later: the first has a table and two indexes
      await assert.rejects(migrate(mortal(db, fatal), now));
      const before = await historyOf(db);
      assert.ok(before.length > 0);
      assert.deepEqual(await migrate(db, now + 1), allSteps.slice(before.length));
    });
  });

  test('that are cut short leave nothing of the step they were in, wherever that is, and then complete', async () => {
    const afterStep = await schemasAfterEachStep();
    const ofStep = migrations.map((step) => step.statements(createSqliteDialect()).length);
    const changes = ofStep.reduce((sum, count) => sum + count, 0);
    for (let fatal = 0; fatal < changes; fatal += 1) {
      await onEmptyDatabase(async (db) => {
        await assert.rejects(migrate(mortal(db, fatal), now), /killed/);
        const done = await historyOf(db);
        assert.deepEqual(done, allSteps.slice(0, done.length));
        assert.deepEqual(await schemaOf(db), afterStep[done.length]);
        await migrate(db, now);
        assert.deepEqual(await schemaOf(db), afterStep.at(-1));
      });
    }
  });

  test('leave the steps of a newer release alone', async () => {
    await onEmptyDatabase(async (db) => {
      await migrate(db, now);
      const schema = await schemaOf(db);
      const fromTheFuture = rawQuery(db, "insert into schema_migrations values ('9999-future', 1)");
      await db.transact((tx) => tx.query(fromTheFuture));
      assert.deepEqual(await migrate(db, now), []);
      assert.deepEqual(await historyOf(db), [...allSteps, '9999-future']);
      assert.deepEqual(await schemaOf(db), schema);
      assert.ok((await migrationStatus(db)).every(({ id }) => id !== '9999-future'));
    });
  });

  test('over two connections at once: each step is taken once', async () => {
    using folder = createTestFolder();
    const nodes = [1, 2].map(() => openSqlite({ path: folder.file('keyward.db') }));
    try {
      const taken = await Promise.all(nodes.map((node) => migrate(node, now)));
      assert.deepEqual(taken.flat().sort(), allSteps);
    } finally {
      for (const node of nodes) await node.close();
    }
  });

  test('by two processes that start at once on an empty folder: each step is taken once', async () => {
    for (let round = 0; round < 3; round += 1) {
      using folder = createTestFolder();
      const start = () => runCommand(['migrate', '--json'], { dataDir: folder.path });
      const runs = await Promise.all([start(), start()]);
      for (const { code, err } of runs) assert.deepEqual([code, err], [0, '']);
      const taken = runs.flatMap(({ out }) => (JSON.parse(out) as { applied: string[] }).applied);
      assert.deepEqual(taken.sort(), allSteps);
    }
  });
});

test('the database of another application is refused, and nothing in it is changed', async () => {
  await onEmptyDatabase(async (db) => {
    await db.transact((tx) =>
      tx.query(rawQuery(db, 'create table users (id integer primary key, hashed_password text)')),
    );
    const before = await schemaOf(db);
    await assert.rejects(migrate(db, now), ForeignSchema);
    assert.deepEqual(await schemaOf(db), before);
  });
});
