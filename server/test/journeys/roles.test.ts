/**
 * POST /users/roles and the permissions, row by row of the contract:
 * 201 → "a role mixes …"; 401, 403 → "who may not"; 403 → "nobody grants what they do not hold"; 409 → "a role's name …";
 * 422 → "an unknown permission …", "a field that is wrong …".
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Call, createClient } from '../support/client.ts';
import { ada, giveRole, lives, logIn, sessionOf, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const builtIn = [
  'api-keys:read',
  'api-keys:revoke',
  'api-keys:write',
  'audit:read',
  'permissions:read',
  'permissions:write',
  'roles:assign',
  'roles:read',
  'roles:write',
  'sessions:end',
  'sessions:read',
  'tokens:introspect',
  'users:delete',
  'users:disable',
  'users:purge',
  'users:read',
  'users:write',
];
const editor = { name: 'editor', description: 'Writes and tidies up.', permissions: ['posts:publish', 'users:delete'] };

const register = (call: Call, token: string, name: string) => call('POST', '/permissions', { token, json: { name } });

test('a role mixes built-in permissions with those of an application: 201 with all of it', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  const registered = await call('POST', '/permissions', {
    token,
    json: { name: 'posts:publish', description: 'Publish a post.' },
  });
  const permission = { name: 'posts:publish', description: 'Publish a post.', built_in: false };
  assert.deepEqual([registered.status, registered.body], [201, permission]);
  await server.newEvents();

  const answer = await call('POST', '/users/roles', { token, json: editor });
  const data = { id: 2, ...editor, built_in: false, version: 1 };
  assert.deepEqual([answer.status, answer.body], [201, { message: 'Role created successfully.', data }]);
  const by = { outcome: 'success', actor: 1, session: sessionOf(token), ip: '127.0.0.1' };
  assert.deepEqual(await server.newEvents(), [
    { event: 'role.created', ...by, object: 'editor' },
    { event: 'role.changed', ...by, object: 'editor +posts:publish' },
    { event: 'role.changed', ...by, object: 'editor +users:delete' },
  ]);
});

test('who has the role finds it in the next access token, and may at once what it allows', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  await register(call, token, 'posts:publish');
  await call('POST', '/users/roles', { token, json: editor });
  const held = await signUp(call);
  assertProblem(await call('DELETE', '/users/999', { token: held.accessToken }), 403, 'insufficient-permission');
  await server.features.roles.changeRole.assign({ user: held.id, role: 'editor' });
  assertProblem(await call('DELETE', '/users/999', { token: held.accessToken }), 404, 'user-not-found');

  const { accessToken } = await logIn(call);
  const payload = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
  assert.deepEqual([payload.roles, payload.permissions], [['editor'], editor.permissions]);
});

test('the description may be left out, and permissions may repeat or be none', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  const twice = ['users:delete', 'roles:write', 'users:delete'];
  const plain = await call('POST', '/users/roles', { token, json: { name: 'plain', permissions: twice } });
  const permissions = ['roles:write', 'users:delete'];
  assert.deepEqual(plain.body.data, {
    ...{ id: 2, name: 'plain', description: '', permissions },
    ...{ built_in: false, version: 1 },
  });
  const empty = await call('POST', '/users/roles', { token, json: { name: 'empty', permissions: [] } });
  assert.deepEqual([empty.status, empty.body.data.permissions], [201, []]);
});

test('the permissions there are: in order, with those of applications among them', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  await register(call, token, 'posts:publish');
  const { status, body } = await call('GET', '/permissions', { token });
  const names = body.permissions.map(({ name }: { name: string }) => name);
  assert.deepEqual([status, names], [200, [...builtIn, 'posts:publish'].sort()]);
  const own = body.permissions.filter((it: { built_in: boolean }) => !it.built_in);
  assert.deepEqual(own, [{ name: 'posts:publish', description: '', built_in: false }]);
});

describe('who may not', () => {
  const routes = [
    ['POST', '/users/roles', { name: 'editor', permissions: [] }, 'roles:write'],
    ['POST', '/permissions', { name: 'posts:publish' }, 'permissions:write'],
    ['GET', '/permissions', undefined, 'permissions:read'],
  ] as const;
  for (const [method, path, json, permission] of routes) {
    test(`${method} ${path}: 401 without a token, 403 without ${permission}, before the body is looked at`, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      const held = await signUp(call);
      await giveRole(
        server,
        held.id,
        'other',
        builtIn.filter((it) => it !== permission),
      );
      for (const body of json === undefined ? [{}] : [{ json }, { json: { wrong: true } }]) {
        assertProblem(await call(method, path, body), 401, 'missing-credentials');
        assertProblem(await call(method, path, { ...body, cookie: held.refreshToken }), 401, 'missing-credentials');
        const answer = await call(method, path, { ...body, token: held.accessToken });
        assertProblem(answer, 403, 'insufficient-permission');
        assert.match(answer.headers.get('www-authenticate') ?? '', new RegExp(`scope="${permission}"`));
      }
      assert.deepEqual(await server.newEvents(), []);
    });
  }
});

test('nobody grants what they do not hold: 403 with a pointer at each such permission', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  await register(call, admin, 'posts:publish');
  const held = await signUp(call);
  await giveRole(server, held.id, 'maker', ['roles:write']);
  const token = held.accessToken;

  const permissions = ['roles:write', 'users:delete', 'posts:publish'];
  const answer = await call('POST', '/users/roles', { token, json: { name: 'power', permissions } });
  assertProblem(answer, 403, 'permission-not-held');
  const pointers = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
  assert.deepEqual(pointers, ['/permissions/1', '/permissions/2']);
  assert.deepEqual(await server.newEvents(), []);
  const own = await call('POST', '/users/roles', { token, json: { name: 'power', permissions: ['roles:write'] } });
  assert.deepEqual([own.status, await lives(call, held)], [201, true]);
});

test('a permission that was just registered is held by administrators, and by nobody else', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  const held = await signUp(call);
  await giveRole(server, held.id, 'registrar', ['permissions:write', 'roles:write']);
  const token = held.accessToken;
  assert.equal((await register(call, token, 'posts:publish')).status, 201);
  const json = { name: 'publisher', permissions: ['posts:publish'] };
  assertProblem(await call('POST', '/users/roles', { token, json }), 403, 'permission-not-held');
  assert.equal((await call('POST', '/users/roles', { token: admin, json })).status, 201);
});

test('an unknown permission is 422 with a pointer at it, and no role is made', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  await server.newEvents();
  const permissions = ['users:delete', 'posts:publish', 'roles:write', 'USERS:DELETE', '__proto__', ''];
  const answer = await call('POST', '/users/roles', { token, json: { name: 'editor', permissions } });
  assertFaults(answer, '/permissions/1', '/permissions/3', '/permissions/4', '/permissions/5');
  assert.deepEqual(await server.newEvents(), []);
  assert.equal((await call('POST', '/users/roles', { token, json: { ...editor, permissions: [] } })).status, 201);
});

describe("a role's name is taken", () => {
  test('in every spelling, and that of the built-in role as well', async (t) => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    await call('POST', '/users/roles', { token, json: { name: 'editor', permissions: [] } });
    await server.newEvents();
    for (const name of ['editor', 'EDITOR', 'ｅｄｉｔｏｒ', 'admin', 'Admin']) {
      await t.test(`409 role-exists: ${name}`, async () => {
        const json = { name, permissions: [] };
        assertProblem(await call('POST', '/users/roles', { token, json }), 409, 'role-exists');
        assert.deepEqual(await server.newEvents(), []);
      });
    }
  });

  test('two of one name at once: one is made', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    await server.newEvents();
    const json = { name: 'editor', permissions: [] };
    const answers = await Promise.all([1, 2, 3].map(() => call('POST', '/users/roles', { token, json })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409]);
    assert.equal((await server.newEvents()).length, 1);
  });
});

test('a permission is registered once: 409 after that, also for a built-in one', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  await register(call, token, 'posts:publish');
  await server.newEvents();
  for (const name of ['posts:publish', 'users:delete']) {
    assertProblem(await register(call, token, name), 409, 'permission-exists');
  }
  assert.deepEqual(await server.newEvents(), []);
});

describe('a field that is wrong is 422 with a pointer at it', () => {
  const wrong: readonly (readonly [path: string, body: unknown, ...pointers: string[]])[] = [
    ['/users/roles', {}, '/name', '/permissions'],
    ['/users/roles', { ...editor, name: '' }, '/name'],
    ['/users/roles', { ...editor, name: 'x'.repeat(65), permissions: [] }, '/name'],
    ['/users/roles', { ...editor, name: '\ufdfa'.repeat(4), permissions: [] }, '/name'],
    ['/users/roles', { ...editor, name: ' editor', permissions: [] }, '/name'],
    ['/users/roles', { ...editor, name: 'admin\ufe0f', permissions: [] }, '/name'],
    ['/users/roles', { ...editor, name: 'ad\0min', permissions: [] }, '/name'],
    ['/users/roles', { ...editor, name: ['editor'] }, '/name'],
    ['/users/roles', { ...editor, description: 'two\nlines' }, '/description'],
    ['/users/roles', { ...editor, description: 'NUL \0' }, '/description'],
    ['/users/roles', { ...editor, description: null }, '/description'],
    ['/users/roles', { ...editor, permissions: 'users:delete' }, '/permissions'],
    ['/users/roles', { ...editor, permissions: { 0: 'users:delete' } }, '/permissions'],
    ['/users/roles', { ...editor, permissions: [1, null] }, '/permissions/0', '/permissions/1'],
    ['/users/roles', { ...editor, permissions: Array(201).fill('users:delete') }, '/permissions'],
    ['/users/roles', { ...editor, grants_all: true }, '/grants_all'],
    ['/users/roles', { ...editor, id: 1 }, '/id'],
    ['/permissions', {}, '/name'],
    ['/permissions', { name: 'publish' }, '/name'],
    ['/permissions', { name: 'Posts:publish' }, '/name'],
    ['/permissions', { name: 'posts:publish\n' }, '/name'],
    ['/permissions', { name: 'posts:*' }, '/name'],
    ['/permissions', { name: `${'x'.repeat(64)}:y` }, '/name'],
    ['/permissions', { name: 'posts:publish', description: 'NUL \0' }, '/description'],
    ['/permissions', { name: 'posts:publish', built_in: true }, '/built_in'],
  ];
  test('and nothing is made of it', async (t) => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    await server.newEvents();
    for (const [path, json, ...pointers] of wrong) {
      await t.test(`${path} ${JSON.stringify(json).slice(0, 70)}`, async () => {
        assertFaults(await call('POST', path, { token, json }), ...pointers);
        assert.deepEqual(await server.newEvents(), []);
      });
    }
  });
});

test('a path below /users is no role: other methods are told what is allowed', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { accessToken: token } = await signUp(call, ada);
  const answer = await call('PUT', '/users/roles', { token });
  assertProblem(answer, 405, 'method-not-allowed');
  assert.equal(answer.headers.get('allow'), 'DELETE, GET, HEAD, PATCH, POST');
  assertProblem(await call('DELETE', '/users/roles', { token }), 422, 'validation-failed');
});
