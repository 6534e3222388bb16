/** GET /users/roles, GET, PATCH and DELETE /users/roles/{role_id}: what holds, from when, and what is recorded. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behind } from '../support/behind.ts';
import { type Call, createClient } from '../support/client.ts';
import { bea, giveRole, logIn, makeRole, sessionOf, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const permissionsIn = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).permissions;

const mayDelete = async (call: Call, token: string): Promise<boolean> =>
  (await call('DELETE', '/users/999', { token })).status === 404;

describe('the list of roles', () => {
  test('comes in pages, with what each role holds', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    for (const name of ['one', 'two', 'three']) await makeRole(server, name, ['users:delete']);
    const first = await call('GET', '/users/roles?limit=3', { token });
    assert.deepEqual([first.status, first.body.roles.length, first.body.next_cursor], [200, 3, '3']);
    const { id, name, permissions, built_in, version } = first.body.roles[1];
    assert.deepEqual([id, name, permissions, built_in, version], [2, 'one', ['users:delete'], false, 1]);
    const [admin] = first.body.roles;
    assert.deepEqual([admin.name, admin.built_in, admin.permissions.includes('roles:assign')], ['admin', true, true]);
    assert.equal((await call('GET', '/users/roles?limit=4', { token })).body.next_cursor, null, 'full, and the last');
    const last = await call('GET', '/users/roles?limit=3&cursor=3', { token });
    assert.deepEqual(
      last.body.roles.map((role: { name: string }) => role.name),
      ['three'],
    );
    assert.equal(last.body.next_cursor, null);
  });

  test('finds one by its name in any spelling, or none', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const id = await makeRole(server, 'Chief Editor', []);
    for (const [name, after, found] of [
      ['chief%20EDITOR', 0, [id]],
      ['chief%20EDITOR', id, []],
      ['chief', 0, []],
      ['%25', 0, []],
    ] as const) {
      const { body } = await call('GET', `/users/roles?name=${name}&cursor=${after}`.replace('&cursor=0', ''), {
        token,
      });
      assert.deepEqual(
        body.roles.map((role: { id: number }) => role.id),
        found,
      );
      assert.equal(body.next_cursor, null);
    }
  });

  test('takes no limit that is none', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    for (const query of [
      'limit=0',
      'limit=201',
      'limit=-1',
      'limit=1e2',
      'cursor=-1',
      'cursor=0',
      'cursor=1;drop',
      'name=',
    ])
      assertProblem(await call('GET', `/users/roles?${query}`, { token }), 422, 'validation-failed');
  });
});

test('one role is told by its id; 404 for one that never was', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  const id = await makeRole(server, 'editor', ['users:delete', 'roles:read']);
  const { status, body } = await call('GET', `/users/roles/${id}`, { token });
  const role = { id, name: 'editor', description: '', permissions: ['roles:read', 'users:delete'] };
  assert.deepEqual([status, body], [200, { ...role, built_in: false, version: 1 }]);
  for (const method of ['GET', 'DELETE']) {
    assertProblem(await call(method, '/users/roles/99', { token }), 404, 'role-not-found');
  }
  assertProblem(await call('PATCH', '/users/roles/99', { token, json: { version: 1 } }), 404, 'role-not-found');
  assertProblem(
    await call('POST', '/users/roles/99/preview', { token, json: { permissions: [] } }),
    404,
    'role-not-found',
  );
});

describe('a change', () => {
  test('holds from the next request on, old access tokens included, and stands in the next token', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const id = await giveRole(server, held.id, 'janitor', ['users:delete']);
    assert.equal(await mayDelete(call, held.accessToken), true);

    const change = (version: number, permissions: string[]) =>
      call('PATCH', `/users/roles/${id}`, { token, json: { version, permissions } });
    assert.equal((await change(1, ['sessions:read'])).status, 200);
    assertProblem(await call('DELETE', '/users/999', { token: held.accessToken }), 403, 'insufficient-permission');
    assert.equal((await call('GET', '/users/1/sessions', { token: held.accessToken })).status, 200);
    assert.deepEqual(permissionsIn((await logIn(call)).accessToken), ['sessions:read']);
    const json = { refresh_token: held.refreshToken };
    const refreshed = await call('POST', '/refresh-access-token', { json });
    assert.deepEqual(permissionsIn(refreshed.body.access_token), ['sessions:read']);

    assert.equal((await change(2, ['users:delete'])).status, 200);
    assert.equal(await mayDelete(call, held.accessToken), true);
  });

  test('is recorded to the last permission, and answers with the role and its next version', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const id = await makeRole(server, 'editor', ['users:delete', 'roles:read']);
    const json = { version: 1, name: 'Writer', description: 'Writes.', permissions: ['roles:write', 'roles:read'] };
    const { status, body } = await call('PATCH', `/users/roles/${id}`, { token, json });
    const data = { id, ...json, permissions: ['roles:read', 'roles:write'], built_in: false, version: 2 };
    assert.deepEqual([status, body], [200, { message: 'Role changed successfully.', data }]);
    const by = { outcome: 'success', actor: 1, session: sessionOf(token), ip: '127.0.0.1' };
    assert.deepEqual(await server.newEvents(), [
      { event: 'role.renamed', ...by, object: 'editor -> Writer' },
      { event: 'role.described', ...by, object: 'Writer' },
      { event: 'role.changed', ...by, object: 'Writer -users:delete' },
      { event: 'role.changed', ...by, object: 'Writer +roles:write' },
    ]);
    assert.deepEqual((await call('GET', `/users/roles/${id}`, { token })).body, data);
  });

  test('of a name of any length fits into the record', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const part = 'p'.repeat(63);
    await call('POST', '/permissions', { token, json: { name: `${part}:${part}` } });
    const [first, second] = ['ᾂ', 'ᾃ'].map((it) => it.normalize('NFD').repeat(64));
    const created = await call('POST', '/users/roles', {
      token,
      json: { name: first, permissions: [`${part}:${part}`] },
    });
    assert.equal(created.status, 201);
    const json = { version: 1, name: second, permissions: [] };
    assert.equal((await call('PATCH', `/users/roles/${created.body.data.id}`, { token, json })).status, 200);
    for (const { object = '' } of await server.newEvents()) assert.ok([...object].length <= 256);
  });

  test('that changes nothing is no change: no event, no new version', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const id = await makeRole(server, 'editor', ['users:delete', 'roles:read']);
    for (const json of [{}, { name: 'editor' }, { permissions: ['users:delete', 'roles:read', 'users:delete'] }]) {
      const { status, body } = await call('PATCH', `/users/roles/${id}`, { token, json: { version: 1, ...json } });
      assert.deepEqual([status, body.data.version], [200, 1]);
    }
    assert.deepEqual(await server.newEvents(), []);
  });

  test('decided on an older version is refused, also of two at once: no update is lost in silence', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const id = await makeRole(server, 'editor', []);
    const change = (version: number, permissions: string[]) =>
      call('PATCH', `/users/roles/${id}`, { token, json: { version, permissions } });
    const answers = await Promise.all(
      ['users:delete', 'roles:read', 'roles:write', 'sessions:end'].map((it) => change(1, [it])),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
    for (const answer of answers.filter(({ status }) => status === 409)) assertProblem(answer, 409, 'role-changed');
    assert.equal((await server.newEvents()).length, 1);
    assertProblem(await change(1, []), 409, 'role-changed');
    assertProblem(await change(3, []), 409, 'role-changed');
    assertProblem(await call('DELETE', `/users/roles/${id}?version=1`, { token }), 409, 'role-changed');
    assertFaults(await call('PATCH', `/users/roles/${id}`, { token, json: { permissions: [] } }), '/version');
    assert.deepEqual(await server.newEvents(), []);
    assert.equal((await call('DELETE', `/users/roles/${id}?version=2`, { token })).status, 200);
  });

  test('to the name of another role is refused in every spelling; to another spelling of its own it is not', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const id = await makeRole(server, 'editor', []);
    await makeRole(server, 'writer', []);
    await server.newEvents();
    const rename = (name: string) => call('PATCH', `/users/roles/${id}`, { token, json: { version: 1, name } });
    for (const name of ['writer', 'WRITER', 'admin', 'ＡＤＭＩＮ'])
      assertProblem(await rename(name), 409, 'role-exists');
    for (const name of ['', ' editor', 'аdmin', 'adm1n']) assertFaults(await rename(name), '/name');
    assert.deepEqual(await server.newEvents(), []);
    assert.equal((await rename('EDITOR')).body.data.name, 'EDITOR');
  });
});

describe('a deleted role', () => {
  test('is gone at once, with all it gave, for tokens of before; its name is free, its id is not', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const other = await signUp(call, bea);
    const id = await giveRole(server, held.id, 'janitor', ['users:delete']);
    await giveRole(server, held.id, 'reader', ['sessions:read']);
    await server.features.roles.changeRole.assign({ user: other.id, role: 'janitor' });
    await server.newEvents();
    const { status, body } = await call('DELETE', `/users/roles/${id}`, { token });
    assert.deepEqual([status, body], [200, { message: 'Role deleted successfully.' }]);
    const by = { outcome: 'success', actor: 1, session: sessionOf(token), ip: '127.0.0.1' };
    assert.deepEqual(await server.newEvents(), [
      { event: 'role.changed', ...by, object: 'janitor -users:delete' },
      { event: 'role.deleted', ...by, object: 'janitor' },
    ]);
    assert.deepEqual(
      [await mayDelete(call, held.accessToken), await mayDelete(call, other.accessToken)],
      [false, false],
    );
    assert.deepEqual(permissionsIn((await logIn(call)).accessToken), ['sessions:read']);

    for (const method of ['GET', 'DELETE']) {
      assertProblem(await call(method, `/users/roles/${id}`, { token }), 404, 'role-not-found');
    }
    assertProblem(await call('PATCH', `/users/roles/${id}`, { token, json: { version: 1 } }), 404, 'role-not-found');
    const names = (await call('GET', '/users/roles', { token })).body.roles.map((it: { name: string }) => it.name);
    assert.deepEqual(names, ['admin', 'reader']);
    assertFaults(await call('PUT', `/users/${held.id}/roles`, { token, json: { roles: [id] } }), '/roles/0');
    const again = await call('POST', '/users/roles', {
      token,
      json: { name: 'janitor', permissions: ['users:delete'] },
    });
    assert.equal(again.status, 201);
    assert.notEqual(again.body.data.id, id);
    assert.equal(await mayDelete(call, held.accessToken), false, 'the new one is another role');
  });

  test('leaves nothing behind once it was swept', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const id = await giveRole(server, held.id, 'janitor', ['users:delete']);
    await giveRole(server, held.id, 'reader', []);
    await call('DELETE', `/users/roles/${id}`, { token });
    await server.features.roles.sweep();
    for (const table of ['user_roles', 'role_permissions']) {
      const rows = await behind(server.db, (db) => db.selectFrom(table).selectAll().where('role_id', '=', id));
      assert.deepEqual(rows, []);
    }
    assert.deepEqual(await behind(server.db, (db) => db.selectFrom('roles').selectAll().where('id', '=', id)), []);
    const { body } = await call('GET', `/users/${held.id}/roles`, { token });
    assert.deepEqual(
      body.roles.map((it: { name: string }) => it.name),
      ['reader'],
    );
  });

  test('is deleted by one of many', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const id = await makeRole(server, 'janitor', []);
    const answers = await Promise.all([1, 2, 3, 4].map(() => call('DELETE', `/users/roles/${id}`, { token })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 404, 404, 404]);
    assert.equal((await server.newEvents()).length, 1);
  });
});

describe('who may not', () => {
  const routes = [
    ['GET', '/users/roles', undefined, 'roles:read'],
    ['GET', '/users/roles/2', undefined, 'roles:read'],
    ['POST', '/users/roles/2/preview', { permissions: [] }, 'roles:read'],
    ['PATCH', '/users/roles/2', { version: 1, name: 'mine' }, 'roles:write'],
    ['DELETE', '/users/roles/2', undefined, 'roles:write'],
    ['PUT', '/users/1/roles', { roles: [] }, 'roles:assign'],
    ['DELETE', '/permissions/posts:publish', undefined, 'permissions:write'],
  ] as const;
  for (const [method, path, json, permission] of routes) {
    test(`${method} ${path}: 401 without a token, 403 without ${permission}, and nothing happens`, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      await server.admin();
      const held = await signUp(call);
      await makeRole(server, 'editor', ['posts:publish']);
      const all = (await server.features.roles.store.listPermissions(server.db)).map(({ name }) => name);
      await giveRole(
        server,
        held.id,
        'other',
        all.filter((it) => it !== permission),
      );
      assertProblem(await call(method, path, { json }), 401, 'missing-credentials');
      const answer = await call(method, path, { json, token: held.accessToken });
      assertProblem(answer, 403, 'insufficient-permission');
      assert.match(answer.headers.get('www-authenticate') ?? '', new RegExp(`scope="${permission}"`));
      assert.deepEqual(await server.newEvents(), []);
    });
  }
});
