/** What can be tried with an API key, or for one, that must come to nothing. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import type { UserId } from '../../src/kernel/ids.ts';
import { type HeldKey, letMakeKeys, makeApiKey } from '../support/api-keys.ts';
import { type Answer, type Call, createClient } from '../support/client.ts';
import { createCountingDatabase } from '../support/counting-database.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { createPausingDatabase } from '../support/pausing-database.ts';
import { bea, giveRole, lives, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const day = 86_400_000;

/** Ada may read and register permissions and make keys, bea is a stranger to her; no events remain unread. */
async function createScene(env: Readonly<Record<string, string>> = {}) {
  const { db, count } = createCountingDatabase(await openTestDatabase());
  const server = await startServer({ env, db });
  const call = createClient(server.url);
  const ada = await signUp(call);
  const other = await signUp(call, bea);
  await letMakeKeys(server, ada.id, ['permissions:read', 'permissions:write']);
  const dispose = async () => {
    await server[Symbol.asyncDispose]();
    await db.close();
  };
  return { server, call, count, ada, other, [Symbol.asyncDispose]: dispose };
}

const useOf = (call: Call, key: string): Promise<Answer> => call('GET', '/permissions', { token: key });
const makeRaw = (call: Call, token: string, json: object): Promise<Answer> =>
  call('POST', '/api-keys', { token, json });

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A key as somebody makes it up who has read the documentation: of the right form, with the right checksum. */
function forged(id: string, secret = 'x'.repeat(43)): string {
  const body = `kw_live_${id}_${secret}`;
  let rest = crc32(body);
  let checksum = '';
  for (let place = 0; place < 6; place += 1) {
    checksum = `${digits[rest % 62]}${checksum}`;
    rest = Math.floor(rest / 62);
  }
  return body + checksum;
}

/** What an answer says, but for what differs from request to request. */
const said = ({ status, body, headers }: Answer) => {
  const { instance: _, ...rest } = body;
  return { status, rest, challenge: headers.get('www-authenticate'), kept: headers.get('cache-control') };
};

describe('a key reaches no further than who makes it', () => {
  test('for permissions that they do not hold: 403 with a pointer at each, and no key', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const permissions = ['permissions:read', 'users:delete', 'permissions:write', 'roles:write'];
    const answer = await makeRaw(call, ada.accessToken, { name: 'ci', permissions });
    assertProblem(answer, 403, 'permission-not-held');
    const pointers = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    assert.deepEqual(pointers, ['/permissions/1', '/permissions/3']);
    assert.deepEqual(await server.newEvents(), []);
    assert.deepEqual((await call('GET', '/api-keys', { token: ada.accessToken })).body.api_keys, []);
  });

  test('nobody makes a key without the permission to, not even one for nothing', async () => {
    await using scene = await createScene();
    const { server, call, other } = scene;
    await giveRole(server, other.id, 'reader', ['permissions:read']);
    const answer = await makeRaw(call, other.accessToken, { name: 'ci', permissions: ['permissions:read'] });
    assertProblem(answer, 403, 'insufficient-permission');
    assert.match(answer.headers.get('www-authenticate') ?? '', /scope="api-keys:write"/);
    assert.deepEqual(await server.newEvents(), []);
  });

  test('the operator makes none either for what its owner does not hold', async () => {
    await using scene = await createScene();
    const { server, ada } = scene;
    const command = { owner: ada.id, name: 'ci', description: '', expiresInDays: undefined, by: undefined };
    const { create } = server.features.apiKeys;
    await assert.rejects(create({ ...command, permissions: ['users:delete'] }), /hand out or take away a permission/);
    await assert.rejects(create({ ...command, owner: 999 as UserId, permissions: ['permissions:read'] }), /no user/i);
    assert.deepEqual(await server.newEvents(), []);
  });

  test('what its owner gains later is not the key’s', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    await giveRole(server, ada.id, 'deleter', ['users:delete', 'users:disable']);
    const answer = await call('POST', `/users/${ada.id}/disable`, { token: key });
    assertProblem(answer, 403, 'insufficient-permission');
    assert.match(answer.headers.get('www-authenticate') ?? '', /error="insufficient_scope", scope="users:disable"/);
  });

  test('an administrator’s key is no administrator: not over another one, and not over its own', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const admin = await server.admin();
    const { body: root } = await call('GET', '/user', { token: admin });
    await server.features.roles.changeRole.assign({ user: ada.id, role: 'admin' });
    const { key } = await makeApiKey(call, admin, ['users:disable', 'users:delete', 'sessions:end', 'sessions:read']);
    await server.newEvents();
    for (const [method, path] of [
      ['POST', `/users/${ada.id}/disable`],
      ['DELETE', `/users/${ada.id}`],
      ['DELETE', `/users/${ada.id}/sessions`],
      ['POST', `/users/${root.id}/disable`],
      ['DELETE', `/users/${root.id}`],
      ['DELETE', `/users/${root.id}/sessions`],
    ] as const) {
      assertProblem(await call(method, path, { token: key }), 403, 'user-holds-more');
    }
    assert.deepEqual(await server.newEvents(), []);
    assert.equal(await lives(call, { accessToken: admin }), true);
  });

  test('a key deletes its own owner only as it would anybody: with the permission, which it lacks', async () => {
    await using scene = await createScene();
    const { call, ada } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    assertProblem(await call('DELETE', `/users/${ada.id}`, { token: key }), 403, 'insufficient-permission');
    assert.equal(await lives(call, ada), true);
  });

  test('a key that may make roles hands out only what it holds itself, not what its owner holds', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    await giveRole(server, ada.id, 'role maker', ['roles:write', 'users:delete']);
    const { key } = await makeApiKey(call, ada.accessToken, ['roles:write', 'permissions:read']);
    const permissions = ['permissions:read', 'users:delete', 'api-keys:write'];
    const answer = await call('POST', '/users/roles', { token: key, json: { name: 'backdoor', permissions } });
    assertProblem(answer, 403, 'permission-not-held');
    const pointers = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    assert.deepEqual(pointers, ['/permissions/1', '/permissions/2']);
    const json = { name: 'readers', permissions: ['permissions:read'] };
    assert.equal((await call('POST', '/users/roles', { token: key, json })).status, 201);
  });
});

describe('a key is as weak as its owner, at once', () => {
  test('when they lose a role, and as strong again when they get it back', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    const role = `maker ${ada.id}`;
    assert.equal((await useOf(call, key)).status, 200);
    await server.features.roles.changeRole.unassign({ user: ada.id, role });
    assertProblem(await useOf(call, key), 403, 'insufficient-permission');
    await server.features.roles.changeRole.assign({ user: ada.id, role });
    assert.equal((await useOf(call, key)).status, 200);
  });

  test('when an administrator is one no more', async () => {
    await using scene = await createScene();
    const { server, call, other } = scene;
    await server.admin();
    await server.features.roles.changeRole.assign({ user: other.id, role: 'admin' });
    const { key } = await makeApiKey(call, other.accessToken, ['permissions:read']);
    assert.equal((await useOf(call, key)).status, 200);
    await server.features.roles.changeRole.unassign({ user: other.id, role: 'admin' });
    assertProblem(await useOf(call, key), 403, 'insufficient-permission');
  });

  test('while they are disabled it is refused', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    await server.features.accounts.disabling.disable({ id: ada.id, by: undefined });
    assertProblem(await useOf(call, key), 401, 'invalid-api-key');
    await server.features.accounts.disabling.enable({ id: ada.id, by: undefined });
    assert.equal((await useOf(call, key)).status, 200);
  });

  test('also when the key is revoked between the look at it and the change it is for', async () => {
    const db = await openTestDatabase();
    try {
      const { db: slow, pauseAt } = createPausingDatabase(db);
      await using server = await startServer({ db });
      await using node = await startServer({ db: slow, clock: server.clock });
      const call = createClient(server.url);
      const ada = await signUp(call);
      await letMakeKeys(server, ada.id, ['permissions:write']);
      const { id, key } = await makeApiKey(call, ada.accessToken, ['permissions:write']);
      await server.newEvents();
      const pause = pauseAt('begin');
      const registering = createClient(node.url)('POST', '/permissions', { token: key, json: { name: 'posts:burn' } });
      await pause.reached;
      assert.equal((await call('DELETE', `/api-keys/${id}`, { token: ada.accessToken })).status, 200);
      pause.resume();
      assertProblem(await registering, 401, 'invalid-api-key');
      const events = (await server.newEvents()).map(({ event }) => event);
      assert.deepEqual(events, ['api-key.revoked']);
    } finally {
      await db.close();
    }
  });

  test('when they are deleted it is refused', async () => {
    await using scene = await createScene();
    const { call, ada } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    await call('DELETE', `/users/${ada.id}`, { token: ada.accessToken });
    assertProblem(await useOf(call, key), 401, 'invalid-api-key');
  });

  test('also when that happens between the look at the key and the change it is for', async () => {
    const db = await openTestDatabase();
    const { db: slow, pauseAt } = createPausingDatabase(db);
    await using server = await startServer({ db });
    await using node = await startServer({ db: slow, clock: server.clock });
    const call = createClient(server.url);
    const ada = await signUp(call);
    await letMakeKeys(server, ada.id, ['permissions:write']);
    const { key } = await makeApiKey(call, ada.accessToken, ['permissions:write']);
    await server.newEvents();
    const pause = pauseAt('begin');
    const registering = createClient(node.url)('POST', '/permissions', { token: key, json: { name: 'posts:burn' } });
    await pause.reached;
    await server.features.roles.changeRole.unassign({ user: ada.id, role: `maker ${ada.id}` });
    pause.resume();
    assertProblem(await registering, 403, 'insufficient-permission');
    const events = (await server.newEvents()).map(({ event }) => event);
    assert.deepEqual(events, ['role.unassigned']);
    await node[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await db.close();
  });

  test('a key that is revoked while the body of a request is still on the way does nothing any more', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const { id, key } = await makeApiKey(call, ada.accessToken, ['permissions:write']);
    const body = JSON.stringify({ name: 'posts:burn' });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(
      `POST /permissions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\nconnection: close\r\n` +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    );
    // Until the server has surely seen the headers: they were sent before these whole requests.
    assert.equal((await call('GET', '/user', { token: ada.accessToken })).status, 200);
    assert.equal((await call('DELETE', `/api-keys/${id}`, { token: ada.accessToken })).status, 200);
    socket.write(body.slice(5));
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 401 [\s\S]*invalid-api-key/);
    const events = (await server.newEvents()).map(({ event }) => event);
    assert.ok(!events.includes('permission.registered'));
  });
});

describe('a key at a person’s route', () => {
  test('is refused at one’s own account, sessions, password and keys, whatever key it is, without a look at it', async (t) => {
    await using scene = await createScene();
    const { server, call, count, ada } = scene;
    const { id, key } = await makeApiKey(call, ada.accessToken, ['permissions:read', 'permissions:write']);
    await server.newEvents();
    const password = { current_password: 'kestrel over the amber hill', new_password: 'seven quiet lanterns burn' };
    const routes: readonly (readonly [method: string, path: string, json?: object])[] = [
      ['GET', '/user'],
      ['GET', '/sessions'],
      ['DELETE', '/sessions'],
      ['DELETE', `/sessions/${ada.sessionId}`],
      ['POST', '/user/password', password],
      ['POST', '/api-keys', { name: 'successor', permissions: ['permissions:read'] }],
      ['GET', '/api-keys'],
      ['GET', `/api-keys/${id}`],
      ['DELETE', `/api-keys/${id}`],
      ['DELETE', '/api-keys'],
      ['GET', `/users/${ada.id}/api-keys`],
      ['DELETE', `/users/${ada.id}/api-keys`],
      ['DELETE', `/users/${ada.id}/api-keys/${id}`],
    ];
    for (const [method, path, json] of routes) {
      await t.test(`${method} ${path.replace(id, '{key}')}`, async () => {
        for (const token of [key, forged(id), 'kw_live_', 'kw_live_nonsense']) {
          count();
          const answer = await call(method, path, json === undefined ? { token } : { token, json });
          assertProblem(answer, 403, 'api-key-not-accepted');
          assert.deepEqual(count(), { reads: 0, transactions: 0 });
        }
      });
    }
    assert.deepEqual(await server.newEvents(), []);
    assert.deepEqual([await lives(call, ada), (await useOf(call, key)).status], [true, 200]);
  });

  test('an administrator’s key that may do everything a key may still makes, shows and ends no keys', async () => {
    await using scene = await createScene();
    const { server, call } = scene;
    const admin = await server.admin();
    const { body } = await call('GET', '/permissions', { token: admin });
    const names: string[] = body.permissions.map(({ name }: { name: string }) => name);
    const aboutKeys = names.filter((name) => name.startsWith('api-keys:'));
    assert.equal(aboutKeys.length, 3);
    for (const name of aboutKeys) {
      assertFaults(await makeRaw(call, admin, { name: 'ci', permissions: [name] }), '/permissions/0');
    }
    const rest = names.filter((name) => !aboutKeys.includes(name));
    const { id, key } = await makeApiKey(call, admin, rest);
    const json = { name: 'successor', permissions: ['permissions:read'] };
    assertProblem(await call('POST', '/api-keys', { token: key, json }), 403, 'api-key-not-accepted');
    assertProblem(await call('GET', '/users/1/api-keys', { token: key }), 403, 'api-key-not-accepted');
    assertProblem(await call('DELETE', `/users/2/api-keys/${id}`, { token: key }), 403, 'api-key-not-accepted');
  });
});

test('mass assignment: no field beyond those that are meant is taken', async () => {
  await using scene = await createScene();
  const { server, call, ada, other } = scene;
  const good = { name: 'ci', permissions: ['permissions:read'] };
  const more = {
    id: 'x'.repeat(15),
    key: forged('x'.repeat(15)),
    key_hash: 'x'.repeat(43),
    user_id: other.id,
    owner: other.id,
    by: null,
    expires_at: null,
    expiresAt: null,
    expiresInDays: 9_999,
    created_at: 0,
    last_used_at: 0,
    revoked_at: null,
    limitedTo: [],
  };
  for (const [field, value] of Object.entries(more)) {
    assertFaults(await makeRaw(call, ada.accessToken, { ...good, [field]: value }), `/${field}`);
  }
  assert.deepEqual(await server.newEvents(), []);
});

test('a key of somebody else answers as one that does not exist, to reading and to revoking', async () => {
  await using scene = await createScene();
  const { server, call, ada, other } = scene;
  const theirs = await makeApiKey(call, ada.accessToken, ['permissions:read']);
  await server.newEvents();
  const token = other.accessToken;
  for (const method of ['GET', 'DELETE']) {
    const foreign = await call(method, `/api-keys/${theirs.id}`, { token });
    const unknown = await call(method, '/api-keys/000000000000000', { token });
    assertProblem(foreign, 404, 'api-key-not-found');
    assert.deepEqual(said(foreign), said(unknown));
  }
  assert.equal((await call('DELETE', '/api-keys', { token })).body.revoked, 0);
  assert.deepEqual((await call('GET', '/api-keys', { token })).body.api_keys, []);
  assert.deepEqual(await server.newEvents(), []);
  assert.equal((await useOf(call, theirs.key)).status, 200);
});

test('a foreign key under the name of a user whom one may clear up is not theirs', async () => {
  await using scene = await createScene();
  const { server, call, ada, other } = scene;
  const root = await server.admin();
  const key = await makeApiKey(call, ada.accessToken, ['permissions:read']);
  await server.newEvents();
  const answer = await call('DELETE', `/users/${other.id}/api-keys/${key.id}`, { token: root });
  assertProblem(answer, 404, 'api-key-not-found');
  assert.deepEqual(await server.newEvents(), []);
  assert.equal((await useOf(call, key.key)).status, 200);
});

describe('guessing', () => {
  test('a key of which everything is known but the secret answers as one that nobody has', async () => {
    await using scene = await createScene();
    const { call, count, ada } = scene;
    const { id, key } = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    const secret = key.slice(24, 67);
    const near = `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`;
    const answers = [];
    for (const guess of [forged(id), forged(id, near), forged('0'.repeat(15)), forged('0'.repeat(15), secret)]) {
      count();
      const answer = await useOf(call, guess);
      assertProblem(answer, 401, 'invalid-api-key');
      answers.push({ ...said(answer), asked: count() });
    }
    assert.equal(forged(id, secret), key, 'only the secret was wrong');
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
  });

  test('from one source is slowed down, and stops no good key from the same address', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const { id, key } = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    await server.newEvents();
    for (let guess = 1; guess <= 300; guess += 1) {
      assertProblem(await useOf(call, forged(id, String(guess).padStart(43, '0'))), 401, 'invalid-api-key');
    }
    const blocked = await useOf(call, forged(id));
    assertProblem(blocked, 429, 'too-many-attempts');
    assert.equal(blocked.headers.get('retry-after'), '30');
    assertProblem(await useOf(call, forged('0'.repeat(15))), 429, 'too-many-attempts');
    assert.equal((await useOf(call, key)).status, 200);
    assert.deepEqual(await server.newEvents(), []);
    server.clock.advance(30_000);
    assertProblem(await useOf(call, forged(id)), 401, 'invalid-api-key');
  });

  test('four hundred made-up keys at once are four hundred', async () => {
    await using scene = await createScene();
    const { call } = scene;
    const guesses = Array.from({ length: 400 }, (_, at) => forged('0'.repeat(15), String(at).padStart(43, '0')));
    const statuses = (await Promise.all(guesses.map((guess) => useOf(call, guess)))).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 401).length, 300);
    assert.equal(statuses.filter((status) => status === 429).length, 100);
  });

  test('without the checksum costs nothing at all, and is told apart from a wrong key', async () => {
    await using scene = await createScene();
    const { call, count, ada } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    const mistyped = [key.slice(0, -1), `${key}0`, key.replace(/.$/, key.endsWith('0') ? '1' : '0'), 'kw_live_'];
    for (const text of [...mistyped, ...Array(40).fill(`kw_live_${'x'.repeat(65)}`)]) {
      count();
      const answer = await useOf(call, text);
      assertProblem(answer, 401, 'invalid-api-key');
      assert.match(answer.body.detail, /checksum/);
      assert.deepEqual(count(), { reads: 0, transactions: 0 });
    }
    assertProblem(await useOf(call, forged('0'.repeat(15))), 401, 'invalid-api-key');
  });

  test('a machine whose key has died is refused for ever, and never told to wait', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const key = await makeApiKey(call, ada.accessToken, ['permissions:read'], { expires_in_days: 1 });
    server.clock.advance(day);
    for (let time = 0; time < 40; time += 1) assertProblem(await useOf(call, key.key), 401, 'invalid-api-key');
  });
});

test('one read tells all of a key that is good, of one that is dead, and of one that lacks the permission', async () => {
  await using scene = await createScene();
  const { call, count, ada } = scene;
  const good = await makeApiKey(call, ada.accessToken, ['permissions:read', 'permissions:write']);
  const weak = await makeApiKey(call, ada.accessToken, ['permissions:write']);
  const dead = await makeApiKey(call, ada.accessToken, ['permissions:read']);
  await call('DELETE', `/api-keys/${dead.id}`, { token: ada.accessToken });
  const asked = async ({ key }: HeldKey) => {
    count();
    const { status } = await useOf(call, key);
    return [status, count()];
  };
  // Listing the permissions is the second read of the good one.
  assert.deepEqual(await asked(good), [200, { reads: 2, transactions: 0 }]);
  assert.deepEqual(await asked(weak), [403, { reads: 1, transactions: 0 }]);
  assert.deepEqual(await asked(dead), [401, { reads: 1, transactions: 0 }]);
});

describe('a key anywhere else than in the Authorization header is not read', () => {
  test('in the address, in the body, in a cookie, as a name or a password', async () => {
    await using scene = await createScene();
    const { call, count, ada } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['permissions:read', 'permissions:write']);
    const json = { name: 'posts:burn', access_token: key, api_key: key };
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    count();
    const tries: Answer[] = [
      await call('GET', `/permissions?access_token=${key}`),
      await call('GET', `/permissions?api_key=${key}&key=${key}`),
      await call('POST', '/permissions', { json }),
      await call('GET', '/permissions', { cookie: key, device: key }),
      await call('GET', '/permissions', { headers: { cookie: `api_key=${key}; access_token=${key}` } }),
      await call('GET', '/permissions', { headers: { 'x-api-key': key, 'api-key': key } }),
      await call('GET', '/permissions', { headers: basic(`${key}:`) }),
      await call('GET', '/permissions', { headers: basic(`ada:${key}`) }),
      await call('GET', '/permissions', { headers: { authorization: key } }),
      await call('GET', '/permissions', { headers: { authorization: `ApiKey ${key}` } }),
    ];
    for (const answer of tries) assertProblem(answer, 401, 'missing-credentials');
    assert.deepEqual(count(), { reads: 0, transactions: 0 });
  });

  test('and it is no refresh token, no password and no device', async () => {
    await using scene = await createScene();
    const { call, ada } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    const path = '/refresh-access-token';
    assertProblem(await call('POST', path, { json: { refresh_token: key } }), 401, 'invalid-refresh-token');
    assertProblem(await call('GET', path, { cookie: key }), 401, 'invalid-refresh-token');
    assertProblem(await call('GET', path, { token: key }), 401, 'invalid-refresh-token');
    const email = 'ada@example.com';
    assertProblem(await call('POST', '/login', { json: { email, password: key } }), 401, 'invalid-credentials');
    assertProblem(await call('POST', '/logout', { token: key }), 401, 'not-logged-in');
    assert.equal((await useOf(call, key)).status, 200);
  });
});

describe('two credentials at once', () => {
  test('a key beside the refresh cookie of a session is a key, with no session behind it', async () => {
    await using scene = await createScene();
    const { call, ada, other } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    for (const cookie of [ada.refreshToken, other.refreshToken]) {
      assertProblem(await call('GET', '/user', { token: key, cookie }), 403, 'api-key-not-accepted');
      assert.equal((await call('GET', '/permissions', { token: key, cookie })).status, 200);
      const json = { name: 'posts:burn' };
      assertProblem(await call('POST', '/permissions', { token: key, cookie, json }), 403, 'insufficient-permission');
    }
    assert.deepEqual([await lives(call, ada), await lives(call, other)], [true, true]);
  });

  test('a wrong key is not made good by the cookie, and logging out with both ends the session of the cookie', async () => {
    await using scene = await createScene();
    const { call, ada, other } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    const cookie = other.refreshToken;
    assertProblem(await call('GET', '/permissions', { token: forged('0'.repeat(15)), cookie }), 401, 'invalid-api-key');
    assert.equal((await call('POST', '/logout', { token: key, cookie })).status, 200);
    assert.deepEqual([await lives(call, ada), await lives(call, other)], [true, false]);
    assert.equal((await useOf(call, key)).status, 200);
  });

  test('a key and an access token in two headers are refused', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(
      'GET /permissions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n' +
        `authorization: Bearer ${key}\r\nauthorization: Bearer ${ada.accessToken}\r\n\r\n`,
    );
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 401 [\s\S]*invalid-token/);
  });
});

test('of two who revoke a key at once one is told that it is done, and it is on record once', async () => {
  await using scene = await createScene();
  const { server, call, ada } = scene;
  const { id } = await makeApiKey(call, ada.accessToken, ['permissions:read']);
  await server.newEvents();
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => call('DELETE', `/api-keys/${id}`, { token: ada.accessToken })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 404, 404, 404, 404, 404]);
  assert.equal((await server.newEvents()).length, 1);
});

test('a key made while all are being revoked is either among them or made after', async () => {
  await using scene = await createScene();
  const { server, call, ada } = scene;
  const token = ada.accessToken;
  const json = { name: 'ci', permissions: ['permissions:read'] };
  const work = Array.from({ length: 12 }, (_, at) =>
    at % 4 === 3 ? call('DELETE', '/api-keys', { token }) : call('POST', '/api-keys', { token, json }),
  );
  const answers = await Promise.all(work);
  const revoked = answers.reduce((sum, { body }) => sum + (body.revoked ?? 0), 0);
  const left = (await call('GET', '/api-keys', { token })).body.api_keys.length;
  assert.equal(revoked + left, 9);
  const ended = (await server.newEvents()).filter(({ event }) => event === 'api-key.revoked');
  assert.equal(ended.length, revoked);
});
