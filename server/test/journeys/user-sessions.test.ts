/** What an administrator sees and does about the sessions of others: /users/{user_id}/sessions. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Call, createClient } from '../support/client.ts';
import { ada, bea, giveRole, type Held, lives, logIn, sessionOf, signUp } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const endedBy = (actor: number, token: string, held: Held) => ({
  event: 'session.ended',
  outcome: 'success',
  actor,
  subject: held.id,
  session: held.sessionId,
  reason: 'ended-by-admin',
  ip: '127.0.0.1',
  object: `by:${sessionOf(token)}`,
});

const idsOf = async (call: Call, path: string, token: string): Promise<string[]> => {
  const { status, body } = await call('GET', path, { token });
  assert.equal(status, 200);
  return body.sessions.map(({ id }: { id: string }) => id);
};

test('the sessions of a user, as their owner sees them; none of them is that of the request', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  const held = await signUp(call);
  server.clock.advance(60_000);
  await logIn(call);
  await signUp(call, bea);
  const own = await call('GET', '/sessions', { token: held.accessToken });
  const seen = await call('GET', `/users/${held.id}/sessions`, { token });
  assert.equal(seen.status, 200);
  assert.equal(seen.headers.get('cache-control'), 'no-store');
  const withoutCurrent = (body: { sessions: object[] }) => body.sessions.map((it) => ({ ...it, current: false }));
  assert.deepEqual(seen.body.sessions, withoutCurrent(own.body));
  const mine = await call('GET', '/users/1/sessions', { token });
  assert.deepEqual(
    mine.body.sessions.map(({ current }: { current: boolean }) => current),
    [true],
  );
});

test('one is ended, then all: recorded with who did it, and the user can log in again', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  const [first, second, third] = [await signUp(call), await logIn(call), await logIn(call)];
  await server.newEvents();
  const path = `/users/${first.id}/sessions`;
  const one = await call('DELETE', `${path}/${first.sessionId}`, { token });
  assert.deepEqual([one.status, one.body], [200, { message: 'Session ended successfully.' }]);
  assert.deepEqual(await server.newEvents(), [endedBy(1, token, first)]);
  assert.deepEqual([await lives(call, first), await lives(call, second)], [false, true]);
  assertProblem(await call('DELETE', `${path}/${first.sessionId}`, { token }), 404, 'session-not-found');

  const all = await call('DELETE', path, { token });
  assert.deepEqual([all.status, all.body], [200, { message: 'Sessions ended successfully.', ended: 2 }]);
  const told = (await server.newEvents()).map(({ session }) => session).sort();
  assert.deepEqual(told, [second.sessionId, third.sessionId].sort());
  assert.deepEqual(await idsOf(call, path, token), []);
  assert.equal((await call('DELETE', path, { token })).body.ended, 0);
  assert.equal(await lives(call, await logIn(call)), true);
});

test('the session of somebody else under this user’s address: 404 as for one that does not exist, and it lives', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  const held = await signUp(call);
  const other = await signUp(call, bea);
  await server.newEvents();
  const seen = new Set<string>();
  for (const session of [other.sessionId, 'A'.repeat(22)]) {
    const answer = await call('DELETE', `/users/${held.id}/sessions/${session}`, { token });
    assertProblem(answer, 404, 'session-not-found');
    seen.add(JSON.stringify({ ...answer.body, instance: '' }));
  }
  assert.equal(seen.size, 1);
  assert.deepEqual([await server.newEvents(), await lives(call, other)], [[], true]);
});

describe('who may', () => {
  const session = 'A'.repeat(22);
  const routes = [
    ['GET', (id: number) => `/users/${id}/sessions`, 'sessions:read'],
    ['DELETE', (id: number) => `/users/${id}/sessions`, 'sessions:end'],
    ['DELETE', (id: number) => `/users/${id}/sessions/${session}`, 'sessions:end'],
  ] as const;

  for (const [method, pathOf, permission] of routes) {
    test(`${method} ${pathOf(0)}: 401, 403 whoever the id is, and 404 only with ${permission}`, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      const admin = await server.admin();
      const held = await signUp(call);
      const gone = await signUp(call, bea);
      await call('DELETE', `/users/${gone.id}`, { token: admin });
      const others = ['users:disable', 'users:delete', 'sessions:read', 'sessions:end'].filter(
        (it) => it !== permission,
      );
      await giveRole(server, held.id, 'other', others);
      const { accessToken: token, refreshToken: cookie } = held;
      assertProblem(await call(method, pathOf(1), { cookie }), 401, 'missing-credentials');
      const seen = new Set<string>();
      for (const id of [1, held.id, gone.id, 999]) {
        const answer = await call(method, pathOf(id), { token });
        assertProblem(answer, 403, 'insufficient-permission');
        seen.add(JSON.stringify({ ...answer.body, instance: '' }));
      }
      assert.equal(seen.size, 1);
      for (const id of [gone.id, 999])
        assertProblem(await call(method, pathOf(id), { token: admin }), 404, 'user-not-found');
      assert.deepEqual([await server.newEvents(), await lives(call, held)], [[], true]);
    });
  }

  test('an attack on whoever stands above: support ends no session of an administrator, and may look', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const admin = await server.admin();
    const support = await signUp(call);
    await giveRole(server, support.id, 'support', ['sessions:read', 'sessions:end']);
    const { accessToken: token } = support;
    const [id = ''] = await idsOf(call, '/users/1/sessions', token);
    for (const path of ['/users/1/sessions', `/users/1/sessions/${id}`]) {
      assertProblem(await call('DELETE', path, { token }), 403, 'user-holds-more');
    }
    assert.deepEqual([await server.newEvents(), await lives(call, { accessToken: admin })], [[], true]);
    const victim = await signUp(call, bea);
    assert.equal((await call('DELETE', `/users/${victim.id}/sessions`, { token })).status, 200);
    assert.equal((await call('DELETE', `/users/${support.id}/sessions`, { token })).status, 200, 'one’s own');
    assert.equal(await lives(call, support), false);
  });
});

test('ten thousand logins do not make the record endless: the rest is one line, and all of them are over', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  const held = await signUp(call);
  const { store } = server.features.sessions;
  const now = server.clock.now();
  const many = 520;
  const [row] = await server.db.transact((tx) =>
    tx.query<Record<string, unknown>>(
      server.db.dialect.builder.selectFrom('sessions').selectAll().where('id', '=', held.sessionId),
    ),
  );
  await server.db.transact(async (tx) => {
    for (let at = 0; at < many; at += 1) {
      const copy = { ...row, id: `copy-${at}`, ...('status_index' in (row ?? {}) ? { status_index: null } : {}) };
      await tx.query(server.db.dialect.builder.insertInto('sessions').values(copy));
    }
  });
  await server.newEvents();
  const { body } = await call('DELETE', `/users/${held.id}/sessions`, { token });
  assert.equal(body.ended, many + 1);
  assert.deepEqual(await store.listLiving(server.db, held.id, now), []);
  const events = await server.newEvents();
  assert.equal(events.length, 501);
  assert.equal(events.at(-1)?.object, '21 more sessions');
});

test('an own session list knows nothing of others, whoever asks', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await server.admin();
  const held = await signUp(call, ada);
  assert.deepEqual(await idsOf(call, '/sessions', held.accessToken), [held.sessionId]);
});
