import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behind } from '../../test/support/behind.ts';
import { createTestFolder } from '../../test/support/folder.ts';
import { rawQuery } from '../../test/support/ledger.ts';
import { runCommand } from '../../test/support/process.ts';
import type { Database, Tx } from './database.ts';
import { openSqlite } from './dialects/sqlite/database.ts';
import { createSqliteDialect } from './dialects/sqlite/dialect.ts';
import { ForeignSchema, makeChange, migrate, migrationStatus } from './migrate.ts';
import type { Migration } from './migration.ts';
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

/** Makes the changes of a step, and no note of it. */
const takeStep = (db: Database, step: Migration) =>
  db.transact(async (tx) => {
    for (const change of step.statements(db.dialect)) await makeChange(tx, db.dialect, change);
  });

/** Brings an empty database to where a release stopped whose next step would have been `next`. */
async function migrateUpTo(db: Database, next: string): Promise<void> {
  await migrationStatus(db);
  for (const step of migrations.filter(({ id }) => id < next)) {
    await takeStep(db, step);
    await db.transact((tx) => tx.query(rawQuery(db, `insert into schema_migrations values ('${step.id}', 1)`)));
  }
}

/** What there is before the first step and after each. */
async function schemasAfterEachStep(): Promise<Awaited<ReturnType<typeof schemaOf>>[]> {
  const schemas: Awaited<ReturnType<typeof schemaOf>>[] = [];
  await onEmptyDatabase(async (db) => {
    await migrationStatus(db);
    schemas.push(await schemaOf(db));
    for (const step of migrations) {
      await takeStep(db, step);
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

test('of the accounts of an older release those wait that have no password, no verified address and no session', async () => {
  await onEmptyDatabase(async (db) => {
    await migrateUpTo(db, '0021-waiting-accounts');
    const names = ['waiting', 'with a password', 'verified', 'signed in', 'signed out'];
    const add = (table: string, row: object) => behind(db, (builder) => builder.insertInto(table).values(row));
    for (const [place, username] of names.entries())
      await add('users', { username, email: `${place}@example.com`, created_at: 1_000 + place });
    await add('passwords', { user_id: 2, hash: 'a hash', changed_at: 2_000 });
    await behind(db, (builder) => builder.updateTable('users').set({ email_verified_at: 2_000 }).where('id', '=', 3));
    const times = { created_at: 2_000, rotated_at: 2_000, expires_at: 9_000, idle_expires_at: 9_000 };
    const session = { generation: 0, token_hash: 'a hash', ip: '127.0.0.1', user_agent: '', ...times };
    await add('sessions', { id: 'living', user_id: 4, ...session });
    await add('sessions', { id: 'ended', user_id: 5, ...session, ended_at: 3_000, end_reason: 'logout' });
    assert.equal((await migrate(db, now))[0], '0021-waiting-accounts');
    const rows = await behind<{ username: string; waits_since: number | null }>(db, (builder) =>
      builder.selectFrom('users').select(['username', 'waits_since']).orderBy('id'),
    );
    assert.deepEqual(
      rows.map(({ username, waits_since: since }) => [username, since]),
      names.map((username, place) => [username, place === 0 ? 1_000 : null]),
    );
  });
});
