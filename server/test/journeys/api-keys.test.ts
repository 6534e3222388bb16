/** API keys as those live with them who made them: from being shown once to being refused, and what is on record of it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type HeldKey, letMakeKeys, makeApiKey } from '../support/api-keys.ts';
import { behind } from '../support/behind.ts';
import { type Call, createClient } from '../support/client.ts';
import { bea, type Held, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const day = 86_400_000;

/** Ada may make keys and read permissions; no events remain unread. */
async function createScene(env: Readonly<Record<string, string>> = {}) {
  const server = await startServer({ env });
  const call = createClient(server.url);
  const ada = await signUp(call);
  await letMakeKeys(server, ada.id, ['permissions:read', 'posts:publish']);
  return { server, call, ada, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const iso = (instant: number) => new Date(instant).toISOString();
const works = async (call: Call, { key }: HeldKey) =>
  (await call('GET', '/permissions', { token: key })).status === 200;
const listed = async (call: Call, { accessToken: token }: Held): Promise<string[]> =>
  (await call('GET', '/api-keys', { token })).body.api_keys.map(({ id }: { id: string }) => id);
const usedAt = async (call: Call, { accessToken: token }: Held, { id }: HeldKey): Promise<string | null> =>
  (await call('GET', `/api-keys/${id}`, { token })).body.last_used_at;

test('a key is shown once, works where its permission guards, and is refused from its revocation on', async () => {
  await using scene = await createScene();
  const { server, call, ada } = scene;
  const json = {
    name: 'deploy robot',
    description: 'Publishes on Fridays.',
    permissions: ['posts:publish', 'permissions:read', 'posts:publish'],
    expires_in_days: 7,
  };
  const made = await call('POST', '/api-keys', { token: ada.accessToken, json });
  const { id, key, ...rest } = made.body;
  const shown = {
    name: json.name,
    description: json.description,
    permissions: ['permissions:read', 'posts:publish'],
    created_at: iso(server.clock.now()),
    expires_at: iso(server.clock.now() + 7 * day),
    last_used_at: null,
  };
  assert.deepEqual([made.status, rest], [201, shown]);
  assert.match(key, /^kw_live_[0-9A-Za-z]{15}_[0-9A-Za-z]{49}$/);
  assert.equal(key.slice(8, 23), id);
  assert.equal(made.headers.get('cache-control'), 'no-store');
  const created = { event: 'api-key.created', outcome: 'success', actor: ada.id, subject: ada.id, object: id };
  const where = { session: ada.sessionId, ip: '127.0.0.1' };
  assert.deepEqual(await server.newEvents(), [{ ...created, ...where }]);

  const token = ada.accessToken;
  const list = await call('GET', '/api-keys', { token });
  assert.deepEqual(list.body, { api_keys: [{ id, ...shown }] });
  assert.deepEqual((await call('GET', `/api-keys/${id}`, { token })).body, { id, ...shown });
  assert.ok(!JSON.stringify(list.body).includes(key.slice(24)), 'what was shown once is not shown again');

  assert.equal(await works(call, { id, key }), true);
  assertProblem(await call('POST', '/users/roles', { token: key, json: {} }), 403, 'insufficient-permission');
  assert.deepEqual(await server.newEvents(), []);

  const revoked = await call('DELETE', `/api-keys/${id}`, { token });
  assert.deepEqual([revoked.status, revoked.body], [200, { message: 'API key revoked successfully.' }]);
  assertProblem(await call('GET', '/permissions', { token: key }), 401, 'invalid-api-key');
  const ended = { ...created, event: 'api-key.revoked', reason: 'revoked-by-owner', ...where };
  assert.deepEqual(await server.newEvents(), [ended]);
  assert.deepEqual((await call('GET', '/api-keys', { token })).body, { api_keys: [] });
  assertProblem(await call('GET', `/api-keys/${id}`, { token }), 404, 'api-key-not-found');
  assertProblem(await call('DELETE', `/api-keys/${id}`, { token }), 404, 'api-key-not-found');
  assert.deepEqual(await server.newEvents(), []);
});

test('the database holds the hash of a key, and of the key nothing but its public id', async () => {
  await using scene = await createScene();
  const { id, key } = await makeApiKey(scene.call, scene.ada.accessToken, ['permissions:read']);
  const rows = await behind<object>(scene.server.db, (db) => db.selectFrom('api_keys').selectAll());
  const held = JSON.stringify(rows);
  assert.equal(rows.length, 1);
  assert.ok(held.includes(id));
  for (const part of [key, key.slice(24), key.slice(24, 67)]) assert.ok(!held.includes(part));
});

test('what a key does is on record as done by its owner; it does for others what its owner may', async () => {
  await using scene = await createScene();
  const { server, call } = scene;
  const admin = await server.admin();
  const { key } = await makeApiKey(call, admin, ['users:disable', 'users:delete', 'roles:write']);
  const victim = await signUp(call, bea);
  await server.newEvents();
  assert.equal((await call('POST', `/users/${victim.id}/disable`, { token: key })).status, 200);
  assert.equal((await call('DELETE', `/users/${victim.id}`, { token: key })).status, 200);
  const events = await server.newEvents();
  assert.deepEqual(
    events.map(({ event, actor, subject }) => [event, actor, subject]),
    [
      ['user.disabled', 2, victim.id],
      ['session.ended', 2, victim.id],
      ['user.deleted', 2, victim.id],
    ],
  );
});

describe('a key expires', () => {
  test('at the very instant, after as many days as its maker said', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const key = await makeApiKey(call, ada.accessToken, ['permissions:read'], { expires_in_days: 1 });
    server.clock.advance(day - 1);
    assert.equal(await works(call, key), true);
    server.clock.advance(1);
    assertProblem(await call('GET', '/permissions', { token: key.key }), 401, 'invalid-api-key');
  });

  test('after ninety days where nothing was said; the longest is a year; never is refused', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const make = (more: object) => {
      const json = { name: 'ci', permissions: ['permissions:read'], ...more };
      return call('POST', '/api-keys', { token: ada.accessToken, json });
    };
    const at = server.clock.now();
    assert.equal((await make({})).body.expires_at, iso(at + 90 * day));
    assert.equal((await make({ expires_in_days: 365 })).body.expires_at, iso(at + 365 * day));
    await server.newEvents();
    for (const expires_in_days of [366, 3_650, null, 0, -1, 1.5, '7', 3_651, 1e300]) {
      assertFaults(await make({ expires_in_days }), '/expires_in_days');
    }
    assert.deepEqual(await server.newEvents(), []);
  });

  test('by the settings of the operator, who may allow keys for ever', async () => {
    const env = { API_KEY_DEFAULT_DAYS: '5', API_KEY_MAX_DAYS: '10', API_KEY_NEVER_EXPIRES: 'on' };
    await using scene = await createScene(env);
    const { server, call, ada } = scene;
    const token = ada.accessToken;
    const make = (more: object) =>
      call('POST', '/api-keys', { token, json: { name: 'ci', permissions: ['permissions:read'], ...more } });
    assert.equal((await make({})).body.expires_at, iso(server.clock.now() + 5 * day));
    assertFaults(await make({ expires_in_days: 11 }), '/expires_in_days');
    const forever = await make({ expires_in_days: null });
    assert.equal(forever.body.expires_at, null);
    server.clock.advance(20 * 365 * day);
    assert.equal(await works(call, forever.body), true);
  });

  test('and is listed for another month, so that its owner sees why; then it is swept', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const key = await makeApiKey(call, ada.accessToken, ['permissions:read'], { expires_in_days: 1 });
    const kept = await makeApiKey(call, ada.accessToken, ['permissions:read'], { expires_in_days: 365 });
    server.clock.advance(day + 30 * day);
    const keys = () => server.features.apiKeys.list.own(ada.id);
    await server.features.apiKeys.sweep();
    assert.equal((await keys()).length, 2);
    server.clock.advance(1);
    await server.features.apiKeys.sweep();
    assert.deepEqual(
      (await keys()).map(({ id }) => id),
      [kept.id],
    );
    assertProblem(await call('GET', '/permissions', { token: key.key }), 401, 'invalid-api-key');
  });
});

describe('one may have so many keys', () => {
  test('and dead ones do not count', async () => {
    await using scene = await createScene({ API_KEYS_PER_USER: '2' });
    const { server, call, ada } = scene;
    const token = ada.accessToken;
    const json = { name: 'one more', permissions: ['permissions:read'] };
    const first = await makeApiKey(call, token, ['permissions:read']);
    await makeApiKey(call, token, ['permissions:read']);
    await server.newEvents();
    assertProblem(await call('POST', '/api-keys', { token, json }), 409, 'too-many-api-keys');
    assert.deepEqual(await server.newEvents(), []);
    await call('DELETE', `/api-keys/${first.id}`, { token });
    assert.equal((await call('POST', '/api-keys', { token, json })).status, 201);
    assertProblem(await call('POST', '/api-keys', { token, json }), 409, 'too-many-api-keys');
  });

  test('also when a hundred are asked for at once', async () => {
    await using scene = await createScene({ API_KEYS_PER_USER: '3' });
    const { call, ada } = scene;
    const json = { name: 'ci', permissions: ['permissions:read'] };
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => call('POST', '/api-keys', { token: ada.accessToken, json })),
    );
    const made = answers.filter(({ status }) => status === 201);
    assert.deepEqual([made.length, (await listed(call, ada)).length], [3, 3]);
    assert.ok(answers.every(({ status }) => status === 201 || status === 409));
  });

  test('none at all where the operator wants none', async () => {
    await using scene = await createScene({ API_KEYS_PER_USER: '0' });
    const json = { name: 'ci', permissions: ['permissions:read'] };
    const answer = await scene.call('POST', '/api-keys', { token: scene.ada.accessToken, json });
    assertProblem(answer, 409, 'too-many-api-keys');
  });
});

describe('when a key was last used', () => {
  test('is known to the minute, by at most one write a minute, and no request writes', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const key = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    const first = server.clock.now();
    await works(call, key);
    assert.equal(await usedAt(call, ada, key), null, 'the request itself has written nothing');
    await server.features.apiKeys.recordUses();
    assert.equal(await usedAt(call, ada, key), iso(first));

    server.clock.advance(59_999);
    await works(call, key);
    await server.features.apiKeys.recordUses();
    assert.equal(await usedAt(call, ada, key), iso(first));
    server.clock.advance(1);
    await works(call, key);
    await server.features.apiKeys.recordUses();
    assert.equal(await usedAt(call, ada, key), iso(first + 60_000));
  });

  test('counts a use that the permission did not cover, but none of a key that is refused', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const key = await makeApiKey(call, ada.accessToken, ['posts:publish'], { expires_in_days: 1 });
    await call('GET', '/user', { token: key.key });
    await call('GET', '/permissions', { token: key.key.slice(0, -1) });
    await server.features.apiKeys.recordUses();
    assert.equal(await usedAt(call, ada, key), null);
    assertProblem(await call('GET', '/permissions', { token: key.key }), 403, 'insufficient-permission');
    await server.features.apiKeys.recordUses();
    assert.equal(await usedAt(call, ada, key), iso(server.clock.now()));
  });

  test('is written by a server that stops', async () => {
    await using first = await createScene();
    const { server, call, ada } = first;
    await using other = await startServer({ db: server.db, clock: server.clock });
    const key = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    await works(createClient(other.url), key);
    assert.equal(await usedAt(call, ada, key), null);
    await other[Symbol.asyncDispose]();
    assert.equal(await usedAt(call, ada, key), iso(server.clock.now()));
  });

  test('of two nodes that saw it at once one writes, and the time never goes backwards', async () => {
    await using first = await createScene();
    const { server, call, ada } = first;
    await using second = await startServer({ db: server.db, clock: server.clock });
    const key = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    await works(call, key);
    server.clock.advance(1_000);
    await works(createClient(second.url), key);
    await second.features.apiKeys.recordUses();
    const later = iso(server.clock.now());
    assert.equal(await usedAt(call, ada, key), later);
    await server.features.apiKeys.recordUses();
    assert.equal(await usedAt(call, ada, key), later);
  });
});

describe('an administrator', () => {
  /** Help sees and revokes keys of users who hold no more than they do. */
  async function withHelp({ server, call }: { server: TestServer; call: Call }) {
    const help = await signUp(call, bea);
    await letMakeKeys(server, help.id, ['api-keys:read', 'api-keys:revoke', 'permissions:read', 'posts:publish']);
    return help;
  }

  test('sees the keys of a user, and revokes one or all of them, on record with both names', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const help = await withHelp(scene);
    const token = help.accessToken;
    const keys = [
      await makeApiKey(call, ada.accessToken, ['permissions:read']),
      await makeApiKey(call, ada.accessToken, ['permissions:read']),
      await makeApiKey(call, ada.accessToken, ['permissions:read']),
    ];
    const [one = { id: '' }] = keys;
    await server.newEvents();
    const seen = await call('GET', `/users/${ada.id}/api-keys`, { token });
    assert.deepEqual(seen.body.api_keys.map((it: { id: string }) => it.id).sort(), keys.map(({ id }) => id).sort());
    assert.ok(!JSON.stringify(seen.body).includes('kw_live_'));

    const path = `/users/${ada.id}/api-keys`;
    assert.equal((await call('DELETE', `${path}/${one.id}`, { token })).status, 200);
    const event = { event: 'api-key.revoked', outcome: 'success', actor: help.id, subject: ada.id, object: one.id };
    const where = { session: help.sessionId, ip: '127.0.0.1' };
    assert.deepEqual(await server.newEvents(), [{ ...event, ...where, reason: 'revoked-by-admin' }]);
    const rest = await call('DELETE', path, { token });
    assert.deepEqual(rest.body, { message: 'API keys revoked successfully.', revoked: 2 });
    assert.equal((await server.newEvents()).length, 2);
    for (const key of keys) assert.equal(await works(call, key), false);
    assert.equal((await call('DELETE', path, { token })).body.revoked, 0);
    assertProblem(await call('DELETE', `${path}/${one.id}`, { token }), 404, 'api-key-not-found');
  });

  test('also of a user who was deleted: it is dead when they are restored, and a stranger still learns nothing', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const { accessToken: token } = await withHelp(scene);
    const keys = [
      await makeApiKey(call, ada.accessToken, ['permissions:read']),
      await makeApiKey(call, ada.accessToken, ['permissions:read']),
      await makeApiKey(call, ada.accessToken, ['permissions:read']),
    ] as const;
    await server.features.accounts.delete({ id: ada.id, by: undefined });
    const path = `/users/${ada.id}/api-keys`;
    assert.equal((await call('GET', path, { token })).body.api_keys.length, 3);
    assert.equal((await call('DELETE', `${path}/${keys[0].id}`, { token })).status, 200);
    assert.equal((await call('GET', path, { token })).body.api_keys.length, 2);
    const stranger = await signUp(call, {
      username: 'eve',
      email: 'eve@example.com',
      password: 'nine grey herons wade',
    });
    assertProblem(await call('DELETE', path, { token: stranger.accessToken }), 403, 'insufficient-permission');
    assert.deepEqual((await call('DELETE', path, { token })).body.revoked, 2);
    await server.features.accounts.restore({ id: ada.id, by: undefined });
    for (const key of keys) assert.equal(await works(call, key), false);
    assertProblem(await call('DELETE', '/users/99/api-keys', { token }), 404, 'user-not-found');
  });

  test('does so to nobody who holds more than they do', async () => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    const help = await withHelp(scene);
    const key = await makeApiKey(call, ada.accessToken, ['permissions:read']);
    const root = await server.admin();
    const roots = await makeApiKey(call, root, ['permissions:read']);
    await server.newEvents();
    const token = help.accessToken;
    const rootId = (await call('GET', '/user', { token: root })).body.id;
    assertProblem(await call('DELETE', `/users/${rootId}/api-keys/${roots.id}`, { token }), 403, 'user-holds-more');
    assertProblem(await call('DELETE', `/users/${rootId}/api-keys`, { token }), 403, 'user-holds-more');
    assert.deepEqual(await server.newEvents(), []);
    assert.deepEqual([await works(call, roots), await works(call, key)], [true, true]);
  });

  test('is told of users that are not there', async () => {
    await using scene = await createScene();
    const { call } = scene;
    const { accessToken: token } = await withHelp(scene);
    for (const [method, path] of [
      ['GET', '/users/999/api-keys'],
      ['DELETE', '/users/999/api-keys'],
      ['DELETE', `/users/999/api-keys/${'0'.repeat(15)}`],
    ] as const) {
      assertProblem(await call(method, path, { token }), 404, 'user-not-found');
    }
  });
});

test('all keys of one’s own are revoked at once, and of nobody else', async () => {
  await using scene = await createScene();
  const { server, call, ada } = scene;
  const other = await signUp(call, bea);
  await letMakeKeys(server, other.id, ['permissions:read']);
  const theirs = await makeApiKey(call, other.accessToken, ['permissions:read']);
  const own = [
    await makeApiKey(call, ada.accessToken, ['permissions:read']),
    await makeApiKey(call, ada.accessToken, ['permissions:read']),
  ];
  const answer = await call('DELETE', '/api-keys', { token: ada.accessToken });
  assert.deepEqual(answer.body, { message: 'API keys revoked successfully.', revoked: 2 });
  for (const key of own) assert.equal(await works(call, key), false);
  assert.equal(await works(call, theirs), true);
});

test('whoever lost the right to make keys still sees and revokes those that they have', async () => {
  await using scene = await createScene();
  const { server, call, ada } = scene;
  const token = ada.accessToken;
  const { id } = await makeApiKey(call, token, ['permissions:read']);
  await server.features.roles.changeRole.unassign({ user: ada.id, role: `maker ${ada.id}` });
  const json = { name: 'ci', permissions: ['permissions:read'] };
  assertProblem(await call('POST', '/api-keys', { token, json }), 403, 'insufficient-permission');
  assert.deepEqual(await listed(call, ada), [id]);
  assert.equal((await call('DELETE', `/api-keys/${id}`, { token })).status, 200);
});

describe('a field that is wrong is 422 with a pointer at it', () => {
  const good = { name: 'ci', permissions: ['permissions:read'] };
  const wrong: readonly (readonly [body: unknown, ...pointers: string[]])[] = [
    [{}, '/name', '/permissions'],
    [{ ...good, name: '' }, '/name'],
    [{ ...good, name: 'x'.repeat(65) }, '/name'],
    [{ ...good, name: 'two\nlines' }, '/name'],
    [{ ...good, name: 'NUL \0' }, '/name'],
    [{ ...good, name: null }, '/name'],
    [{ ...good, description: 'x'.repeat(513) }, '/description'],
    [{ ...good, description: 'a\u202eb' }, '/description'],
    [{ ...good, permissions: [] }, '/permissions'],
    [{ ...good, permissions: 'permissions:read' }, '/permissions'],
    [{ ...good, permissions: Array(101).fill('permissions:read') }, '/permissions'],
    [{ ...good, permissions: ['permissions:read', 'posts:burn', ''] }, '/permissions/1', '/permissions/2'],
    [{ ...good, permissions: [1, null] }, '/permissions/0', '/permissions/1'],
    [{ ...good, permissions: ['__proto__', 'PERMISSIONS:READ'] }, '/permissions/0', '/permissions/1'],
  ];
  test('and no key is made', async (t) => {
    await using scene = await createScene();
    const { server, call, ada } = scene;
    for (const [json, ...pointers] of wrong) {
      await t.test(JSON.stringify(json).slice(0, 70), async () => {
        assertFaults(await call('POST', '/api-keys', { token: ada.accessToken, json }), ...pointers);
        assert.deepEqual(await server.newEvents(), []);
      });
    }
    for (const id of ['0', 'x'.repeat(14), 'x'.repeat(16), `${'x'.repeat(14)}-`, "' or 1=1 --"]) {
      const path = `/api-keys/${encodeURIComponent(id)}`;
      const answer = await call('GET', path, { token: ada.accessToken });
      assertProblem(answer, 422, 'validation-failed');
    }
  });
});
