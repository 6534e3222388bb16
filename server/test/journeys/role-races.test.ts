/** Roles at the same moment: no interleaving leaves more power with somebody, or less with everybody, than one after the other would. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RoleId, UserId } from '../../src/kernel/ids.ts';
import { type Answer, type Call, createClient } from '../support/client.ts';
import { type Account, giveRole, type Held, makeRole, signUp } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';

const account = (name: string): Account => ({
  username: name,
  email: `${name}@example.com`,
  password: 'kestrel over the amber hill',
});

const adminRole = 1 as RoleId;
const adminsOf = ({ db, clock, features }: TestServer) =>
  db.transact((tx) => features.roles.store.lockAdmins(tx, clock.now()));

describe('the last administrator stays, of two who are removed at once', () => {
  type Removal = (server: TestServer, call: Call, victim: Held, other: Held) => Promise<unknown>;
  const ok = (answer: Answer) => {
    if (answer.status !== 200) throw new Error(answer.body.code);
  };
  /** Ways to be an administrator no more. */
  const removals: Readonly<Record<string, Removal>> = {
    'demoted by the other': async (_, call, victim, other) =>
      ok(await call('PUT', `/users/${victim.id}/roles`, { token: other.accessToken, json: { roles: [] } })),
    'deleted by the other': async (_, call, victim, other) =>
      ok(await call('DELETE', `/users/${victim.id}`, { token: other.accessToken })),
    'disabled by the other': async (_, call, victim, other) =>
      ok(await call('POST', `/users/${victim.id}/disable`, { token: other.accessToken })),
    'demoted by themselves': async (_, call, victim) =>
      ok(await call('PUT', `/users/${victim.id}/roles`, { token: victim.accessToken, json: { roles: [] } })),
    'deleted by themselves': async (_, call, victim) =>
      ok(await call('DELETE', `/users/${victim.id}`, { token: victim.accessToken })),
    'demoted by the operator': (server, _, victim) =>
      server.features.roles.changeRole.unassign({ user: victim.id, role: 'admin' }),
  };
  const ways = Object.entries(removals);

  test('in every pair of ways', async (t) => {
    await using server = await startServer({ env: { RATE_LIMITS: 'off' } });
    const call = createClient(server.url);
    let made = 0;
    const recruit = async (): Promise<Held> => {
      made += 1;
      const held = await signUp(call, account(`admin${made}`));
      await server.features.roles.changeRole.assign({ user: held.id, role: 'admin' });
      return held;
    };
    let [one, two] = [await recruit(), await recruit()];
    for (const [place, [first, removeFirst]] of ways.entries()) {
      for (const [second, removeSecond] of ways.slice(place)) {
        await t.test(`one ${first}, one ${second}`, async () => {
          const outcomes = await Promise.allSettled([
            removeFirst(server, call, one, two),
            removeSecond(server, call, two, one),
          ]);
          const admins = await adminsOf(server);
          assert.equal(admins.length, 1, outcomes.map(({ status }) => status).join());
          assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
          [one, two] = [admins[0] === one.id ? one : two, await recruit()];
        });
      }
    }
  });

  test('also when many leave at once', async () => {
    await using server = await startServer({ env: { RATE_LIMITS: 'off' } });
    const call = createClient(server.url);
    const admins: Held[] = [];
    for (let place = 0; place < 6; place += 1) {
      const held = await signUp(call, account(`admin${place}`));
      await server.features.roles.changeRole.assign({ user: held.id, role: 'admin' });
      admins.push(held);
    }
    const answers = await Promise.all(
      admins.map((held, place) =>
        place % 2 === 0
          ? call('DELETE', `/users/${held.id}`, { token: held.accessToken })
          : call('PUT', `/users/${held.id}/roles`, { token: held.accessToken, json: { roles: [] } }),
      ),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, 5);
    assert.equal(answers.filter(({ body }) => body.code === 'last-admin').length, 1);
    assert.equal((await adminsOf(server)).length, 1);
  });
});

describe('escalation by a race', () => {
  /** A delegate who may assign, an administrator, and a role that the delegate covers. */
  async function scene() {
    const server = await startServer({ env: { RATE_LIMITS: 'off' } });
    const call = createClient(server.url);
    const admin = await server.admin();
    const delegate = await signUp(call, account('delegate'));
    const friend = await signUp(call, account('friend'));
    await giveRole(server, delegate.id, 'delegate', ['roles:assign', 'roles:write', 'posts:read']);
    return { server, call, admin, delegate, friend, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  }
  const rounds = 12;

  test('a role is assigned while it grows: either it was assigned before, or the assignment is refused', async () => {
    await using it = await scene();
    const { server, call, admin, delegate, friend } = it;
    for (let round = 0; round < rounds; round += 1) {
      const id = await makeRole(server, `role ${round}`, ['posts:read']);
      const [given, grown] = await Promise.all([
        call('PUT', `/users/${friend.id}/roles`, { token: delegate.accessToken, json: { roles: [id] } }),
        call('PATCH', `/users/roles/${id}`, {
          token: admin,
          json: { version: 1, permissions: ['posts:read', 'users:delete'] },
        }),
      ]);
      assert.equal(grown.status, 200);
      const events = (await server.newEvents()).map(({ event }) => event).filter((it) => it !== 'role.unassigned');
      const expected = given.status === 200 ? ['role.assigned', 'role.changed'] : ['role.changed'];
      assert.deepEqual(events, expected, `the answer was ${given.status}`);
      if (given.status !== 200) assert.ok(['permission-not-held', 'user-holds-more'].includes(given.body.code));
      await server.features.roles.changeRole.unassign({ user: friend.id, role: `role ${round}` });
      await server.newEvents();
    }
  });

  test('two change a role at once: what each could not have given is in it only if an administrator put it there', async () => {
    await using it = await scene();
    const { server, call, admin, delegate } = it;
    for (let round = 0; round < rounds; round += 1) {
      const id = await makeRole(server, `role ${round}`, []);
      const change = (token: string, permissions: string[]) =>
        call('PATCH', `/users/roles/${id}`, { token, json: { version: 1, permissions } });
      const answers = await Promise.all([
        change(delegate.accessToken, ['posts:read']),
        change(admin, ['users:delete']),
      ]);
      const statuses = answers.map(({ status }) => status);
      // Where the administrator was first, the delegate must not even be told the version of a role that holds more.
      assert.ok(
        [
          [200, 409],
          [403, 200],
        ].some((it) => it.join() === statuses.join()),
        statuses.join(),
      );
      const { permissions } = (await call('GET', `/users/roles/${id}`, { token: admin })).body;
      assert.deepEqual(permissions, statuses[0] === 200 ? ['posts:read'] : ['users:delete']);
    }
  });

  test('a role is made, or grows, out of a permission that is removed meanwhile: no fault, and nothing of it remains', async () => {
    await using it = await scene();
    const { server, call, admin } = it;
    const role = await makeRole(server, 'grows', []);
    for (let round = 0; round < rounds; round += 1) {
      await call('POST', '/permissions', { token: admin, json: { name: 'passing:by' } });
      const { version } = (await call('GET', `/users/roles/${role}`, { token: admin })).body;
      const permissions = ['passing:by'];
      const answers = await Promise.all([
        call('DELETE', '/permissions/passing:by?force=true', { token: admin }),
        call('POST', '/users/roles', { token: admin, json: { name: `made ${round}`, permissions } }),
        call('PATCH', `/users/roles/${role}`, { token: admin, json: { version, permissions } }),
      ]);
      const [removed, made, grown] = answers.map(({ status }) => status);
      assert.equal(removed, 200);
      assert.ok(made === 201 || made === 422);
      assert.ok(grown === 200 || grown === 422);
      assert.deepEqual(await server.features.roles.store.rolesWith(server.db, 'passing:by'), []);
    }
    assert.equal(
      server.log.some((line) => /"level":[56]0/.test(line)),
      false,
      'no fault of ours',
    );
  });

  test('a role is assigned while it is deleted: nobody ends with a role that is not there', async () => {
    await using it = await scene();
    const { server, call, admin, friend } = it;
    for (let round = 0; round < rounds; round += 1) {
      const id = await makeRole(server, 'short-lived', ['posts:read']);
      const [given, gone] = await Promise.all([
        call('PUT', `/users/${friend.id}/roles`, { token: admin, json: { roles: [id] } }),
        call('DELETE', `/users/roles/${id}`, { token: admin }),
      ]);
      assert.equal(gone.status, 200);
      assert.ok([200, 422].includes(given.status), String(given.status));
      const grants = await server.features.roles.store.grantsOf(server.db, friend.id);
      assert.deepEqual(grants, { roles: [], permissions: [] });
    }
  });

  test('two replace the roles of a user at once: what is left is what one of them said', async () => {
    await using it = await scene();
    const { server, call, admin, friend } = it;
    const ids: RoleId[] = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push(await makeRole(server, name, []));
    const sets = [ids.slice(0, 2), ids.slice(2), [], ids];
    for (let round = 0; round < rounds; round += 1) {
      const put = (roles: readonly RoleId[]) =>
        call('PUT', `/users/${friend.id}/roles`, { token: admin, json: { roles } });
      const answers = await Promise.all(sets.map(put));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      const { body } = await call('GET', `/users/${friend.id}/roles`, { token: admin });
      const left = body.roles.map((role: { id: number }) => role.id);
      assert.ok(
        sets.some((set) => set.join() === left.join()),
        left.join(),
      );
      await agreesWithRecord(
        server,
        friend.id,
        body.roles.map((role: { name: string }) => role.name),
      );
    }
  });

  /** What the record says was given and not taken again is what they have. */
  async function agreesWithRecord(server: TestServer, user: UserId, names: string[]) {
    const held = new Set<string>();
    for (let after = 0; ; ) {
      const events = await server.features.audit.list(server.db, after);
      if (events.length === 0) break;
      for (const { event, subject, object = '' } of events.filter((it) => it.subject === user)) {
        if (event === 'role.assigned') assert.ok(!held.has(object) && held.add(object), `given twice to ${subject}`);
        if (event === 'role.unassigned') assert.ok(held.delete(object), `taken twice from ${subject}`);
      }
      after = events.at(-1)?.id ?? 0;
    }
    assert.deepEqual([...held].sort(), names.toSorted());
  }
});

test('the administrator’s role is given to somebody while the last one leaves: there is always one', async () => {
  await using server = await startServer({ env: { RATE_LIMITS: 'off' } });
  const call = createClient(server.url);
  let admin = await signUp(call, account('first'));
  await server.features.roles.changeRole.assign({ user: admin.id, role: 'admin' });
  for (let round = 0; round < 6; round += 1) {
    const next = await signUp(call, account(`next${round}`));
    const [given, left] = await Promise.all([
      call('PUT', `/users/${next.id}/roles`, { token: admin.accessToken, json: { roles: [adminRole] } }),
      call('DELETE', `/users/${admin.id}`, { token: admin.accessToken }),
    ]);
    const admins = await adminsOf(server);
    assert.ok(admins.length >= 1, `${given.status} ${left.status}`);
    assert.equal(left.status === 200, !admins.includes(admin.id));
    if (left.status === 200) admin = next;
    else if (given.status === 200) await call('DELETE', `/users/${next.id}`, { token: next.accessToken });
  }
});
