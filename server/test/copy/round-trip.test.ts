import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { lockSource, releaseSource } from '../../src/db/copy/lock-source.ts';
import type { Database } from '../../src/db/database.ts';
import { openSqlite } from '../../src/db/dialects/sqlite/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { statements } from '../../src/db/statement.ts';
import { DomainError } from '../../src/kernel/errors.ts';
import { createClient } from '../support/client.ts';
import { rawQuery } from '../support/ledger.ts';
import { ada, bea, type Held, lives, logIn, signUp } from '../support/people.ts';
import { namesOf, populate } from '../support/population.ts';
import { createTestClock } from '../support/ports.ts';
import { startServer } from '../support/server.ts';
import { everything, move, openOn, servers } from './houses.ts';

const clock = createTestClock();
const password = 'a password that all of them have';

/** A house with 2,000 people in it, a role that somebody has, and ada, who holds a session. */
async function furnish(db: Database): Promise<Held> {
  await using server = await startServer({ db, clock });
  const call = createClient(server.url);
  const held = await signUp(call, ada);
  const { username, email } = bea;
  const token = await server.admin();
  const role = { name: 'عربي 🦊', description: "it's \\ 100 %", permissions: ['users:delete'] };
  assert.equal((await call('POST', '/users/roles', { token, json: role })).status, 201);
  const account = await server.features.accounts.create.prepare({ username, email, password });
  await db.transact((tx) => server.features.accounts.create.insert(tx, account, { admin: true, how: 'test' }));
  const passwordHash = await server.hasher.hash(password);
  await populate(db, { users: 2_000, firstId: 1_001, passwordHash, at: clock.now() });
  return held;
}

const newUser = { username: 'cleo', email: 'cleo@example.com', password: 'eleven boats beyond the pier' };

/** What a client finds that held a session before the move; what it holds then. */
async function goesOn(db: Database, held: Held, newId: number): Promise<Held> {
  await using server = await startServer({ db, clock });
  const call = createClient(server.url);
  assert.ok(await lives(call, held), 'the access token that was issued before the move is good');
  const refreshed = await call('POST', '/refresh-access-token', { json: { refresh_token: held.refreshToken } });
  assert.equal(refreshed.status, 200, 'the session goes on');
  await logIn(call, ada);
  await logIn(call, { ...namesOf(1_002), password });
  const { email } = namesOf(1_001);
  assert.equal((await call('POST', '/login', { json: { email, password } })).status, 401, 'a deleted user');
  assert.equal((await signUp(call, newUser)).id, newId, 'ids go on behind the highest that was ever used');
  return { ...held, accessToken: refreshed.body.access_token, refreshToken: refreshed.body.refresh_token };
}

const { statement } = statements<{ audit_events: { at: number; event: string; outcome: string; object: string } }>();

const writeDown = statement((db, p: { object: string }) =>
  db.insertInto('audit_events').values({ at: 0, event: 'test', outcome: 'success', object: p.object }),
);

/** An insert that would rather do nothing than fail. */
const writeQuietly = statement((db, p: { object: string }, dialect) =>
  dialect.unlessPresent(
    db.insertInto('audit_events').values({ at: 0, event: 'test', outcome: 'success', object: p.object }),
  ),
);

/** Writers that never rest while the lock comes: what they were told is done has moved, and nothing else was done. */
async function assertNothingLost(source: Database, target: Database): Promise<void> {
  await migrate(source, clock.now());
  const done: string[] = [];
  const writer = async (name: number): Promise<unknown> => {
    for (let count = 0; ; count += 1) {
      const object = `${name}/${count}`;
      try {
        await source.transact((tx) => tx.execute(writeDown, { object }));
      } catch (error) {
        return error instanceof DomainError ? error.refusal.code : error;
      }
      done.push(object);
    }
  };
  const writers = [1, 2, 3].map(writer);
  await source.transact((tx) => tx.execute(writeDown, { object: 'the first' }));
  await move(source, target);
  assert.deepEqual(await Promise.all(writers), ['database-moved', 'database-moved', 'database-moved']);
  const { audit_events: events = [] } = await everything(target);
  assert.deepEqual(events.map(({ object }) => object).sort(), [...done, 'the first'].sort());
  assert.deepEqual(await everything(source), await everything(target));
}

for (const [name, start] of Object.entries(servers)) {
  describe(`SQLite → ${name} → SQLite`, () => {
    let server: Awaited<ReturnType<typeof start>>;
    before(async () => {
      server = await start();
    });
    after(async () => {
      if ('close' in server) await server.close();
    });

    test('every row is the same, no id comes twice, and a session from before goes on', async (t) => {
      if ('missing' in server) return t.skip(`NOT RUN: ${server.missing}`);
      const home = openSqlite({ path: ':memory:' });
      const there = await openOn(server.url);
      const back = openSqlite({ path: ':memory:' });
      try {
        const held = await furnish(home);
        // The highest id is of a row that is gone.
        await home.transact((tx) => tx.query(rawQuery(home, 'delete from users where id = 3000')));

        const report = await move(home, there);
        await move(there, back);
        const rows = await everything(home);
        assert.deepEqual(await everything(there), rows);
        assert.deepEqual(await everything(back), rows);
        assert.deepEqual([rows.users?.length, rows.sessions?.length], [2_002, 668]);
        assert.deepEqual(
          report.tables.map((table) => [table.name, table.rows]),
          Object.entries(rows).map(([table, { length }]) => [table, length]),
        );
        await assert.rejects(migrate(there, 0), /locked/);
        await goesOn(back, held, 3_001);
        assert.ok(await releaseSource(there));
        await goesOn(there, held, 3_001);
      } finally {
        for (const db of [home, there, back]) await db.close();
      }
    });

    test('writers race the lock of a move from there: nothing that was confirmed is lost', async (t) => {
      if ('missing' in server) return t.skip(`NOT RUN: ${server.missing}`);
      const [home, there] = [openSqlite({ path: ':memory:' }), await openOn(server.url)];
      try {
        await assertNothingLost(there, home);
      } finally {
        for (const db of [home, there]) await db.close();
      }
    });

    test('a lock that is refused half-way leaves nothing locked there', async (t) => {
      if ('missing' in server) return t.skip(`NOT RUN: ${server.missing}`);
      const there = await openOn(server.url);
      try {
        await assertTakenBack(there);
      } finally {
        await there.close();
      }
    });

    test('a move from there locks the server that runs there', async (t) => {
      if ('missing' in server) return t.skip(`NOT RUN: ${server.missing}`);
      const [home, there] = [openSqlite({ path: ':memory:' }), await openOn(server.url)];
      try {
        await assertLocks(there, home);
      } finally {
        for (const db of [home, there]) await db.close();
      }
    });
  });
}

test('writers race the lock of a move from SQLite: nothing that was confirmed is lost', async () => {
  const [home, there] = [openSqlite({ path: ':memory:' }), openSqlite({ path: ':memory:' })];
  try {
    await assertNothingLost(home, there);
  } finally {
    for (const db of [home, there]) await db.close();
  }
});

test('a move from SQLite to SQLite locks the server that runs there', async () => {
  const [home, there] = [openSqlite({ path: ':memory:' }), openSqlite({ path: ':memory:' })];
  try {
    await assertLocks(home, there);
  } finally {
    for (const db of [home, there]) await db.close();
  }
});

/** The database refuses one of the triggers, as one without the right to make them does; all is as before then. */
async function assertTakenBack(source: Database): Promise<void> {
  await migrate(source, clock.now());
  const { writeBarrier } = source.dialect;
  const raise = (tables: readonly string[]) => [...writeBarrier.raise(tables.slice(0, 2)), 'create trigger nothing'];
  const refusing = { ...source, dialect: { ...source.dialect, writeBarrier: { ...writeBarrier, raise } } };
  await assert.rejects(lockSource(refusing, 'a'.repeat(32), clock.now()));
  await migrate(source, clock.now());
  await source.transact((tx) => tx.execute(writeDown, { object: 'as before' }));
  assert.equal(await releaseSource(source), false);
}

test('a lock that SQLite refuses half-way leaves nothing locked', async () => {
  const home = openSqlite({ path: ':memory:' });
  try {
    await assertTakenBack(home);
  } finally {
    await home.close();
  }
});

/** A running server writes nothing more once its data moves, and all is as before when the move is called off. */
async function assertLocks(source: Database, target: Database): Promise<void> {
  await using server = await startServer({ db: source, clock, strictReplies: false });
  const call = createClient(server.url);
  const held = await signUp(call, ada);
  const json = { refresh_token: held.refreshToken };
  await move(source, target);
  const rows = await everything(source);

  const writes = [
    await call('POST', '/login', { json: { email: ada.email, password: ada.password } }),
    await call('POST', '/login', { json: { email: ada.email, password: 'wrong, and counted' } }),
    await call('POST', '/signup', { json: bea }),
    await call('POST', '/refresh-access-token', { json }),
    await call('POST', '/logout', { token: held.accessToken }),
    await call('DELETE', `/users/${held.id}`, { token: held.accessToken }),
  ];
  assert.deepEqual(
    writes.map(({ status, body, headers }) => [status, body.code, headers.get('retry-after')]),
    writes.map(() => [503, 'database-moved', '30']),
  );
  const quietly = source.transact((tx) => tx.execute(writeQuietly, { object: 'unless it is there' }));
  await assert.rejects(quietly, { name: 'DomainError', message: /is moving/ });
  const ready = await call('GET', '/readyz');
  assert.deepEqual([ready.status, ready.body.checks], [503, { database: 'moved' }]);
  await assert.rejects(migrate(source, clock.now()), { message: /locked.*keyward db release/ });
  assert.ok(await lives(call, held), 'what only reads goes on');
  assert.deepEqual(await everything(source), rows);

  assert.equal(await releaseSource(source), true);
  assert.equal(await releaseSource(source), false);
  assert.equal((await call('GET', '/readyz')).status, 200);
  assert.equal((await call('POST', '/refresh-access-token', { json })).status, 200);
  await signUp(call, bea);
}
