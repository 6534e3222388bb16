/** GET and PUT /users/{user_id}/roles, GET /users/{user_id}/permissions/{permission}. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClient } from '../support/client.ts';
import { bea, giveRole, makeRole, sessionOf, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const namesIn = (body: { roles: { name: string }[] }) => body.roles.map(({ name }) => name);

describe('the roles of a user', () => {
  test('are replaced as a whole, and the answer and the record say exactly what was given and taken', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const [old, kept] = [await giveRole(server, held.id, 'old', []), await giveRole(server, held.id, 'kept', [])];
    const fresh = await makeRole(server, 'fresh', ['users:delete']);
    assertProblem(await call('DELETE', '/users/999', { token: held.accessToken }), 403, 'insufficient-permission');

    const path = `/users/${held.id}/roles`;
    const { status, body } = await call('PUT', path, { token, json: { roles: [fresh, kept] } });
    const roles = [
      { id: kept, name: 'kept', description: '', permissions: [], built_in: false, version: 1 },
      { id: fresh, name: 'fresh', description: '', permissions: ['users:delete'], built_in: false, version: 1 },
    ];
    const message = 'Roles replaced successfully.';
    assert.deepEqual([status, body], [200, { message, roles, given: ['fresh'], taken: ['old'] }]);
    const by = { actor: 1, session: sessionOf(token), ip: '127.0.0.1' };
    const event = { outcome: 'success', ...by, subject: held.id };
    assert.deepEqual(await server.newEvents(), [
      { event: 'role.unassigned', ...event, object: 'old' },
      { event: 'role.assigned', ...event, object: 'fresh' },
    ]);
    assert.deepEqual((await call('GET', path, { token })).body, { roles });
    assert.deepEqual((await call('GET', path, { token: held.accessToken })).body, { roles }, 'their own');
    assertProblem(await call('DELETE', '/users/999', { token: held.accessToken }), 404, 'user-not-found');

    const again = await call('PUT', path, { token, json: { roles: [kept, fresh] } });
    assert.deepEqual([again.status, again.body.given, again.body.taken], [200, [], []]);
    assert.deepEqual(await server.newEvents(), [], 'what is so already stays so');
    assert.notEqual(old, fresh);
  });

  test('replaced on what they were believed to be: refused when they are not, also for one of two at once', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const ids = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push(await makeRole(server, name, []));
    const put = (roles: unknown, expected: unknown) =>
      call('PUT', `/users/${held.id}/roles`, { token, json: { roles, expected } });
    const answers = await Promise.all(ids.map((id) => put([id], [])));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
    for (const answer of answers.filter(({ status }) => status === 409)) assertProblem(answer, 409, 'roles-changed');
    assert.equal((await server.newEvents()).length, 1);
    const winner = ids[answers.findIndex(({ status }) => status === 200)];
    assertProblem(await put(ids, []), 409, 'roles-changed');
    assertProblem(await put([], [winner, 99]), 409, 'roles-changed');
    assert.equal((await put(ids.toReversed(), [winner])).status, 200);
    assert.equal((await put([], ids)).status, 200);
  });

  test('must exist: 422 with a pointer at each that does not, and nothing is given', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const id = await makeRole(server, 'real', []);
    const answer = await call('PUT', `/users/${held.id}/roles`, { token, json: { roles: [77, id, 99] } });
    assertFaults(answer, '/roles/0', '/roles/2');
    assert.deepEqual(await server.newEvents(), []);
    assert.deepEqual((await call('GET', `/users/${held.id}/roles`, { token })).body.roles, []);
  });

  test('of a disabled user can be changed before they come back; nobody has a deleted user’s', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const gone = await signUp(call, bea);
    const id = await makeRole(server, 'editor', []);
    await call('POST', `/users/${held.id}/disable`, { token });
    await call('DELETE', `/users/${gone.id}`, { token });
    await server.newEvents();
    const answer = await call('PUT', `/users/${held.id}/roles`, { token, json: { roles: [id] } });
    assert.deepEqual([answer.status, namesIn(answer.body)], [200, ['editor']]);
    await server.newEvents();
    for (const user of [gone.id, 999]) {
      const json = { roles: [id] };
      assertProblem(await call('PUT', `/users/${user}/roles`, { token, json }), 404, 'user-not-found');
      assertProblem(await call('GET', `/users/${user}/roles`, { token }), 404, 'user-not-found');
    }
    assert.deepEqual(await server.newEvents(), []);
  });

  test('the last administrator stays one, and may leave once there is another', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const leave = () => call('PUT', '/users/1/roles', { token, json: { roles: [] } });
    assertProblem(await leave(), 409, 'last-admin');
    assert.equal((await call('PUT', `/users/${held.id}/roles`, { token, json: { roles: [1] } })).status, 200);
    await server.features.accounts.disabling.disable({ id: held.id, by: undefined });
    assertProblem(await leave(), 409, 'last-admin');
    await server.features.accounts.disabling.enable({ id: held.id, by: undefined });
    assert.equal((await leave()).status, 200);
    assertProblem(await leave(), 403, 'insufficient-permission');
  });
});

describe('why somebody may do something, or not', () => {
  const explain = async (permission: string, prepare: (it: Awaited<ReturnType<typeof scene>>) => Promise<unknown>) => {
    await using it = await scene();
    await prepare(it);
    await it.server.newEvents();
    const { status, body } = await it.call('GET', `/users/${it.held.id}/permissions/${permission}`, {
      token: it.token,
    });
    assert.deepEqual([status, body.user_id, body.permission], [200, it.held.id, decodeURIComponent(permission)]);
    assert.deepEqual(await it.server.newEvents(), [], 'asking changes nothing');
    return body;
  };

  async function scene() {
    const server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    return { server, call, token, held, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  }

  test('the roles that give it, each of them', async () => {
    const body = await explain('posts:publish', async ({ server, held }) => {
      await giveRole(server, held.id, 'editor', ['posts:publish']);
      await giveRole(server, held.id, 'reader', ['posts:read']);
      await giveRole(server, held.id, 'chief', ['posts:publish', 'posts:read']);
    });
    assert.deepEqual([body.allowed, body.reason], [true, 'given-by-role']);
    assert.equal(body.detail, 'Given by the role editor; the role chief.');
    assert.deepEqual(body.given_by, [
      { id: 2, name: 'editor', built_in: false },
      { id: 4, name: 'chief', built_in: false },
    ]);
  });

  test('only through the role that holds everything', async () => {
    const body = await explain('posts:publish', async ({ server, held }) => {
      await makeRole(server, 'editor', ['posts:publish']);
      await server.features.roles.changeRole.assign({ user: held.id, role: 'admin' });
    });
    assert.deepEqual([body.allowed, body.detail], [true, 'Given by the role admin, which holds everything.']);
    assert.deepEqual(body.given_by, [{ id: 1, name: 'admin', built_in: true }]);
  });

  test('no role of theirs holds it', async () => {
    const body = await explain('users:delete', async ({ server, held }) => {
      await giveRole(server, held.id, 'reader', ['posts:read']);
      await makeRole(server, 'janitor', ['users:delete']);
    });
    assert.deepEqual([body.allowed, body.reason, body.given_by], [false, 'no-role-with-it', []]);
  });

  for (const name of ['posts:publish', 'users:*', 'USERS:DELETE', '__proto__', '%2e%2e%2f', 'a%20b']) {
    test(`there is no such permission: ${name}`, async () => {
      const body = await explain(name, async () => {});
      assert.deepEqual([body.allowed, body.reason, body.given_by], [false, 'unknown-permission', []]);
    });
  }

  test('they are disabled, or deleted, and would have it otherwise', async () => {
    for (const [path, method, reason, says] of [
      ['/disable', 'POST', 'user-disabled', 'The user is disabled.'],
      ['', 'DELETE', 'user-deleted', 'The user is deleted.'],
    ] as const) {
      const body = await explain('posts:publish', async ({ server, call, token, held }) => {
        await giveRole(server, held.id, 'editor', ['posts:publish']);
        assert.equal((await call(method, `/users/${held.id}${path}`, { token })).status, 200);
      });
      assert.deepEqual([body.allowed, body.reason], [false, reason]);
      assert.equal(body.detail, `${says} Otherwise it would be given by the role editor.`);
      assert.deepEqual(body.given_by, [{ id: 2, name: 'editor', built_in: false }]);
    }
  });

  test('there is no such user, or no such text', async () => {
    await using it = await scene();
    const { call, token } = it;
    assertProblem(await call('GET', '/users/999/permissions/users:delete', { token }), 404, 'user-not-found');
    for (const path of ['/users/0/permissions/a:b', `/users/1/permissions/${'x'.repeat(129)}`]) {
      const answer = await call('GET', path, { token });
      assert.ok([404, 422].includes(answer.status), path);
    }
  });

  test('it says the same as the server does', async () => {
    await using it = await scene();
    const { server, call, token, held } = it;
    await giveRole(server, held.id, 'janitor', ['users:delete', 'posts:read']);
    const all = await server.features.roles.store.listPermissions(server.db);
    for (const { name } of all) {
      const { body } = await call('GET', `/users/${held.id}/permissions/${name}`, { token });
      assert.equal(body.allowed, ['users:delete', 'posts:read'].includes(name), name);
    }
    assertProblem(await call('DELETE', '/users/999', { token: held.accessToken }), 404, 'user-not-found');
    assertProblem(await call('GET', '/users/roles', { token: held.accessToken }), 403, 'insufficient-permission');
  });
});
