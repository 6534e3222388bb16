/** POST /users, PATCH /users/{user_id}, POST /users/{user_id}/restore; disabling for a time. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asUserId } from '../../src/kernel/ids.ts';
import { createClient } from '../support/client.ts';
import { ada, bea, giveRole, lives, logIn, sessionOf, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const cyd = { username: 'cyd', email: 'cyd@example.com', password: 'nine grey herons waiting' };

describe('an administrator makes a user', () => {
  test('with a password, who then logs in', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    await server.newEvents();
    const answer = await call('POST', '/users', { token, json: ada });
    const data = { id: 2, username: 'ada', email: 'ada@example.com' };
    assert.deepEqual([answer.status, answer.body], [201, { message: 'User created successfully.', data }]);
    assert.equal(answer.cookie, undefined, 'nobody is signed in by it');
    const event = { event: 'user.created', outcome: 'success', actor: 1, subject: 2, ip: '127.0.0.1' };
    const session = sessionOf(token);
    assert.deepEqual(await server.newEvents(), [{ ...event, session, reason: 'administrator' }]);
    assert.equal((await logIn(call)).id, 2);
  });

  test('without one, whom nobody logs in as, with the answer of an unknown name', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const { username, email } = ada;
    assert.equal((await call('POST', '/users', { token, json: { username, email } })).status, 201);
    const { calls } = server.hasher;
    for (const password of [ada.password, 'undefined', 'null', ' ']) {
      const before = calls.verify;
      assertProblem(await call('POST', '/login', { json: { email, password } }), 401, 'invalid-credentials');
      assert.ok(calls.verify > before, 'the same work');
    }
    await server.features.accounts.setPassword({ id: asUserId(2), password: ada.password });
    assert.equal((await logIn(call)).id, 2);
  });

  test('whose names are taken or bad, or whose password is weak: refused, and nobody is made', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    await signUp(call);
    await server.newEvents();
    const post = (json: unknown) => call('POST', '/users', { token, json });
    assertProblem(await post({ ...bea, email: 'ADA@example.com' }), 409, 'email-taken');
    assertProblem(await post({ ...bea, username: 'ＡDA' }), 409, 'username-taken');
    assertFaults(await post({ ...bea, password: 'bea' }), '/password');
    assertFaults(await post({ username: 'a@b', email: 'nowhere' }), '/username', '/email');
    assertFaults(await post({ username: 'bea' }), '/email');
    assert.deepEqual(await server.newEvents(), []);
  });

  test('an attack by mass assignment: nothing but names and password is taken', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const extras = [
      'id',
      'role',
      'roles',
      'admin',
      'permissions',
      'status',
      'disabled_at',
      'created_at',
      'password_hash',
      'hash',
    ];
    await signUp(call, bea);
    await server.newEvents();
    for (const extra of extras) {
      assertFaults(await call('POST', '/users', { token, json: { ...ada, [extra]: 1 } }), `/${extra}`);
      assertFaults(await call('PATCH', '/users/2', { token, json: { username: 'x', [extra]: 1 } }), `/${extra}`);
    }
    assertFaults(await call('PATCH', '/users/2', { token, json: { password: cyd.password } }), '/password');
    assert.deepEqual(await server.newEvents(), []);
  });
});

describe('an administrator renames a user', () => {
  test('who goes on under the new names, and no more under the old', async () => {
    await using server = await startServer({ env: { DEV_MAILBOX: 'off' } });
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    await server.newEvents();
    const json = { username: 'countess', email: 'Countess@Example.org' };
    const answer = await call('PATCH', `/users/${held.id}`, { token, json });
    assert.deepEqual([answer.status, answer.body], [200, { message: 'User updated successfully.' }]);
    const event = { event: 'user.renamed', outcome: 'success', actor: 1, subject: held.id, ip: '127.0.0.1' };
    assert.deepEqual(
      await server.newEvents(),
      [{ ...event, session: sessionOf(token), object: 'email username' }],
      'which names, not what they are',
    );
    const { body } = await call('GET', '/user', { token: held.accessToken });
    assert.deepEqual([body.username, body.email], ['countess', 'Countess@Example.org']);
    const { email, password } = ada;
    assertProblem(await call('POST', '/login', { json: { email, password } }), 401, 'invalid-credentials');
    assert.equal((await logIn(call, { ...ada, email: 'countess@example.org' })).id, held.id);
    assert.notEqual((await signUp(call)).id, held.id, 'the old names are free');
    assertProblem(
      await call('PATCH', `/users/${held.id}`, { token, json: { email: 'ADA@example.com' } }),
      409,
      'email-taken',
    );
    assertProblem(
      await call('PATCH', `/users/${held.id}`, { token, json: { username: 'Ada' } }),
      409,
      'username-taken',
    );
  });

  test('to the same names, or to none: nothing happens', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    await server.newEvents();
    for (const json of [{}, { username: 'ada' }, { username: 'ada', email: 'ada@example.com' }]) {
      assert.equal((await call('PATCH', `/users/${held.id}`, { token, json })).status, 200);
    }
    assert.deepEqual(await server.newEvents(), []);
    assertFaults(await call('PATCH', `/users/${held.id}`, { token, json: { username: '@' } }), '/username');
    assertProblem(await call('PATCH', '/users/99', { token, json: { username: 'x' } }), 404, 'user-not-found');
    await call('DELETE', `/users/${held.id}`, { token });
    assertProblem(await call('PATCH', `/users/${held.id}`, { token, json: { username: 'x' } }), 404, 'user-not-found');
  });
});

describe('a deleted user comes back', () => {
  test('with id, password and roles; the sessions stay dead', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    await giveRole(server, held.id, 'editor', ['posts:publish']);
    await call('DELETE', `/users/${held.id}`, { token: held.accessToken });
    await server.newEvents();
    const answer = await call('POST', `/users/${held.id}/restore`, { token });
    assert.deepEqual([answer.status, answer.body], [200, { message: 'User restored successfully.' }]);
    const event = { event: 'user.restored', outcome: 'success', actor: 1, subject: held.id, ip: '127.0.0.1' };
    assert.deepEqual(await server.newEvents(), [{ ...event, session: sessionOf(token) }]);
    assert.equal(await lives(call, held), false);
    assert.equal((await logIn(call)).id, held.id);
    assert.deepEqual((await server.features.roles.store.grantsOf(server.db, held.id)).roles, ['editor']);
    for (const id of [held.id, 99]) {
      assertProblem(await call('POST', `/users/${id}/restore`, { token }), 404, 'user-not-found');
    }
  });

  test('an attack by squatting the names, before and at the same time: never two users of one name', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    await call('DELETE', `/users/${held.id}`, { token: held.accessToken });
    const squatter = await signUp(call, { ...ada, email: 'squatter@example.com' });
    assertProblem(await call('POST', `/users/${held.id}/restore`, { token }), 409, 'username-taken');
    await call('DELETE', `/users/${squatter.id}`, { token });
    const [back, ...others] = await Promise.all([
      call('POST', `/users/${held.id}/restore`, { token }),
      ...Array.from({ length: 4 }, () => call('POST', '/signup', { json: ada })),
      call('PATCH', '/users/1', { token, json: { username: 'ADA' } }),
    ]);
    const winners = [back, ...others].filter(({ status }) => status < 300);
    assert.equal(winners.length, 1);
    const found = await call('GET', '/users?username=ada', { token });
    assert.equal(found.body.users.length, 1);
  });
});

describe('who may not', () => {
  const acts = [
    ['POST', '', 'users:write', cyd],
    ['PATCH', '/:id', 'users:write', { username: 'mallory' }],
    ['POST', '/:id/restore', 'users:delete', undefined],
    ['POST', '/:id/purge', 'users:purge', undefined],
    ['POST', '/:id/disable', 'users:disable', { reason: 'x' }],
  ] as const;

  test('without the permission: 403 in the same bytes, whether that id lives, is deleted, or never was', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await server.admin();
    const held = await signUp(call);
    const gone = await signUp(call, bea);
    await call('DELETE', `/users/${gone.id}`, { token: gone.accessToken });
    const all = acts.map(([, , permission]) => permission);
    for (const [method, path, permission, json] of acts) {
      const others = [...new Set(all)].filter((it) => it !== permission);
      await giveRole(server, held.id, `${method} /users${path}`, ['users:read', ...others]);
      const seen = new Set<string>();
      for (const id of [1, held.id, gone.id, 999]) {
        const answer = await call(method, `/users${path.replace(':id', String(id))}`, {
          token: held.accessToken,
          json,
        });
        assertProblem(answer, 403, 'insufficient-permission');
        assert.match(answer.headers.get('www-authenticate') ?? '', new RegExp(`scope="${permission}"`));
        seen.add(JSON.stringify({ ...answer.body, instance: '' }));
      }
      assert.equal(seen.size, 1);
      for (const role of (await server.features.roles.store.grantsOf(server.db, held.id)).roles) {
        await server.features.roles.changeRole.unassign({ user: held.id, role });
      }
      await server.newEvents();
    }
    assert.equal((await call('GET', '/user', { token: held.accessToken })).body.username, 'ada');
  });

  test('an attack on whoever stands above: support neither renames, disables, restores nor purges who holds more', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const admin = await server.admin();
    const support = await signUp(call);
    const [second, gone] = [await signUp(call, bea), await signUp(call, cyd)];
    const permissions = ['users:write', 'users:delete', 'users:disable', 'users:purge'];
    await giveRole(server, support.id, 'support', permissions);
    await giveRole(server, second.id, 'editor', ['posts:publish']);
    await server.features.roles.changeRole.assign({ user: gone.id, role: 'admin' });
    await call('DELETE', `/users/${gone.id}`, { token: admin });
    await server.newEvents();
    const { accessToken: token } = support;
    const refused = async (method: string, path: string, json?: object) =>
      assertProblem(await call(method, path, { token, json }), 403, 'user-holds-more');
    for (const id of [1, second.id]) {
      await refused('PATCH', `/users/${id}`, { email: 'mallory@example.com' });
    }
    await refused('POST', `/users/${second.id}/disable`, { until: '2099-01-01T00:00:00Z' });
    await refused('POST', `/users/${gone.id}/restore`);
    await refused('POST', `/users/${gone.id}/purge`);
    assert.deepEqual(await server.newEvents(), []);
    assert.equal(await lives(call, second), true);
    assert.equal((await call('GET', `/users/${gone.id}`, { token: admin })).body.username, 'cyd');
    const own = await call('PATCH', `/users/${support.id}`, { token, json: { username: 'helper' } });
    assertProblem(own, 403, 'own-names');
    assert.deepEqual(
      await server.newEvents(),
      [],
      'one’s own names want the current password, also of who may set those of others',
    );
  });
});

describe('disabled for a time', () => {
  const minute = 60_000;

  test('is over in its very millisecond, by itself: for the login, for a list, and for every node', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    await server.newEvents();
    const until = new Date(server.clock.now() + minute).toISOString();
    const json = { reason: 'Spam, twice', until };
    assert.equal((await call('POST', `/users/${held.id}/disable`, { token, json })).status, 200);
    const [event] = await server.newEvents();
    assert.deepEqual([event?.event, event?.object, event?.reason], ['user.disabled', `until ${until}`, undefined]);
    const { body } = await call('GET', `/users/${held.id}`, { token });
    assert.deepEqual([body.status, body.disabled_until, body.disabled_reason], ['disabled', until, 'Spam, twice']);

    const { email, password } = ada;
    const attempt = async () => (await call('POST', '/login', { json: { email, password } })).status;
    server.clock.advance(minute - 1);
    assert.equal(await attempt(), 401);
    server.clock.advance(1);
    assert.equal(await attempt(), 200);
    assert.equal(await lives(call, held), false, 'what was ended stays ended');
    const after = (await call('GET', `/users/${held.id}`, { token })).body;
    assert.deepEqual([after.status, after.disabled_reason, after.disabled_at], ['active', undefined, undefined]);
    assert.equal((await call('POST', `/users/${held.id}/enable`, { token })).status, 200);
    assert.equal(
      (await server.newEvents()).some((it) => it.event === 'user.enabled'),
      false,
      'there was nothing to undo',
    );
  });

  test('of another kind: a later order gives another end, or none', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const disable = (json?: object) => call('POST', `/users/${held.id}/disable`, { token, json });
    await disable({ until: new Date(server.clock.now() + minute).toISOString() });
    await disable();
    server.clock.advance(2 * minute);
    const { email, password } = ada;
    assertProblem(await call('POST', '/login', { json: { email, password } }), 401, 'invalid-credentials');
    for (const until of [new Date(server.clock.now()).toISOString(), '2020-01-01T00:00:00+02:00']) {
      assertFaults(await disable({ until }), '/until');
    }
    const bad = ['tomorrow', '2099-01-01', '2099-13-01T00:00:00Z', '2099-01-01T00:00:00', 1_900_000_000, null, ''];
    for (const until of bad) assertFaults(await disable({ until }), '/until');
    for (const reason of ['', 'x'.repeat(501), 'a\u0000b', 7]) assertFaults(await disable({ reason }), '/reason');
  });

  test('its reason is nowhere but where administrators look', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const until = new Date(server.clock.now() + minute).toISOString();
    await call('POST', `/users/${held.id}/disable`, { token, json: { reason: 'XYZZY', until } });
    const { email, password } = ada;
    const answers = [await call('POST', '/login', { json: { email, password } })];
    server.clock.advance(minute);
    const back = await logIn(call);
    for (const path of ['/user', '/user/export', '/sessions']) {
      answers.push(await call('GET', path, { token: back.accessToken }));
    }
    assert.doesNotMatch(JSON.stringify(answers), /XYZZY/);
    assert.doesNotMatch(server.log.join(), /XYZZY/);
    assert.doesNotMatch(JSON.stringify(await server.features.audit.list(server.db, 0)), /XYZZY/);
  });

  test('an administrator is none meanwhile: of two who disable each other, for a minute, one stays', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const first = await server.admin();
    const second = await signUp(call);
    await server.features.roles.changeRole.assign({ user: second.id, role: 'admin' });
    const json = { until: new Date(server.clock.now() + minute).toISOString() };
    const answers = await Promise.all([
      call('POST', `/users/${second.id}/disable`, { token: first, json }),
      call('POST', '/users/1/disable', { token: second.accessToken, json }),
    ]);
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    const admins = () => server.db.transact((tx) => server.features.roles.store.lockAdmins(tx, server.clock.now()));
    const [left] = await admins();
    assert.equal((await admins()).length, 1);
    const token = left === second.id ? second.accessToken : first;
    assertProblem(await call('POST', `/users/${left}/disable`, { token, json }), 409, 'last-admin');
    assertProblem(await call('DELETE', `/users/${left}`, { token }), 409, 'last-admin');
    server.clock.advance(minute);
    assert.equal((await admins()).length, 2, 'from that instant on both are administrators again');
    assert.equal((await call('DELETE', `/users/${left}`, { token })).status, 200);
  });

  test('an attack with a token that was kept: it stays dead when its user is let in again', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const held = await signUp(call);
    const json = { until: new Date(server.clock.now() + 1_000).toISOString() };
    await call('POST', `/users/${held.id}/disable`, { token, json });
    server.clock.advance(1_000);
    assert.equal(await lives(call, held), false);
    const refreshed = await call('POST', '/refresh-access-token', { json: { refresh_token: held.refreshToken } });
    assertProblem(refreshed, 401, 'invalid-refresh-token');
  });
});
