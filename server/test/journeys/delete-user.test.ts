/**
 * DELETE /users/{user_id}, row by row of the contract:
 * 200 → "one's own account", "with the permission"; 401 → "without an access token"; 403 → "without the permission";
 * 404 → "only who holds the permission"; 409 → "the last administrator", "two administrators"; 422 → "an id that is none".
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClient } from '../support/client.ts';
import { ada, bea, giveRole, type Held, lives, logIn, sessionOf, signUp } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const done = { message: 'User deleted successfully.' };
/** @param by the access token with which it was done */
const deletion = (actor: number, by: string, subject: number, ...ended: readonly Held[]) => {
  const event = { outcome: 'success', actor, subject, ip: '127.0.0.1' };
  const ids = ended.map(({ sessionId }) => sessionId).sort();
  const object = (session: string) => (session === sessionOf(by) ? {} : { object: `by:${sessionOf(by)}` });
  return [
    { event: 'user.deleted', ...event, session: sessionOf(by) },
    ...ids.map((session) => ({
      event: 'session.ended',
      ...event,
      session,
      reason: 'user-deleted',
      ...object(session),
    })),
  ];
};

test("one's own account: gone for every endpoint at once, with all its sessions and tokens", async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  const elsewhere = await logIn(call);
  const neighbour = await signUp(call, bea);
  await server.newEvents();

  const answer = await call('DELETE', `/users/${held.id}`, { token: held.accessToken });
  assert.deepEqual([answer.status, answer.body, answer.cookie], [200, done, undefined]);
  assert.deepEqual(await server.newEvents(), deletion(1, held.accessToken, 1, held, elsewhere));

  for (const { accessToken, refreshToken } of [held, elsewhere]) {
    assertProblem(await call('GET', '/user', { token: accessToken }), 401, 'invalid-token');
    assertProblem(await call('DELETE', '/users/1', { token: accessToken }), 401, 'invalid-token');
    assertProblem(await call('GET', '/refresh-access-token', { cookie: refreshToken }), 401, 'invalid-refresh-token');
    assertProblem(await call('POST', '/logout', { token: accessToken }), 401, 'not-logged-in');
  }
  const { email, password } = ada;
  assertProblem(await call('POST', '/login', { json: { email, password } }), 401, 'invalid-credentials');
  assert.equal(await lives(call, neighbour), true);
});

test("with the permission: any other account, by the administrator or by whoever holds 'users:delete'", async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  const first = await signUp(call, ada);
  const second = await signUp(call, bea);
  await giveRole(server, first.id, 'moderator', ['users:delete']);

  const byModerator = await call('DELETE', `/users/${second.id}`, { token: first.accessToken });
  assert.deepEqual([byModerator.status, byModerator.body], [200, done]);
  const byAdmin = await call('DELETE', `/users/${first.id}`, { token: admin });
  assert.deepEqual([byAdmin.status, byAdmin.body], [200, done]);
  assert.deepEqual(await server.newEvents(), [
    ...deletion(2, first.accessToken, 3, second),
    ...deletion(1, admin, 2, first),
  ]);
  assert.deepEqual([await lives(call, first), await lives(call, second)], [false, false]);
  assert.equal(await lives(call, { accessToken: admin }), true);
});

test('without the permission: 403 in the same bytes, whether that id lives, is deleted, or never was', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await server.admin();
  const held = await signUp(call);
  const other = await signUp(call, bea);
  const gone = await signUp(call, { username: 'cleo', email: 'cleo@example.com', password: 'nine grey herons wade' });
  await call('DELETE', `/users/${gone.id}`, { token: gone.accessToken });
  await server.newEvents();

  const seen = new Set<string>();
  for (const id of [other.id, gone.id, 1, 999, 999_999_999_999_999]) {
    const answer = await call('DELETE', `/users/${id}`, { token: held.accessToken });
    assertProblem(answer, 403, 'insufficient-permission');
    const challenge = 'Bearer realm="keyward", error="insufficient_scope", scope="users:delete"';
    assert.equal(answer.headers.get('www-authenticate'), challenge);
    const { instance: _, ...body } = answer.body;
    const headers = [...answer.headers].filter(([name]) => name !== 'date');
    seen.add(JSON.stringify([body, headers]));
  }
  assert.equal(seen.size, 1);
  assert.deepEqual(await server.newEvents(), []);
  assert.equal(await lives(call, other), true);
});

test('only who holds the permission learns that there is no such user: 404', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  const held = await signUp(call);
  await call('DELETE', `/users/${held.id}`, { token: held.accessToken });
  await server.newEvents();
  for (const id of [held.id, 999, 999_999_999_999_999]) {
    assertProblem(await call('DELETE', `/users/${id}`, { token: admin }), 404, 'user-not-found');
  }
  assert.deepEqual(await server.newEvents(), []);
});

test('a permission that was taken away holds no longer, whatever the access token says', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const victim = await signUp(call, bea);
  const held = await signUp(call);
  await giveRole(server, held.id, 'moderator', ['users:delete']);
  const { accessToken } = await logIn(call);
  await server.features.roles.changeRole.unassign({ user: held.id, role: 'moderator' });
  await server.newEvents();
  assertProblem(await call('DELETE', `/users/${victim.id}`, { token: accessToken }), 403, 'insufficient-permission');
  assert.deepEqual([await server.newEvents(), await lives(call, victim)], [[], true]);
});

test('without an access token: 401, and the refresh cookie is none', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  await server.newEvents();
  assertProblem(await call('DELETE', '/users/1'), 401, 'missing-credentials');
  assertProblem(await call('DELETE', '/users/1', { cookie: held.refreshToken }), 401, 'missing-credentials');
  assertProblem(await call('DELETE', '/users/1', { token: held.refreshToken }), 401, 'invalid-token');
  assert.deepEqual([await server.newEvents(), await lives(call, held)], [[], true]);
});

test('an id that is none: 422, and nobody is deleted', async (t) => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  await server.newEvents();
  const plain = ['0', '-1', '01', '1.0', '1e3', '0x1', 'me', 'null', '9007199254740993'];
  for (const id of [...plain, '%31%00', '1%20', '%D9%A1']) {
    await t.test(id, async () => {
      const answer = await call('DELETE', `/users/${id}`, { token: held.accessToken });
      assertProblem(answer, 422, 'validation-failed');
      assert.deepEqual(answer.body.errors, [{ parameter: 'user_id', detail: 'Must be a positive whole number.' }]);
    });
  }
  assert.deepEqual([await server.newEvents(), await lives(call, held)], [[], true]);
});

test('nobody deletes whoever holds more: a moderator reaches neither an administrator nor an editor', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await server.admin();
  const moderator = await signUp(call);
  const other = await signUp(call, bea);
  await giveRole(server, moderator.id, 'moderator', ['users:delete']);
  await giveRole(server, other.id, 'editor', ['users:delete', 'posts:publish']);
  await server.newEvents();
  const { accessToken: token } = moderator;
  assertProblem(await call('DELETE', `/users/${other.id}`, { token }), 403, 'user-holds-more');
  await server.features.roles.changeRole.assign({ user: other.id, role: 'admin' });
  await server.newEvents();
  for (const id of [1, other.id]) {
    assertProblem(await call('DELETE', `/users/${id}`, { token }), 403, 'user-holds-more');
  }
  assert.deepEqual([await server.newEvents(), await lives(call, other)], [[], true]);
});

test('the last administrator cannot go, neither by themselves nor by a moderator', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  const held = await signUp(call);
  await giveRole(server, held.id, 'moderator', ['users:delete']);
  for (const token of [admin, held.accessToken]) {
    assertProblem(await call('DELETE', '/users/1', { token }), 409, 'last-admin');
  }
  assert.deepEqual([await server.newEvents(), await lives(call, { accessToken: admin })], [[], true]);
});

test('an administrator who is disabled does not count: the other one is the last', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  const held = await signUp(call);
  const { roles } = server.features;
  await roles.changeRole.assign({ user: held.id, role: 'admin' });
  const { builder } = server.db.dialect;
  await server.db.transact((tx) =>
    tx.query(builder.updateTable('users').set({ disabled_at: 1 }).where('id', '=', held.id)),
  );
  assertProblem(await call('DELETE', '/users/1', { token: admin }), 409, 'last-admin');
});

test('two administrators delete each other at once: one stays', async () => {
  for (let round = 0; round < 5; round += 1) {
    await using server = await startServer();
    const call = createClient(server.url);
    const first = await server.admin();
    const second = await signUp(call);
    await server.features.roles.changeRole.assign({ user: second.id, role: 'admin' });
    await server.newEvents();
    const answers = await Promise.all([
      call('DELETE', `/users/${second.id}`, { token: first }),
      call('DELETE', '/users/1', { token: second.accessToken }),
    ]);
    const [won, lost] = answers.toSorted((a, b) => a.status - b.status);
    assert.ok(won && lost);
    assert.deepEqual([won.status, won.body], [200, done]);
    if (lost.status === 401) assertProblem(lost, 401, 'invalid-token');
    else assertProblem(lost, 409, 'last-admin');
    const living = [await lives(call, { accessToken: first }), await lives(call, second)];
    assert.deepEqual(living.toSorted(), [false, true]);
    assert.deepEqual(
      (await server.newEvents()).map(({ event }) => event),
      ['user.deleted', 'session.ended'],
    );
  }
});

test('the same account twice at once: one deletion, one event', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  const held = await signUp(call);
  await server.newEvents();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => call('DELETE', `/users/${held.id}`, { token: admin })),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(9).fill(404)]);
  assert.deepEqual(await server.newEvents(), deletion(1, admin, held.id, held));
});

test('a deleted name is free for a new account, which has a new id and nothing of the old one', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const old = await signUp(call);
  await giveRole(server, old.id, 'moderator', ['users:delete']);
  await call('DELETE', `/users/${old.id}`, { token: old.accessToken });

  const fresh = await signUp(call, { ...ada, password: bea.password });
  assert.equal(fresh.id, old.id + 1);
  await server.newEvents();
  const { email, password } = ada;
  assertProblem(await call('POST', '/login', { json: { email, password } }), 401, 'invalid-credentials');
  assertProblem(await call('DELETE', `/users/${old.id}`, { token: fresh.accessToken }), 403, 'insufficient-permission');
  assert.deepEqual([await lives(call, old), await lives(call, fresh)], [false, true]);
});

test('an id is never used twice, not even that of the newest account', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const ids: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    const { id, accessToken } = await signUp(call);
    ids.push(id);
    await call('DELETE', `/users/${id}`, { token: accessToken });
  }
  assert.deepEqual(ids, [1, 2, 3, 4]);
});

describe('restoring', () => {
  test('brings the account back with id, password and roles; its sessions stay dead', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await server.admin();
    const old = await signUp(call);
    await giveRole(server, old.id, 'moderator', ['users:delete']);
    await call('DELETE', `/users/${old.id}`, { token: old.accessToken });
    await server.newEvents();

    await server.features.accounts.restore({ id: old.id, by: undefined });
    assert.deepEqual(await server.newEvents(), [{ event: 'user.restored', outcome: 'success', subject: old.id }]);
    assert.equal(await lives(call, old), false);
    const refresh = await call('GET', '/refresh-access-token', { cookie: old.refreshToken });
    assertProblem(refresh, 401, 'invalid-refresh-token');
    const back = await logIn(call);
    assert.equal(back.id, old.id);
    assertProblem(await call('DELETE', '/users/999', { token: back.accessToken }), 404, 'user-not-found');
    assertProblem(await call('POST', '/signup', { json: { ...bea, email: ada.email } }), 409, 'email-taken');
  });

  test('is refused when a name has a new owner, and changes nothing', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const old = await signUp(call);
    await call('DELETE', `/users/${old.id}`, { token: old.accessToken });
    const heir = await signUp(call, { ...bea, username: 'ADA' });
    await server.newEvents();
    const restoring = server.features.accounts.restore({ id: old.id, by: undefined });
    await assert.rejects(restoring, { message: 'This username is taken.' });
    assert.deepEqual([await server.newEvents(), await lives(call, heir)], [[], true]);
  });
});

test('three deletions of oneself at once: one succeeds, and the others are told that they are nobody any more', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  const answers = await Promise.all(
    [1, 2, 3].map(() => call('DELETE', `/users/${held.id}`, { token: held.accessToken })),
  );
  const [won, ...lost] = answers.toSorted((a, b) => a.status - b.status);
  assert.equal(won?.status, 200);
  for (const answer of lost) assertProblem(answer, 401, 'invalid-token');
});
