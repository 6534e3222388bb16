/** How long sessions and their tokens live, by the clock alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { behind } from '../support/behind.ts';
import { type Call, createClient } from '../support/client.ts';
import { lives, logIn, signUp } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const path = '/refresh-access-token';
const hour = 3_600_000;

async function refreshed(call: Call, cookie: string) {
  const answer = await call('GET', path, { cookie });
  assert.equal(answer.status, 200);
  const maxAge = Number(/Max-Age=(\d+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1]);
  return { cookie: answer.cookie ?? '', accessToken: answer.body.access_token as string, maxAge };
}

test('an access token is good for its minutes and not a millisecond longer', async () => {
  await using server = await startServer({ env: { ACCESS_TOKEN_EXPIRE_MINUTES: '1' } });
  const call = createClient(server.url);
  const held = await signUp(call);
  server.clock.advance(59_999);
  assert.equal(await lives(call, held), true);
  server.clock.advance(1);
  const answer = await call('GET', '/user', { token: held.accessToken });
  assertProblem(answer, 401, 'invalid-token');
  assert.match(answer.headers.get('www-authenticate') ?? '', /error="invalid_token"/);
  const { body } = await call('GET', path, { cookie: held.refreshToken });
  assert.equal(body.expires_in, 60);
  assert.equal(await lives(call, { accessToken: body.access_token }), true);
});

test('refreshing does not move the absolute end: a session of a day is over after a day', async () => {
  await using server = await startServer({ env: { JWT_REFRESH_EXPIRY: '1' } });
  const call = createClient(server.url);
  const held = await signUp(call);
  await server.newEvents();
  server.clock.advance(23 * hour);
  const late = await refreshed(call, held.refreshToken);
  assert.equal(late.maxAge, 3_600, 'the cookie lives no longer than the session');
  server.clock.advance(hour - 1);
  const last = await refreshed(call, late.cookie);
  assert.equal(last.maxAge, 1);
  assert.equal(await lives(call, last), true);

  server.clock.advance(1);
  assert.equal(await lives(call, last), false, 'an access token that has minutes left ends with its session');
  for (const cookie of [last.cookie, late.cookie, held.refreshToken]) {
    assertProblem(await call('GET', path, { cookie }), 401, 'invalid-refresh-token');
  }
  assert.deepEqual(await server.newEvents(), [], 'age is no theft');
});

test('a session that nobody refreshes idles away; each refresh begins its idle time anew', async () => {
  await using server = await startServer({ env: { SESSION_IDLE_DAYS: '1', JWT_REFRESH_EXPIRY: '3' } });
  const call = createClient(server.url);
  const held = await signUp(call);
  const unused = await logIn(call);
  await server.newEvents();
  server.clock.advance(23 * hour);
  const first = await refreshed(call, held.refreshToken);
  server.clock.advance(hour);
  assertProblem(await call('GET', path, { cookie: unused.refreshToken }), 401, 'invalid-refresh-token');
  server.clock.advance(22 * hour);
  const second = await refreshed(call, first.cookie);
  server.clock.advance(24 * hour);
  assertProblem(await call('GET', path, { cookie: second.cookie }), 401, 'invalid-refresh-token');
  assert.deepEqual(await server.newEvents(), []);
});

test('the idle end never lies behind the absolute one', async () => {
  await using server = await startServer({ env: { SESSION_IDLE_DAYS: '2', JWT_REFRESH_EXPIRY: '1' } });
  const call = createClient(server.url);
  const held = await signUp(call);
  server.clock.advance(24 * hour);
  assertProblem(await call('GET', path, { cookie: held.refreshToken }), 401, 'invalid-refresh-token');
});

test('an access token does not outlive the idle end of its session', async () => {
  await using server = await startServer({ env: { SESSION_IDLE_DAYS: '1', ACCESS_TOKEN_EXPIRE_MINUTES: '1440' } });
  const call = createClient(server.url);
  const held = await signUp(call);
  await refreshed(call, held.refreshToken);
  server.clock.advance(9_000);
  const repeated = await refreshed(call, held.refreshToken);
  server.clock.advance(24 * hour - 9_001);
  assert.equal(await lives(call, repeated), true);
  server.clock.advance(1);
  assert.equal(await lives(call, repeated), false, 'though it has nine seconds left');
});

test('the sweep takes sessions that are long over and no other', async () => {
  await using server = await startServer({ env: { JWT_REFRESH_EXPIRY: '1' } });
  const call = createClient(server.url);
  const old = await signUp(call);
  server.clock.advance(8 * 24 * hour + 1);
  const young = await logIn(call);
  await server.newEvents();
  await server.features.sessions.sweep();
  const rows = await behind<{ id: string }>(server.db, (db) => db.selectFrom('sessions').select('id'));
  assert.deepEqual(
    rows.map(({ id }) => id),
    [young.sessionId],
  );
  assert.equal(await lives(call, young), true);
  assertProblem(await call('GET', path, { cookie: old.refreshToken }), 401, 'invalid-refresh-token');
  assert.deepEqual(await server.newEvents(), []);
});
