/** Attacks on roles: by a change, by an assignment, by a deletion, by a name, by a field that is none of the caller's business. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { permissionNotHeld, roleHoldsMore, userHoldsMore } from '../../src/features/roles/errors.ts';
import { insufficientPermission, invalidToken } from '../../src/kernel/access.ts';
import { type Call, createClient } from '../support/client.ts';
import { ada, bea, giveRole, type Held, makeRole, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { refusedWith } from '../support/store-contract.ts';

interface Scene {
  readonly server: TestServer;
  readonly call: Call;
  /** The access token of an administrator, whose id is 1. */
  readonly admin: string;
  readonly mallory: Held;
  readonly token: string;
}

/** Mallory, who holds these permissions by the role `mallory`; afterwards nothing must have been recorded. */
async function asMallory(permissions: readonly string[], attack: (scene: Scene) => Promise<void>): Promise<void> {
  await using server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  const mallory = await signUp(call);
  await giveRole(server, mallory.id, 'mallory', permissions);
  await attack({ server, call, admin, mallory, token: mallory.accessToken });
}

const patch = (call: Call, token: string, id: number, json: object) =>
  call('PATCH', `/users/roles/${id}`, { token, json: { version: 1, ...json } });
const assign = (call: Call, token: string, user: number, roles: readonly unknown[]) =>
  call('PUT', `/users/${user}/roles`, { token, json: { roles } });
const idOf = async ({ server }: Scene, name: string) =>
  (await server.features.roles.store.findRoleId(server.db, name)) ?? assert.fail(name);
const namesOf = async ({ server }: Scene, user: Held) =>
  (await server.features.roles.store.grantsOf(server.db, user.id)).roles;

describe('escalation by a change of a role', () => {
  test('adding to one’s own role what one does not hold', () =>
    asMallory(['roles:write'], async (scene) => {
      const { server, call, token } = scene;
      const own = await idOf(scene, 'mallory');
      const answer = await patch(call, token, own, { permissions: ['roles:write', 'users:delete'] });
      assertProblem(answer, 403, 'permission-not-held');
      assert.deepEqual(
        answer.body.errors.map(({ pointer }: { pointer: string }) => pointer),
        ['/permissions/1'],
      );
      assert.deepEqual(await server.newEvents(), []);
    }));

  test('emptying, renaming or deleting a role that holds more than oneself', () =>
    asMallory(['roles:write', 'posts:publish'], async ({ server, call, token }) => {
      const id = await makeRole(server, 'manager', ['posts:publish', 'users:delete']);
      for (const change of [
        { permissions: [] },
        { permissions: ['users:delete'] },
        { permissions: ['posts:publish', 'users:delete', 'roles:write'] },
        { name: 'intern' },
        { description: 'Nothing to see here.' },
      ]) {
        assertProblem(await patch(call, token, id, change), 403, 'role-holds-more');
      }
      assertProblem(await call('DELETE', `/users/roles/${id}`, { token }), 403, 'role-holds-more');
      assert.deepEqual(await server.newEvents(), []);
    }));

  test('taking a permission, by way of a role that both have, from somebody who holds more', () =>
    asMallory(['roles:write', 'posts:publish'], async (scene) => {
      const { server, call, token } = scene;
      const chief = await signUp(call, bea);
      const shared = await giveRole(server, chief.id, 'publisher', ['posts:publish']);
      await giveRole(server, chief.id, 'chief', ['users:delete']);
      for (const attack of [
        () => patch(call, token, shared, { permissions: [] }),
        () => call('DELETE', `/users/roles/${shared}`, { token }),
      ]) {
        assertProblem(await attack(), 403, 'user-holds-more');
      }
      assert.deepEqual(await server.newEvents(), []);
      const held = await server.features.roles.store.grantsOf(server.db, chief.id);
      assert.deepEqual(held.permissions, ['posts:publish', 'users:delete']);

      // To give them something is no attack, and neither is to take what they keep by another role.
      assert.equal((await patch(call, token, shared, { permissions: ['posts:publish', 'roles:write'] })).status, 200);
      await giveRole(server, chief.id, 'second', ['posts:publish', 'roles:write']);
      assert.equal((await patch(call, token, shared, { version: 2, permissions: [] })).status, 200);
    }));

  test('an administrator loses nothing by it, so the role can be changed for the others', () =>
    asMallory(['roles:write', 'posts:publish'], async (scene) => {
      const { server, call, admin, token } = scene;
      const id = await makeRole(server, 'publisher', ['posts:publish']);
      assert.equal((await assign(call, admin, 1, [1, id])).status, 200);
      assert.equal((await patch(call, token, id, { permissions: [] })).status, 200);
      assert.equal((await call('GET', '/users/1/permissions/posts:publish', { token: admin })).body.allowed, true);
    }));

  test('changing what is built in: nobody does', () =>
    asMallory(['roles:write', 'roles:read'], async ({ server, call, admin, token }) => {
      for (const who of [admin, token]) {
        for (const change of [{ name: 'root' }, { permissions: [] }, { description: '' }]) {
          assertProblem(await patch(call, who, 1, change), 409, 'built-in-role');
        }
        assertProblem(await call('DELETE', '/users/roles/1', { token: who }), 409, 'built-in-role');
        const json = { permissions: [] };
        assertProblem(await call('POST', '/users/roles/1/preview', { token: who, json }), 409, 'built-in-role');
      }
      assert.deepEqual(await server.newEvents(), []);
    }));
});

describe('escalation by assignment', () => {
  test('giving oneself or a friend the role admin, or one that holds more', () =>
    asMallory(['roles:assign', 'posts:read'], async (scene) => {
      const { server, call, mallory, token } = scene;
      const friend = await signUp(call, bea);
      const small = await makeRole(server, 'small', ['posts:read']);
      const big = await makeRole(server, 'big', ['posts:read', 'posts:publish']);
      const own = await idOf(scene, 'mallory');
      await server.newEvents();
      for (const user of [mallory.id, friend.id]) {
        const answer = await assign(call, token, user, [own, small, big, 1]);
        assertProblem(answer, 403, 'permission-not-held');
        assert.deepEqual(
          answer.body.errors.map(({ pointer }: { pointer: string }) => pointer),
          ['/roles/2', '/roles/3'],
        );
      }
      assert.deepEqual(await server.newEvents(), []);
      const given = await assign(call, token, friend.id, [small]);
      assert.deepEqual([given.status, given.body.given, given.body.taken], [200, ['small'], []]);
    }));

  test('taking roles from, or giving them to, somebody who holds more', () =>
    asMallory(['roles:assign', 'posts:read'], async (scene) => {
      const { server, call, token } = scene;
      const chief = await signUp(call, bea);
      const small = await giveRole(server, chief.id, 'small', ['posts:read']);
      const big = await giveRole(server, chief.id, 'big', ['posts:publish']);
      const attempts: [number, number[]][] = [
        [chief.id, []],
        [chief.id, [big]],
        [chief.id, [small, big]],
        [1, []],
        [1, [1, small]],
      ];
      for (const [user, roles] of attempts) {
        assertProblem(await assign(call, token, user, roles), 403, 'user-holds-more');
      }
      assert.deepEqual([await server.newEvents(), await namesOf(scene, chief)], [[], ['big', 'small']]);
    }));

  test('with a permission that was taken away while the request was on its way', () =>
    asMallory(['roles:assign', 'roles:write', 'permissions:write'], async (scene) => {
      const { server, mallory } = scene;
      await server.features.roles.changeRole.unassign({ user: mallory.id, role: 'mallory' });
      await server.newEvents();
      const by = { userId: mallory.id };
      const { roles } = server.features;
      const id = await makeRole(server, 'empty', []);
      for (const attempt of [
        () => roles.createRole({ name: 'x', description: '', permissions: [], by }),
        () => roles.updateRole({ id, version: 1, name: 'x', by }),
        () => roles.deleteRole({ id, by }),
        () => roles.replaceUserRoles({ user: mallory.id, roles: [id], by }),
        () => roles.registerPermission({ name: 'a:b', description: '', by }),
        () => roles.removePermission({ name: 'a:b', force: false, by }),
      ]) {
        await assert.rejects(attempt(), refusedWith(insufficientPermission));
      }
      assert.deepEqual(await server.newEvents(), []);
    }));

  test('by somebody who was disabled or deleted while the request was on its way', () =>
    asMallory(['roles:assign', 'roles:write', 'permissions:write'], async ({ server, mallory }) => {
      const { roles, accounts } = server.features;
      const id = await makeRole(server, 'empty', []);
      const by = { userId: mallory.id };
      for (const end of [accounts.disabling.disable, accounts.delete]) {
        await end({ id: mallory.id, by: undefined });
        await server.newEvents();
        for (const attempt of [
          () => roles.createRole({ name: 'x', description: '', permissions: [], by }),
          () => roles.updateRole({ id, version: 1, name: 'x', by }),
          () => roles.deleteRole({ id, by }),
          () => roles.replaceUserRoles({ user: mallory.id, roles: [id], by }),
          () => roles.registerPermission({ name: 'a:b', description: '', by }),
        ]) {
          await assert.rejects(attempt(), refusedWith(invalidToken));
        }
        assert.deepEqual(await server.newEvents(), []);
      }
    }));

  test('with a credential that is limited to less than its user holds, also to oneself', () =>
    asMallory(['roles:assign', 'roles:write', 'posts:publish', 'users:delete'], async (scene) => {
      const { server, mallory } = scene;
      const { roles } = server.features;
      const by = { userId: mallory.id, limitedTo: new Set(['roles:assign', 'roles:write', 'posts:publish']) };
      const [own, small] = [await idOf(scene, 'mallory'), await makeRole(server, 'small', ['posts:publish'])];
      const big = await makeRole(server, 'big', ['users:delete']);
      await assert.rejects(
        () => roles.replaceUserRoles({ user: mallory.id, roles: [own, small], by }),
        refusedWith(userHoldsMore),
      );
      await assert.rejects(roles.updateRole({ id: big, version: 1, permissions: [], by }), refusedWith(roleHoldsMore));
      await assert.rejects(
        () => roles.updateRole({ id: small, version: 1, permissions: ['users:delete'], by }),
        refusedWith(permissionNotHeld),
      );
      await assert.rejects(roles.deleteRole({ id: own, by }), refusedWith(roleHoldsMore));
      await assert.rejects(
        () => roles.createRole({ name: 'x', description: '', permissions: ['users:delete'], by }),
        refusedWith(permissionNotHeld),
      );
      assert.deepEqual(await server.newEvents(), []);
    }));

  test('an administrator’s limited credential is no administrator’s', async () => {
    await using server = await startServer();
    await server.admin();
    const call = createClient(server.url);
    const held = await signUp(call, ada);
    const admin = await server.features.users.find(server.db, 1 as Held['id']);
    assert.ok(admin);
    const by = { userId: admin.id, limitedTo: new Set(['roles:assign', 'roles:read']) };
    const attempt = server.features.roles.replaceUserRoles({ user: held.id, roles: [1 as never], by });
    await assert.rejects(attempt, refusedWith(permissionNotHeld));
  });
});

describe('mass assignment', () => {
  const smuggled = [
    { id: 1 },
    { built_in: true },
    { builtIn: true },
    { grants_all: true },
    { grantsAll: 1 },
    { users: [1] },
  ];
  test('of fields that are none of the caller’s business: 422, and nothing happens', () =>
    asMallory(['roles:write', 'roles:assign', 'permissions:write', 'posts:publish'], async (scene) => {
      const { server, call, token, mallory } = scene;
      const id = await makeRole(server, 'plain', []);
      for (const extra of smuggled) {
        const [field = ''] = Object.keys(extra);
        const role = { name: 'x', permissions: [], ...extra };
        assertFaults(await call('POST', '/users/roles', { token, json: role }), `/${field}`);
        assertFaults(await patch(call, token, id, extra), `/${field}`);
        assertFaults(
          await call('PUT', `/users/${mallory.id}/roles`, { token, json: { roles: [], ...extra } }),
          `/${field}`,
        );
        assertFaults(await call('POST', '/permissions', { token, json: { name: 'a:b', ...extra } }), `/${field}`);
      }
      assert.deepEqual(await server.newEvents(), []);
    }));

  test('of wildcards, prototypes and nested lists among the permissions', () =>
    asMallory(['roles:write', 'posts:publish'], async ({ server, call, admin, token }) => {
      const id = await makeRole(server, 'plain', []);
      for (const wild of [
        '*',
        '*:*',
        'users:*',
        'admin',
        '__proto__',
        'constructor',
        'posts:publish ',
        'POSTS:PUBLISH',
      ]) {
        for (const who of [token, admin]) {
          assertFaults(await patch(call, who, id, { permissions: [wild] }), '/permissions/0');
          const json = { permissions: [wild] };
          const preview = await call('POST', `/users/roles/${id}/preview`, { token: admin, json });
          assertFaults(preview, '/permissions/0');
        }
      }
      for (const value of [[['posts:publish']], [null], [{ name: 'posts:publish' }], 'posts:publish', null]) {
        const { status } = await patch(call, token, id, { permissions: value });
        assert.equal(status, 422);
      }
      const raw = `{"version":1,"permissions":[],"__proto__":{"built_in":true}}`;
      const headers = { 'content-type': 'application/json' };
      const answer = await call('PATCH', `/users/roles/${id}`, { token, raw, headers });
      assertProblem(answer, 400, 'malformed-json');
      assert.deepEqual(await server.newEvents(), []);
    }));

  test('of roles that are no ids', () =>
    asMallory(['roles:assign'], async ({ server, call, mallory, token }) => {
      for (const role of ['admin', '1', 1.5, 0, -1, null, [1], { id: 1 }, 2 ** 53]) {
        assertFaults(await assign(call, token, mallory.id, [role]), '/roles/0');
      }
      assertFaults(await assign(call, token, mallory.id, [2, 2]), '/roles');
      assertFaults(
        await assign(
          call,
          token,
          mallory.id,
          Array.from({ length: 101 }, (_, at) => at + 1),
        ),
        '/roles',
      );
      assert.deepEqual(await server.newEvents(), []);
    }));
});

test('a role that looks like the administrator’s is not made', () =>
  asMallory(['roles:write'], async ({ server, call, token }) => {
    for (const name of ['аdmin', 'admіn', 'αdmin', 'ádmin', 'admın', 'adm1n', 'adrnin', 'ad\u200bmin']) {
      assertFaults(await call('POST', '/users/roles', { token, json: { name, permissions: [] } }), '/name');
    }
    for (const name of ['ADMIN', 'Ａｄｍｉｎ', '𝐚𝐝𝐦𝐢𝐧']) {
      const json = { name, permissions: [] };
      assertProblem(await call('POST', '/users/roles', { token, json }), 409, 'role-exists');
    }
    assert.deepEqual(await server.newEvents(), []);
  }));

describe('looking where it is none of one’s business (IDOR)', () => {
  const paths = (id: number) => [`/users/${id}/roles`, `/users/${id}/permissions/users:delete`];

  test('others: 403 in the same bytes, whether that id lives, is deleted, or never was; oneself: one’s own', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await server.admin();
    const held = await signUp(call);
    const gone = await signUp(call, bea);
    await giveRole(server, held.id, 'other', ['roles:write', 'roles:assign', 'users:delete']);
    await call('DELETE', `/users/${gone.id}`, { token: gone.accessToken });
    for (const place of [0, 1]) {
      const seen = new Set<string>();
      for (const id of [1, gone.id, 999]) {
        const answer = await call('GET', paths(id)[place] ?? '', { token: held.accessToken });
        assertProblem(answer, 403, 'insufficient-permission');
        assert.match(answer.headers.get('www-authenticate') ?? '', /scope="roles:read"/);
        seen.add(JSON.stringify({ ...answer.body, instance: '' }));
      }
      assert.equal(seen.size, 1);
      assert.equal((await call('GET', paths(held.id)[place] ?? '', { token: held.accessToken })).status, 200);
    }
  });

  test('a credential that is limited is not its user in person', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const by = { userId: held.id, limitedTo: new Set(['posts:publish']) };
    const { roles } = server.features;
    await assert.rejects(roles.read.ofUser({ user: held.id, by }), /not allowed/);
    await assert.rejects(roles.explainPermission({ user: held.id, permission: 'a:b', by }), /not allowed/);
  });
});
