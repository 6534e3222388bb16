/** GET /permissions in pages, DELETE /permissions/{permission}. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClient } from '../support/client.ts';
import { bea, giveRole, logIn, makeRole, sessionOf, signUp } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const tokenPermissions = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).permissions;

test('the permissions come in pages, in alphabetical order', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  const names = ['aa:a', 'zz:a', 'zz:b'];
  for (const name of names) await call('POST', '/permissions', { token, json: { name } });
  const all: string[] = [];
  for (let path = '/permissions?limit=5'; ; ) {
    const { body } = await call('GET', path, { token });
    all.push(...body.permissions.map((it: { name: string }) => it.name));
    if (body.next_cursor === null) break;
    assert.equal(body.next_cursor, all.at(-1));
    path = `/permissions?limit=5&cursor=${body.next_cursor}`;
  }
  assert.deepEqual(all, all.toSorted());
  assert.equal(new Set(all).size, all.length);
  for (const name of [...names, 'users:delete']) assert.ok(all.includes(name));
  for (const query of ['limit=0', 'limit=1001', 'cursor=x', 'cursor=A:b'])
    assertProblem(await call('GET', `/permissions?${query}`, { token }), 422, 'validation-failed');
});

describe('an application removes a permission of its own', () => {
  test('that no role holds: it is unknown from then on, and can be registered again', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    await call('POST', '/permissions', { token, json: { name: 'posts:publish' } });
    await server.newEvents();
    const { status, body } = await call('DELETE', '/permissions/posts:publish', { token });
    assert.deepEqual([status, body], [200, { message: 'Permission removed successfully.', roles: [] }]);
    const by = { actor: 1, session: sessionOf(token), ip: '127.0.0.1' };
    const event = { outcome: 'success', ...by, object: 'posts:publish' };
    assert.deepEqual(await server.newEvents(), [{ event: 'permission.removed', ...event }]);
    assertProblem(await call('DELETE', '/permissions/posts:publish', { token }), 404, 'permission-not-found');
    assert.equal((await call('POST', '/permissions', { token, json: { name: 'posts:publish' } })).status, 201);
  });

  test('that roles hold: it stays, unless it is forced; then all lose it at once, and the record says which', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const id = await giveRole(server, held.id, 'editor', ['posts:publish', 'posts:read']);
    await makeRole(server, 'chief', ['posts:publish']);
    for (const query of ['', '?force=false']) {
      const answer = await call('DELETE', `/permissions/posts:publish${query}`, { token });
      assertProblem(answer, 409, 'permission-in-use');
      assert.equal(answer.body.detail, 'These roles hold it: editor, chief.');
    }
    assertProblem(await call('DELETE', '/permissions/posts:publish?force=1', { token }), 422, 'validation-failed');
    assert.deepEqual(await server.newEvents(), []);

    const { status, body } = await call('DELETE', '/permissions/posts:publish?force=true', { token });
    assert.deepEqual([status, body.roles], [200, ['editor', 'chief']]);
    const by = { outcome: 'success', actor: 1, session: sessionOf(token), ip: '127.0.0.1' };
    assert.deepEqual(await server.newEvents(), [
      { event: 'role.changed', ...by, object: 'editor -posts:publish' },
      { event: 'role.changed', ...by, object: 'chief -posts:publish' },
      { event: 'permission.removed', ...by, object: 'posts:publish' },
    ]);
    const role = (await call('GET', `/users/roles/${id}`, { token })).body;
    assert.deepEqual(
      [role.permissions, role.version],
      [['posts:read'], 2],
      'a change that was decided before is refused',
    );
    assert.deepEqual(tokenPermissions((await logIn(call)).accessToken), ['posts:read']);
  });

  test('that is built in: never', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    await server.newEvents();
    const all = await server.features.roles.store.listPermissions(server.db);
    for (const { name } of all) {
      assertProblem(await call('DELETE', `/permissions/${name}?force=true`, { token }), 409, 'built-in-permission');
    }
    assert.deepEqual(await server.newEvents(), []);
  });
});

describe('an attack by removing', () => {
  test('a permission that one does not hold, or, being no editor of roles, out of the roles of others', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await server.admin();
    const held = await signUp(call);
    await giveRole(server, held.id, 'registrar', ['permissions:write', 'posts:read']);
    await makeRole(server, 'editor', ['posts:publish', 'posts:read']);
    const remove = (name: string) => call('DELETE', `/permissions/${name}?force=true`, { token: held.accessToken });
    assertProblem(await remove('posts:publish'), 403, 'permission-not-held');
    const answer = await remove('posts:read');
    assertProblem(answer, 403, 'insufficient-permission');
    assert.match(answer.headers.get('www-authenticate') ?? '', /scope="roles:write"/);
    assert.deepEqual(await server.newEvents(), []);
  });

  test('what somebody who stands above would lose by it', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await server.admin();
    const held = await signUp(call);
    const chief = await signUp(call, bea);
    await giveRole(server, held.id, 'registrar', ['permissions:write', 'roles:write', 'posts:read']);
    await giveRole(server, chief.id, 'reader', ['posts:read']);
    await giveRole(server, chief.id, 'second reader', ['posts:read']);
    await giveRole(server, chief.id, 'chief', ['users:delete']);
    const path = '/permissions/posts:read?force=true';
    assertProblem(await call('DELETE', path, { token: held.accessToken }), 403, 'user-holds-more');
    assert.deepEqual(await server.newEvents(), []);
    const { permissions } = await server.features.roles.store.grantsOf(server.db, chief.id);
    assert.deepEqual(permissions, ['posts:read', 'users:delete']);
  });
});
