/**
 * POST /login, row by row of the contract:
 * 200 → "logging in answers …"; 401 → "a wrong password …" and one-answer.test.ts; 422 → "a field that is wrong …".
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { ada, bea, lives, logIn, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const credentials = { email: ada.email, password: ada.password };
const failedForNobody = { event: 'login.failed', outcome: 'refused', reason: 'invalid-credentials', ip: '127.0.0.1' };
const failed = { ...failedForNobody, subject: 1 };

test('logging in answers 200 with the user, both tokens and the cookie, and nothing more', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const first = await signUp(call);
  await server.newEvents();

  const { status, body, headers, device } = await call('POST', '/login', { json: credentials });
  const { access_token: accessToken, refresh_token: refreshToken, ...rest } = body;
  const data = { id: 1, username: 'ada', email: 'ada@example.com' };
  assert.deepEqual([status, rest], [200, { data, token_type: 'bearer', expires_in: 900 }]);
  assert.deepEqual(headers.getSetCookie(), [
    `refresh_token=${refreshToken}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict`,
    `device=${device}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Strict`,
  ]);
  assert.equal(headers.get('cache-control'), 'no-store');
  const session = refreshToken.split('.')[0];
  assert.notEqual(session, first.sessionId);
  assert.deepEqual(await server.newEvents(), [
    {
      event: 'session.started',
      outcome: 'success',
      actor: 1,
      subject: 1,
      session,
      reason: 'password',
      ip: '127.0.0.1',
    },
  ]);
  assert.deepEqual(server.hasher.calls, { hash: 1, verify: 1 });
  assert.deepEqual([await lives(call, first), await lives(call, { accessToken })], [true, true]);
});

test('the letter case of the address does not matter, nor how its domain is spelt', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await signUp(call, { ...ada, email: 'Ada@bücher.example' });
  for (const email of ['ada@bücher.example', 'ADA@BÜCHER.EXAMPLE', 'ada@xn--bcher-kva.example']) {
    const { status, body } = await call('POST', '/login', { json: { ...credentials, email } });
    assert.deepEqual([status, body.data?.email], [200, 'Ada@bücher.example'], email);
  }
});

test('a wrong password is refused, recorded once, and ends no session', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  await server.newEvents();
  for (const password of [bea.password, ada.password.toUpperCase(), ` ${ada.password}`, `${ada.password}\n`]) {
    assertProblem(await call('POST', '/login', { json: { ...credentials, password } }), 401, 'invalid-credentials');
    assert.deepEqual(await server.newEvents(), [failed]);
  }
  assert.equal(await lives(call, held), true);
});

test('a username is no address: /login does not take it', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await signUp(call);
  const json = { email: 'ada', password: ada.password };
  assertProblem(await call('POST', '/login', { json }), 401, 'invalid-credentials');
});

describe('a field that is wrong is 422 with a pointer at it', () => {
  const wrong: readonly (readonly [body: unknown, ...pointers: string[]])[] = [
    [{}, '/email', '/password'],
    [{ email: ada.email }, '/password'],
    [{ password: ada.password }, '/email'],
    [{ ...credentials, email: 1 }, '/email'],
    [{ ...credentials, password: null }, '/password'],
    [{ ...credentials, password: { $ne: '' } }, '/password'],
    [{ ...credentials, email: '' }, '/email'],
    [{ ...credentials, password: '' }, '/password'],
    [{ ...credentials, password: 'x\0' }, '/password'],
    [{ ...credentials, password: 'x'.repeat(4_097) }, '/password'],
    [{ ...credentials, email: `${'x'.repeat(320)}@` }, '/email'],
    [{ ...credentials, admin: true }, '/admin'],
    [[], ''],
  ];
  test('before anything is hashed or recorded', async (t) => {
    await using server = await startServer();
    const call = createClient(server.url);
    for (const [json, ...pointers] of wrong) {
      await t.test(JSON.stringify(json).slice(0, 60), async () => {
        assertFaults(await call('POST', '/login', { json }), ...pointers);
        assert.deepEqual(await server.newEvents(), []);
      });
    }
    assert.deepEqual(server.hasher.calls, { hash: 0, verify: 0 });
  });
});

test("another system's hash becomes one of today's at the first right login, and only then", async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await signUp(call);
  await behind(server.db, (db) => db.updateTable('passwords').set({ hash: `old$${ada.password}` }));
  await server.newEvents();

  assert.equal((await call('POST', '/login', { json: { ...credentials, password: bea.password } })).status, 401);
  assert.deepEqual(await server.newEvents(), [failed]);
  const { sessionId: session } = await logIn(call);
  const events = await server.newEvents();
  const where = { session, ip: '127.0.0.1' };
  assert.deepEqual(events[1], { event: 'password.rehashed', outcome: 'success', subject: 1, ...where });
  assert.deepEqual([events[0]?.event, events.length], ['session.started', 2]);
  await logIn(call);
  assert.deepEqual(
    (await server.newEvents()).map(({ event }) => event),
    ['session.started'],
  );
});

describe('what changes while the password is being checked', () => {
  const changes: readonly (readonly [
    what: string,
    change: (server: Awaited<ReturnType<typeof startServer>>) => Promise<unknown>,
    events: string[],
  ])[] = [
    [
      'a new password',
      ({ features }) => features.accounts.setPassword({ id: 1 as never, password: 'nine grey herons wade' }),
      ['password.changed', 'session.ended'],
    ],
    ['no password any more', (server) => behind(server.db, (db) => db.deleteFrom('passwords')), []],
    ['a disabled account', (server) => behind(server.db, (db) => db.updateTable('users').set({ disabled_at: 1 })), []],
    [
      'a deleted account',
      ({ features }) => features.accounts.delete({ id: 1 as never, by: undefined }),
      ['user.deleted', 'session.ended'],
    ],
  ];
  for (const [what, change, events] of changes) {
    test(`${what}: the old password opens nothing any more`, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      await signUp(call);
      await server.newEvents();
      const { verify } = server.hasher;
      server.hasher.verify = async (stored, password) => {
        const right = await verify(stored, password);
        await change(server);
        return right;
      };
      assertProblem(await call('POST', '/login', { json: credentials }), 401, 'invalid-credentials');
      assert.deepEqual(
        (await server.newEvents()).map(({ event }) => event),
        [...events, 'login.failed'],
      );
      const sessions = await behind<{ id: string }>(server.db, (db) => db.selectFrom('sessions').select('id'));
      assert.equal(sessions.length, 1, 'no session was begun');
    });
  }
});

describe('the address in the record of events', () => {
  const spoofed = { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', forwarded: 'for=203.0.113.9' };
  const cases: readonly (readonly [
    why: string,
    env: Record<string, string>,
    headers: Record<string, string>,
    ip: string,
  ])[] = [
    ["is the peer's, whatever headers say", {}, spoofed, '127.0.0.1'],
    ['is what the one proxy says that is trusted', { TRUST_PROXY: '1' }, spoofed, '203.0.113.9'],
    [
      'is what the trusted proxy added, not what the client sent',
      { TRUST_PROXY: '1' },
      { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' },
      '203.0.113.9',
    ],
    ["is the peer's when the peer is none of the trusted proxies", { TRUST_PROXY: '10.0.0.0/8' }, spoofed, '127.0.0.1'],
  ];
  for (const [why, env, headers, ip] of cases) {
    test(why, async () => {
      await using server = await startServer({ env });
      const call = createClient(server.url);
      assertProblem(await call('POST', '/login', { json: credentials, headers }), 401, 'invalid-credentials');
      const [{ object = '', ...event } = { object: '' }, ...others] = await server.newEvents();
      assert.deepEqual([event, others], [{ ...failedForNobody, ip }, []]);
      assert.match(object, /^name:[\w-]{22}$/);
    });
  }
});
