/** POST /users/roles/{role_id}/preview: it says what the change then does, no more and no less. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { RoleId, UserId } from '../../src/kernel/ids.ts';
import { makeApiKey } from '../support/api-keys.ts';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { bea, giveRole, makeRole, signUp } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const none = { users: 0, permissions: [] };

describe('a preview', () => {
  test('tells who would gain or lose what, beside what other roles give them anyway; and changes nothing', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const other = await signUp(call, bea);
    const id = await giveRole(server, held.id, 'editor', ['posts:publish', 'posts:read']);
    await giveRole(server, held.id, 'reader', ['posts:read']);
    for (const user of [other.id, 1 as UserId]) await server.features.roles.changeRole.assign({ user, role: 'editor' });
    await makeRole(server, 'nobody', ['posts:publish']);
    const before = (await call('GET', `/users/roles/${id}`, { token })).body;
    await server.newEvents();

    const ask = async (permissions: string[]) =>
      (await call('POST', `/users/roles/${id}/preview`, { token, json: { permissions } })).body;
    assert.deepEqual(await ask(['users:delete']), {
      role: before,
      holders: 3,
      gains: { users: 2, permissions: [{ permission: 'users:delete', users: 2 }] },
      loses: {
        users: 2,
        permissions: [
          { permission: 'posts:publish', users: 2 },
          { permission: 'posts:read', users: 1 },
        ],
      },
      users: [
        { id: held.id, username: 'ada', gains: ['users:delete'], loses: ['posts:publish'] },
        { id: other.id, username: 'bea', gains: ['users:delete'], loses: ['posts:publish', 'posts:read'] },
      ],
      complete: true,
    });
    const same = await ask(['posts:read', 'posts:publish']);
    assert.deepEqual([same.gains, same.loses, same.users], [none, none, []]);
    const less = await ask(['posts:publish']);
    assert.deepEqual(less.loses, { users: 1, permissions: [{ permission: 'posts:read', users: 1 }] });
    assert.deepEqual(await server.newEvents(), []);
    assert.deepEqual((await call('GET', `/users/roles/${id}`, { token })).body, before);
  });

  test('counts disabled holders, who come back, and no deleted ones', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const gone = await signUp(call, bea);
    const id = await giveRole(server, held.id, 'editor', ['posts:publish']);
    await server.features.roles.changeRole.assign({ user: gone.id, role: 'editor' });
    await call('POST', `/users/${held.id}/disable`, { token });
    await call('DELETE', `/users/${gone.id}`, { token });
    const { body } = await call('POST', `/users/roles/${id}/preview`, { token, json: { permissions: [] } });
    assert.deepEqual([body.holders, body.loses.users, body.users.length], [1, 1, 1]);
  });

  test('of thousands of holders counts all and names a hundred', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const id = await makeRole(server, 'member', ['posts:read', 'posts:publish']);
    const reader = await makeRole(server, 'reader', ['posts:read']);
    await addHolders(server, 5_000, (user) => (user % 4 === 0 ? [id, reader] : [id]));
    const { body } = await call('POST', `/users/roles/${id}/preview`, {
      token,
      json: { permissions: ['users:delete'] },
    });
    assert.deepEqual([body.holders, body.complete, body.users.length], [5_000, true, 100]);
    assert.deepEqual(body.gains, { users: 5_000, permissions: [{ permission: 'users:delete', users: 5_000 }] });
    const lost = [
      { permission: 'posts:publish', users: 5_000 },
      { permission: 'posts:read', users: 3_750 },
    ];
    assert.deepEqual(body.loses, { users: 5_000, permissions: lost });
    const ids = body.users.map((user: { id: number }) => user.id);
    assert.deepEqual(
      ids,
      Array.from({ length: 100 }, (_, place) => place + 1_000),
    );
  });
});

test('an attack by whoever may see roles and not users: they learn ids and numbers, and nobody’s name', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  const held = await signUp(call);
  const id = await giveRole(server, held.id, 'auditor', ['roles:read']);
  const preview = async (token: string) =>
    (await call('POST', `/users/roles/${id}/preview`, { token, json: { permissions: [] } })).body;
  const effect = { id: held.id, gains: [], loses: ['roles:read'] };
  assert.deepEqual((await preview(held.accessToken)).users, [effect]);
  assert.deepEqual((await preview(admin)).users, [{ ...effect, username: 'ada' }]);
  await giveRole(server, held.id, 'reader', ['users:read']);
  assert.deepEqual((await preview(held.accessToken)).users, [{ ...effect, username: 'ada' }]);
  const { key } = await makeApiKey(call, admin, ['roles:read']);
  assert.deepEqual((await preview(key)).users, [effect], 'nor does a key of somebody who may');
});

test('of a role that too many have to look at each, only an administrator takes something; giving is free', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  const held = await signUp(call);
  await giveRole(server, held.id, 'delegate', ['roles:write', 'posts:read', 'posts:publish']);
  const id = await makeRole(server, 'member', ['posts:read']);
  await addHolders(server, 20_500, () => [id]);
  const patch = (token: string, version: number, permissions: string[]) =>
    call('PATCH', `/users/roles/${id}`, { token, json: { version, permissions } });
  assertProblem(await patch(held.accessToken, 1, []), 403, 'user-holds-more');
  assertProblem(await call('DELETE', `/users/roles/${id}`, { token: held.accessToken }), 403, 'user-holds-more');
  assert.deepEqual(await server.newEvents(), []);
  assert.equal((await patch(held.accessToken, 1, ['posts:read', 'posts:publish'])).status, 200);
  assert.equal((await patch(admin, 2, [])).status, 200);
});

/** Users from id 1,000 on, behind the server's back. */
async function addHolders(server: TestServer, count: number, rolesOf: (user: number) => RoleId[]): Promise<void> {
  for (let from = 0; from < count; from += 500) {
    const ids = Array.from({ length: 500 }, (_, place) => 1_000 + from + place);
    const users = ids.map((id) => ({ id, username: `u${id}`, email: `u${id}`, created_at: 1 }));
    await behind(server.db, (db) => db.insertInto('users').values(users));
    const held = ids.flatMap((user_id) => rolesOf(user_id).map((role_id) => ({ user_id, role_id, assigned_at: 1 })));
    await behind(server.db, (db) => db.insertInto('user_roles').values(held));
  }
}

test('whatever roles there are and whoever has which: what the preview says is what the change does', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  const permissions = ['a:a', 'b:b', 'c:c', 'd:d'];
  const people = [await signUp(call), await signUp(call, bea)];
  const roles: RoleId[] = [];
  for (const name of ['r0', 'r1', 'r2']) roles.push(await makeRole(server, name, name === 'r0' ? permissions : []));
  const grantsOf = async () => {
    const held = new Map<number, string[]>();
    for (const { id } of people)
      held.set(id, [...(await server.features.roles.store.grantsOf(server.db, id)).permissions]);
    return held;
  };
  const put = async (id: number, wanted: readonly string[]) => {
    const { version } = (await call('GET', `/users/roles/${id}`, { token })).body;
    const json = { version, permissions: wanted };
    assert.equal((await call('PATCH', `/users/roles/${id}`, { token, json })).status, 200);
  };
  const someOf = <T>(all: readonly T[]) => fc.subarray([...all]);
  const world = fc.record({
    held: fc.tuple(someOf(permissions), someOf(permissions), someOf(permissions)),
    had: fc.tuple(someOf([1, ...roles]), someOf(roles)),
    change: someOf(permissions),
    target: fc.constantFrom(...roles),
  });
  const property = fc.asyncProperty(world, async ({ held, had, change, target }) => {
    for (const [place, id] of roles.entries()) await put(id, held[place] ?? []);
    for (const [place, { id }] of people.entries()) {
      const json = { roles: had[place] };
      assert.equal((await call('PUT', `/users/${id}/roles`, { token, json })).status, 200);
    }
    const before = await grantsOf();
    const { body } = await call('POST', `/users/roles/${target}/preview`, { token, json: { permissions: change } });
    await put(target, change);
    const after = await grantsOf();
    const expected = people.flatMap(({ id }) => {
      const [had = [], has = []] = [before.get(id), after.get(id)];
      const gains = has.filter((it) => !had.includes(it));
      const loses = had.filter((it) => !has.includes(it));
      return gains.length + loses.length > 0 ? [[id, gains, loses]] : [];
    });
    const told = body.users.map((it: { id: number; gains: string[]; loses: string[] }) => [it.id, it.gains, it.loses]);
    assert.deepEqual(told, expected);
    assert.equal(body.gains.users, expected.filter(([, gains]) => (gains as string[]).length > 0).length);
    assert.equal(body.loses.users, expected.filter(([, , loses]) => (loses as string[]).length > 0).length);
  });
  await fc.assert(property, { numRuns: 25 });
});
