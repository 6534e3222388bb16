/** GET /users and GET /users/{user_id}. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { UserId } from '../../src/kernel/ids.ts';
import { type Call, createClient } from '../support/client.ts';
import { ada, bea, giveRole, signUp } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Makes users whose names count up, one each second. */
async function populate(server: TestServer, count: number): Promise<void> {
  const { create } = server.features.accounts;
  for (let place = 1; place <= count; place += 1) {
    const names = { username: `User${place}`, email: `User${place}@Example.com` };
    const account = create.prepareWithoutPassword(names);
    await server.db.transact((tx) => create.insert(tx, account, { admin: false, how: 'test' }));
    server.clock.advance(1_000);
  }
  await server.newEvents();
}

/** Signs up and gets a role with these permissions. */
async function holderOf(server: TestServer, call: Call, ...permissions: string[]): Promise<string> {
  const held = await signUp(call);
  await giveRole(server, held.id, 'support', permissions);
  return held.accessToken;
}

const idsOf = (body: { users: { id: number }[] }) => body.users.map(({ id }) => id);

/** Every page of a list, put together. */
async function wholeList(call: Call, token: string, query: string): Promise<number[]> {
  const ids: number[] = [];
  for (let cursor = ''; ; ) {
    const { status, body } = await call('GET', `/users?${query}${cursor}`, { token });
    assert.equal(status, 200, JSON.stringify(body));
    ids.push(...idsOf(body));
    if (body.next_cursor === null) return ids;
    cursor = `&cursor=${body.next_cursor}`;
  }
}

test('an administrator turns the pages, searches, filters and sorts', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const began = server.clock.now();
  await populate(server, 12);
  const token = await server.admin();
  const root = 13;
  const answer = await call('GET', '/users?limit=2&username=USER1', { token });
  assert.deepEqual(answer.body.users[0], {
    id: 1,
    username: 'User1',
    email: 'User1@Example.com',
    email_verified: false,
    status: 'active',
    created_at: new Date(began).toISOString(),
  });
  assert.match(answer.headers.get('cache-control') ?? '', /no-store/);

  const counted = Array.from({ length: 12 }, (_, place) => place + 1);
  for (const limit of [1, 5, 13, 200]) {
    assert.deepEqual(await wholeList(call, token, `limit=${limit}`), [...counted, root]);
    assert.deepEqual(await wholeList(call, token, `limit=${limit}&sort=-created`), [root, ...counted.toReversed()]);
  }
  const byName = [1, 10, 11, 12, 2, 3, 4, 5, 6, 7, 8, 9];
  assert.deepEqual(await wholeList(call, token, 'sort=username&limit=3'), [root, ...byName]);
  // `@` comes behind the digits.
  const byEmail = [10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  assert.deepEqual(await wholeList(call, token, 'sort=-email&limit=3'), [...byEmail.toReversed(), root]);
  assert.deepEqual(await wholeList(call, token, 'username=usEr1&limit=1'), [1, 10, 11, 12]);
  assert.deepEqual(await wholeList(call, token, 'email=usEr1&limit=1'), [10, 11, 12, 1]);
  assert.deepEqual(await wholeList(call, token, 'email=USER12%40exa'), [12]);
  assert.deepEqual(await wholeList(call, token, 'email=%25'), [], 'no sign stands for others');
  assert.deepEqual(await wholeList(call, token, 'id=7'), [7]);
  assert.deepEqual(await wholeList(call, token, 'id=99'), []);
  const instant = (second: number) => encodeURIComponent(new Date(began + second * 1_000).toISOString());
  const between = `created_after=${instant(3)}&created_before=${instant(5)}`;
  assert.deepEqual(await wholeList(call, token, between), [4, 5]);
  assert.deepEqual(await wholeList(call, token, `${between}&sort=-created&limit=1`), [5, 4]);
  assert.deepEqual(await wholeList(call, token, 'role=ADMIN'), [root]);
  assert.deepEqual(await server.newEvents().then((events) => events.length), 3, 'looking leaves no event');
});

test('who is active, disabled or deleted changes with the hour', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await populate(server, 4);
  const token = await server.admin();
  const until = new Date(server.clock.now() + 60_000).toISOString();
  await call('POST', '/users/2/disable', { token, json: { reason: 'spam', until } });
  await call('POST', '/users/3/disable', { token });
  await call('DELETE', '/users/4', { token });
  const lists = async () => {
    const queries = ['', 'status=active', 'status=disabled', 'status=deleted', 'status=any&sort=email'];
    return Promise.all(queries.map((query) => wholeList(call, token, query)));
  };
  assert.deepEqual(await lists(), [[1, 2, 3, 5], [1, 5], [2, 3], [4], [5, 1, 2, 3, 4]]);
  server.clock.advance(59_999);
  assert.deepEqual((await lists())[2], [2, 3]);
  server.clock.advance(1);
  assert.deepEqual(await lists(), [[1, 2, 3, 5], [1, 2, 5], [3], [4], [5, 1, 2, 3, 4]]);
  const before = await lists();
  await server.features.accounts.forgetRunOut();
  assert.deepEqual(await lists(), before, 'the chore changes nothing that can be seen');
  assert.deepEqual(await wholeList(call, token, 'status=deleted&email=user4'), [4]);
  assert.equal((await call('GET', '/users/2', { token })).body.disabled_reason, undefined);
});

test('the holders of a role are all found, however many others hold it too', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await populate(server, 1_100);
  const { roles } = server.features;
  await roles.createRole({ name: 'member', description: '', permissions: [], by: undefined });
  const role = await roles.store.findRoleId(server.db, 'member');
  assert.ok(role);
  await server.db.transact(async (tx) => {
    for (let id = 1; id <= 1_100; id += 1) await roles.store.assign(tx, id as UserId, role, 0);
  });
  const token = await server.admin();
  for (const id of [3, 900, 1_099]) await call('POST', `/users/${id}/disable`, { token });
  assert.deepEqual(await wholeList(call, token, 'role=member&status=disabled&limit=1'), [3, 900, 1_099]);
  assert.deepEqual(await wholeList(call, token, 'role=member&status=disabled&sort=-created'), [1_099, 900, 3]);
  assert.equal((await wholeList(call, token, 'role=member&limit=200')).length, 1_100);
});

describe('an attack with a cursor', () => {
  test('that is cut, made up, of another query, of another caller, or of another server: one answer to all', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await populate(server, 6);
    const token = await server.admin();
    const other = await holderOf(server, call, 'users:read');
    const cursor: string = (await call('GET', '/users?limit=2&sort=email', { token })).body.next_cursor;
    const told = new Set<string>();
    const refused = async (query: string, as = token) => {
      const answer = await call('GET', `/users?${query}`, { token: as });
      assertProblem(answer, 422, 'invalid-cursor');
      told.add(answer.body.detail);
    };
    for (const forged of [cursor.slice(1), cursor.slice(0, -1), `${cursor}A`, 'x', '7', cursor.toUpperCase()]) {
      await refused(`sort=email&cursor=${forged}`);
    }
    const otherQueries = [
      '',
      'sort=-email',
      'sort=username',
      'sort=email&status=any',
      'email=user',
      'role=admin',
      'id=1',
    ];
    for (const query of otherQueries) await refused(`${query}&cursor=${cursor}`);
    await refused(`sort=email&cursor=${cursor}`, other);
    await using elsewhere = await startServer({ secretKey: 'the secret key of another installation' });
    const stranger = createClient(elsewhere.url);
    await populate(elsewhere, 6);
    const theirs = await stranger('GET', '/users?limit=2&sort=email', { token: await elsewhere.admin() });
    await refused(`sort=email&cursor=${theirs.body.next_cursor}`);
    assert.equal(told.size, 1);

    const next = await call('GET', `/users?limit=3&sort=email&cursor=${cursor}`, { token });
    assert.deepEqual(idsOf(next.body), [1, 2, 3], 'the true one goes on, also with pages of another size');
  });
});

describe('what cannot be asked', () => {
  const bad = [
    ...['limit=0', 'limit=201', 'limit=-1', 'limit=1e2', 'limit=', 'status=purged', 'status=ACTIVE', 'sort=id'],
    ...['sort=email%2C', 'id=0', 'id=x', 'email=', 'email=%00', 'created_after=yesterday', 'unknown=1'],
    ...['created_after=2026-02-30T00%3A00%3A00Z', 'created_before=2026-01-01', 'status=active&status=deleted'],
    ...['sort=email&sort=-email', `cursor=${'x'.repeat(2_049)}`, `email=${'x'.repeat(321)}`, 'role=%0a'],
  ];
  const notOffered = [
    'email=a&username=b',
    'email=a&sort=created',
    'role=admin&sort=email',
    'role=nobody',
    'id=1&role=admin',
  ];

  test('is refused with what is wrong', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    for (const query of bad) assertProblem(await call('GET', `/users?${query}`, { token }), 422, 'validation-failed');
    for (const query of notOffered) {
      assertProblem(await call('GET', `/users?${query}`, { token }), 422, 'list-not-offered');
    }
  });
});

describe('who may see', () => {
  test('without users:read: 403 in the same bytes, whether an id lives, is deleted, or never was; also for oneself', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await server.admin();
    const token = await holderOf(server, call, 'users:write', 'users:delete', 'users:disable', 'sessions:read');
    const gone = await signUp(call, bea);
    await call('DELETE', `/users/${gone.id}`, { token: gone.accessToken });
    const seen = new Set<string>();
    for (const path of ['/users', '/users?id=1', '/users/1', '/users/2', `/users/${gone.id}`, '/users/999']) {
      const answer = await call('GET', path, { token });
      assertProblem(answer, 403, 'insufficient-permission');
      seen.add(JSON.stringify({ ...answer.body, instance: '' }));
      assertProblem(await call('GET', path), 401, 'missing-credentials');
    }
    assert.equal(seen.size, 1);
  });

  test('with it: no field that wants more, neither in the list nor alone', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const admin = await server.admin();
    const token = await holderOf(server, call, 'users:read');
    const { id } = await signUp(call, bea);
    await call('POST', `/users/${id}/disable`, { token: admin, json: { reason: 'spam' } });
    const fields = ['created_at', 'email', 'email_verified', 'id', 'status', 'username'];
    const shown = (await call('GET', `/users/${id}`, { token })).body;
    const [listed] = (await call('GET', `/users?id=${id}`, { token })).body.users;
    for (const body of [shown, listed]) assert.deepEqual(Object.keys(body).sort(), fields);
    assert.equal(shown.status, 'disabled');
    const all = (await call('GET', `/users/${id}`, { token: admin })).body;
    assert.deepEqual(Object.keys(all).sort(), [...fields, 'disabled_at', 'disabled_reason', 'last_login_at'].sort());
    assert.equal(all.disabled_reason, 'spam');
    for (const unknown of [999, 123_456_789]) {
      assertProblem(await call('GET', `/users/${unknown}`, { token }), 404, 'user-not-found');
    }
  });

  test('whose permission is taken away sees nothing from the next request on', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await server.admin();
    const held = await signUp(call, ada);
    await giveRole(server, held.id, 'support', ['users:read']);
    assert.equal((await call('GET', '/users', { token: held.accessToken })).status, 200);
    await server.features.roles.changeRole.unassign({ user: held.id, role: 'support' });
    assertProblem(await call('GET', '/users', { token: held.accessToken }), 403, 'insufficient-permission');
  });

  test('an attack on who holds which role: without roles:read neither holders nor the names of roles are told', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await server.admin();
    const token = await holderOf(server, call, 'users:read');
    for (const role of ['admin', 'nobody']) {
      assertProblem(await call('GET', `/users?role=${role}`, { token }), 403, 'insufficient-permission');
    }
  });
});
