import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { migrate, migrationStatus } from '../../src/db/migrate.ts';
import { type Call, createClient } from '../support/client.ts';
import { openUrl } from '../support/databases/index.ts';
import { startPostgres, type TestPostgres } from '../support/databases/postgres.ts';
import { createTestFolder } from '../support/folder.ts';
import { lives, logIn, signUp } from '../support/people.ts';
import {
  allStarted,
  type ProcessOptions,
  runCommand,
  type ServerProcess,
  startServerProcess,
} from '../support/process.ts';
import { createDatabaseOn, newcomer, runSql } from './ground.ts';

const tabs = 50;

describe('two nodes on one PostgreSQL', () => {
  let started: TestPostgres | { readonly missing: string } = { missing: 'it was not started' };
  before(async () => {
    started = await startPostgres();
  });
  after(async () => {
    if (!('missing' in started)) await started.close();
  });

  const onPostgres = (name: string, body: (url: string, t: TestContext) => Promise<void>) =>
    test(name, async (t) => {
      if ('missing' in started) return t.skip(`NOT RUN: ${started.missing}`);
      await body(await createDatabaseOn(started.url), t);
    });

  /** A test with two nodes that start at once on an empty database. */
  const onBoth = (name: string, body: (a: Call, b: Call, options: ProcessOptions) => Promise<void>) =>
    onPostgres(name, async (url) => {
      using folder = createTestFolder();
      const options = { dataDir: folder.path, env: { DATABASE_URL: url } };
      const [one, other] = (await allStarted([startServerProcess(options), startServerProcess(options)])) as [
        ServerProcess,
        ServerProcess,
      ];
      await using _one = one;
      await using _other = other;
      await body(createClient(one.url), createClient(other.url), options);
    });

  onBoth('have made one signing key, and each believes the tokens of the other', async (a, b) => {
    const [first, second] = await Promise.all([a, b].map((call) => call('GET', '/.well-known/jwks.json')));
    assert.deepEqual(first?.body, second?.body);
    assert.equal(first?.body.keys.length, 1);
    assert.ok(await lives(b, await signUp(a, newcomer())));
  });

  onBoth(
    'end a session for both: what was logged out or deleted on one is dead on the other with the next request',
    async (a, b) => {
      const person = newcomer();
      const left = await signUp(a, person);
      const stays = await logIn(b, person);
      // Both nodes have seen both tokens, so that a node which only remembered would be caught.
      for (const call of [a, b]) for (const held of [left, stays]) assert.ok(await lives(call, held));
      assert.equal((await a('POST', '/logout', { token: left.accessToken })).status, 200);
      assert.equal(await lives(b, left), false);
      assert.equal(
        (await b('POST', '/refresh-access-token', { json: { refresh_token: left.refreshToken } })).status,
        401,
      );
      assert.ok(await lives(b, stays));
      assert.equal((await a('DELETE', `/users/${stays.id}`, { token: stays.accessToken })).status, 200);
      assert.equal(await lives(b, stays), false);
      assert.equal(
        (await b('POST', '/login', { json: { email: person.email, password: person.password } })).status,
        401,
      );
    },
  );

  onBoth('see a role that was given or taken elsewhere with the next request', async (a, b, options) => {
    const person = newcomer();
    const [{ accessToken: token }, second] = [await signUp(a, person), newcomer()];
    await signUp(a, second);
    const create = async (call: Call, name: string) =>
      (await call('POST', '/users/roles', { token, json: { name, permissions: [] } })).status;
    assert.deepEqual([await create(a, 'one'), await create(b, 'one')], [403, 403]);
    for (const { email } of [person, second]) {
      assert.equal((await runCommand(['role', 'assign', 'admin', email], options)).code, 0);
    }
    assert.deepEqual([await create(a, 'two'), await create(b, 'three')], [201, 201]);
    assert.equal((await runCommand(['role', 'unassign', 'admin', person.email], options)).code, 0);
    assert.deepEqual([await create(a, 'four'), await create(b, 'four')], [403, 403]);
  });

  onBoth(`give ${tabs} refreshes of one token one successor, and the chain goes on`, async (a, b) => {
    const { refreshToken } = await signUp(a, newcomer());
    const refresh = (call: Call, token: string) =>
      call('POST', '/refresh-access-token', { json: { refresh_token: token } });
    const answers = await Promise.all(Array.from({ length: tabs }, (_, tab) => refresh(tab % 2 ? a : b, refreshToken)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    const successors = new Set(answers.map(({ body }) => body.refresh_token));
    assert.equal(successors.size, 1);
    const [successor] = successors;
    const next = await refresh(b, successor);
    assert.equal(next.status, 200);
    assert.equal((await refresh(a, next.body.refresh_token)).status, 200);
  });

  onPostgres('and ten more that start at once on an empty database take each step once', async (url) => {
    using folder = createTestFolder();
    const options = { dataDir: folder.path, env: { DATABASE_URL: url } };
    const databases = await Promise.all(Array.from({ length: 10 }, () => openUrl(url, 2)));
    try {
      const nodes = allStarted([startServerProcess(options), startServerProcess(options)]);
      const taken = await Promise.all(databases.map((db) => migrate(db, 1)));
      for (const node of await nodes) assert.equal(await node.stop(), 0);
      const steps = taken.flat();
      assert.equal(new Set(steps).size, steps.length);
      const [db] = databases;
      assert.ok(db !== undefined && (await migrationStatus(db)).every(({ appliedAt }) => appliedAt !== undefined));
      assert.deepEqual(await runSql(url, 'select count(*)::int as keys from signing_keys'), [{ keys: 1 }]);
    } finally {
      await Promise.all(databases.map((db) => db.close()));
    }
  });
});
