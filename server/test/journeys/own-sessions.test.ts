import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../support/client.ts';
import { sessionOf } from '../support/people.ts';
import { startServer } from '../support/server.ts';

const ada = { username: 'ada', email: 'ada@example.com', password: 'correct horse battery' };
const bea = { username: 'bea', email: 'bea@example.com', password: 'another good pass phrase' };

async function twoDevices() {
  const server = await startServer();
  const call = createClient(server.url);
  const laptop = await call('POST', '/signup', { json: ada, headers: { 'user-agent': 'Laptop/1.0' } });
  server.clock.advance(60_000);
  const phone = await call('POST', '/login', {
    json: { email: ada.email, password: ada.password },
    headers: { 'user-agent': 'Phone/2.0' },
  });
  await server.newEvents();
  return { server, call, laptop: laptop.body, phone: phone.body };
}

test('a user sees where they are signed in, newest first, and which session is this one', async () => {
  const { server, call, laptop, phone } = await twoDevices();
  await using _ = server;
  const { status, body, headers } = await call('GET', '/sessions', { token: laptop.access_token });
  assert.equal(status, 200);
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.deepEqual(
    body.sessions.map((it: Record<string, unknown>) => [it.user_agent, it.current, it.ip]),
    [
      ['Phone/2.0', false, '127.0.0.1'],
      ['Laptop/1.0', true, '127.0.0.1'],
    ],
  );
  assert.equal(body.sessions[1].created_at, '2026-01-01T00:00:00.000Z');
  assert.equal(body.sessions[1].last_seen_at, '2026-01-01T00:00:00.000Z');
  await call('POST', '/refresh-access-token', { json: { refresh_token: laptop.refresh_token } });
  const later = await call('GET', '/sessions', { token: phone.access_token });
  assert.equal(later.body.sessions[1].last_seen_at, '2026-01-01T00:01:00.000Z');
});

test('ending one session kills its access and refresh tokens and no other', async () => {
  const { server, call, laptop, phone } = await twoDevices();
  await using _ = server;
  const list = await call('GET', '/sessions', { token: laptop.access_token });
  const id = list.body.sessions[0].id;
  const ended = await call('DELETE', `/sessions/${id}`, { token: laptop.access_token });
  assert.deepEqual([ended.status, ended.body], [200, { message: 'Session ended successfully.' }]);
  assert.equal((await call('GET', '/user', { token: phone.access_token })).status, 401);
  const refresh = { json: { refresh_token: phone.refresh_token } };
  assert.equal((await call('POST', '/refresh-access-token', refresh)).status, 401);
  assert.equal((await call('GET', '/user', { token: laptop.access_token })).status, 200);
  assert.deepEqual(await server.newEvents(), [
    {
      event: 'session.ended',
      outcome: 'success',
      reason: 'ended-by-owner',
      actor: 1,
      subject: 1,
      session: id,
      ip: '127.0.0.1',
      object: `by:${sessionOf(laptop.access_token)}`,
    },
  ]);
  const again = await call('DELETE', `/sessions/${id}`, { token: laptop.access_token });
  assert.deepEqual([again.status, again.body.code], [404, 'session-not-found']);
});

test('ending all others leaves the one that asked', async () => {
  const { server, call, laptop, phone } = await twoDevices();
  await using _ = server;
  const ended = await call('DELETE', '/sessions', { token: phone.access_token });
  assert.deepEqual(ended.body, { message: 'Sessions ended successfully.', ended: 1 });
  assert.equal((await call('GET', '/user', { token: laptop.access_token })).status, 401);
  assert.equal((await call('GET', '/user', { token: phone.access_token })).status, 200);
});

test("a stranger's session can neither be seen nor ended, and the answer is that of one that does not exist", async () => {
  const { server, call, laptop } = await twoDevices();
  await using _ = server;
  const stranger = await call('POST', '/signup', { json: bea });
  const token = stranger.body.access_token;
  assert.equal((await call('GET', '/sessions', { token })).body.sessions.length, 1);
  const victim = (await call('GET', '/sessions', { token: laptop.access_token })).body.sessions[0].id;
  const foreign = await call('DELETE', `/sessions/${victim}`, { token });
  const unknown = await call('DELETE', `/sessions/${'A'.repeat(22)}`, { token });
  assert.deepEqual([foreign.status, foreign.body.code], [404, 'session-not-found']);
  assert.deepEqual({ ...foreign.body, instance: '' }, { ...unknown.body, instance: '' });
  assert.equal((await call('GET', '/user', { token: laptop.access_token })).status, 200);
});
