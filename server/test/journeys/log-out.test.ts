/**
 * POST /logout, row by row of the contract:
 * 200 → "by …", "several …"; 401 → "none that is valid"; 403 → cross-site.test.ts.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CallOptions, createClient } from '../support/client.ts';
import { bea, type Held, lives, logIn, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const goodbye = { message: 'User logged out successfully.' };
const cleared = 'refresh_token=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; SameSite=Strict';

const ended = ({ id, sessionId }: Held) => ({
  event: 'session.ended',
  outcome: 'success',
  actor: id,
  subject: id,
  session: sessionId,
  reason: 'logout',
  ip: '127.0.0.1',
});

const ways: Readonly<Record<string, (held: Held) => CallOptions>> = {
  'the access token': ({ accessToken }) => ({ token: accessToken }),
  'the refresh cookie': ({ refreshToken }) => ({ cookie: refreshToken }),
  'a refresh token in the body': ({ refreshToken }) => ({ json: { refresh_token: refreshToken } }),
};

for (const [way, credential] of Object.entries(ways)) {
  test(`by ${way}: the session ends at once and the cookie is cleared; every other session lives`, async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const elsewhere = await logIn(call);
    const neighbour = await signUp(call, bea);
    await server.newEvents();

    const answer = await call('POST', '/logout', credential(held));
    assert.deepEqual([answer.status, answer.body], [200, goodbye]);
    assert.deepEqual(answer.headers.getSetCookie(), [cleared]);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual(await server.newEvents(), [ended(held)]);

    assert.equal(await lives(call, held), false);
    const refresh = await call('GET', '/refresh-access-token', { cookie: held.refreshToken });
    assertProblem(refresh, 401, 'invalid-refresh-token');
    assert.deepEqual([await lives(call, elsewhere), await lives(call, neighbour)], [true, true]);
    assertProblem(await call('POST', '/logout', credential(held)), 401, 'not-logged-in');
    assert.deepEqual(await server.newEvents(), []);
  });
}

test('several credentials at once: each ends its own session, and a fourth lives', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const byBearer = await signUp(call);
  const byCookie = await logIn(call);
  const byBody = await signUp(call, bea);
  const fourth = await logIn(call);
  await server.newEvents();

  const answer = await call('POST', '/logout', {
    token: byBearer.accessToken,
    cookie: byCookie.refreshToken,
    json: { refresh_token: byBody.refreshToken },
  });
  assert.deepEqual([answer.status, answer.cookie], [200, '']);
  const events = await server.newEvents();
  assert.deepEqual(
    new Set(events.map(({ session }) => session)),
    new Set([byBearer, byCookie, byBody].map((it) => it.sessionId)),
  );
  assert.deepEqual(
    events.map(({ event }) => event),
    Array(3).fill('session.ended'),
  );
  for (const held of [byBearer, byCookie, byBody]) assert.equal(await lives(call, held), false);
  assert.equal(await lives(call, fourth), true);
});

test('three credentials of one session end it once', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { accessToken: token, refreshToken: cookie, ...held } = await signUp(call);
  await server.newEvents();
  const { status } = await call('POST', '/logout', { token, cookie, json: { refresh_token: cookie } });
  assert.equal(status, 200);
  assert.deepEqual(await server.newEvents(), [ended({ ...held, accessToken: token, refreshToken: cookie })]);
});

test('a token that was refreshed away still ends its session: nobody is harmed by that', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  const { cookie } = await call('GET', '/refresh-access-token', { cookie: held.refreshToken });
  server.clock.advance(60_000);
  await server.newEvents();
  assert.equal((await call('POST', '/logout', { cookie: held.refreshToken })).status, 200);
  assert.deepEqual(await server.newEvents(), [ended(held)]);
  assertProblem(await call('GET', '/refresh-access-token', { cookie }), 401, 'invalid-refresh-token');
});

describe('one that is valid is enough, whatever stands beside it', () => {
  const beside: Readonly<Record<string, CallOptions>> = {
    'an access token of nobody': { token: 'nonsense' },
    'a bearer header without a token': { headers: { authorization: 'Bearer' } },
    'a bearer header with two tokens': { headers: { authorization: 'Bearer a, Bearer b' } },
    'another scheme': { headers: { authorization: 'Basic Og==' } },
    'a refresh token of nobody': { json: { refresh_token: 'nonsense' } },
    'an empty refresh token': { json: { refresh_token: '' } },
  };
  for (const [what, options] of Object.entries(beside)) {
    test(what, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      const held = await signUp(call);
      await server.newEvents();
      const answer = await call('POST', '/logout', { ...options, cookie: held.refreshToken });
      assert.deepEqual([answer.status, answer.cookie], [200, '']);
      assert.deepEqual(await server.newEvents(), [ended(held)]);
    });
  }
});

describe('none that is valid: 401, no event, no cookie cleared', () => {
  const invalid: Readonly<Record<string, CallOptions>> = {
    'nothing at all': {},
    'an empty body': { json: {} },
    'an access token of nobody': { token: 'nonsense' },
    'a bearer header without a token': { headers: { authorization: 'Bearer ' } },
    'another scheme': { headers: { authorization: 'Basic Og==' } },
    'a cookie of nobody': { cookie: 'nonsense' },
    'a refresh token of nobody': { json: { refresh_token: 'nonsense' } },
    'three of nobody': { token: 'x', cookie: 'x', json: { refresh_token: 'x' } },
  };
  for (const [what, options] of Object.entries(invalid)) {
    test(what, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      const held = await signUp(call);
      await server.newEvents();
      assertProblem(await call('POST', '/logout', options), 401, 'not-logged-in');
      assert.deepEqual(await server.newEvents(), []);
      assert.equal(await lives(call, held), true);
    });
  }

  test('an access token that has expired', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    await server.newEvents();
    server.clock.advance(900_000);
    assertProblem(await call('POST', '/logout', { token: held.accessToken }), 401, 'not-logged-in');
    assert.deepEqual(await server.newEvents(), []);
    assert.equal((await call('GET', '/refresh-access-token', { cookie: held.refreshToken })).status, 200);
  });

  for (const [why, env, days] of [
    ['is over by its age', { JWT_REFRESH_EXPIRY: '2' }, 2],
    ['has idled away', { SESSION_IDLE_DAYS: '1' }, 1],
  ] as const) {
    test(`a session that ${why}`, async () => {
      await using server = await startServer({ env });
      const call = createClient(server.url);
      const { refreshToken } = await signUp(call);
      await server.newEvents();
      server.clock.advance(days * 86_400_000);
      assertProblem(await call('POST', '/logout', { cookie: refreshToken }), 401, 'not-logged-in');
      assert.deepEqual(await server.newEvents(), []);
    });
  }
});

test('a body that is wrong is 422 and ends nothing', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  await server.newEvents();
  const { accessToken: token, refreshToken: cookie } = held;
  for (const wrong of [1, null, [], {}]) {
    assertFaults(await call('POST', '/logout', { token, cookie, json: { refresh_token: wrong } }), '/refresh_token');
  }
  assertFaults(await call('POST', '/logout', { token, json: { all: true } }), '/all');
  assert.deepEqual(await server.newEvents(), []);
  assert.equal(await lives(call, held), true);
});

describe('of all devices', () => {
  /** The first is the one that was presented; each of the others says so. */
  const endedEverywhere = (presented: Held, ...others: readonly Held[]) =>
    [
      { ...ended(presented), reason: 'logout-all' },
      ...others.map((held) => ({ ...ended(held), reason: 'logout-all', object: `by:${presented.sessionId}` })),
    ].sort(bySession);
  const bySession = (a: { session?: string | undefined }, b: { session?: string | undefined }) =>
    `${a.session}` < `${b.session}` ? -1 : 1;
  const everywhere = (options: CallOptions): CallOptions => ({
    ...options,
    json: { ...(options.json as object), all_devices: true },
  });

  for (const [way, credential] of Object.entries(ways)) {
    test(`by ${way}: every session of the user ends, with a record each, and the cookie is cleared`, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      const held = await signUp(call);
      const others = [await logIn(call), await logIn(call)];
      const neighbour = await signUp(call, bea);
      await server.newEvents();
      const answer = await call('POST', '/logout', everywhere(credential(held)));
      assert.deepEqual([answer.status, answer.body, answer.cookie], [200, goodbye, '']);
      assert.deepEqual((await server.newEvents()).sort(bySession), endedEverywhere(held, ...others));
      for (const session of [held, ...others]) assert.equal(await lives(call, session), false);
      assert.equal(await lives(call, neighbour), true);
      assertProblem(await call('POST', '/logout', everywhere(credential(held))), 401, 'not-logged-in');
      assert.deepEqual(await server.newEvents(), []);
    });
  }

  test('of each user whom a credential belongs to', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const [mine, other] = [await signUp(call), await logIn(call)];
    const [neighbour, theirs] = [await signUp(call, bea), await logIn(call, bea)];
    await server.newEvents();
    const json = { refresh_token: mine.refreshToken, all_devices: true };
    assert.equal((await call('POST', '/logout', { cookie: theirs.refreshToken, json })).status, 200);
    const expected = [...endedEverywhere(mine, other), ...endedEverywhere(theirs, neighbour)].sort(bySession);
    assert.deepEqual((await server.newEvents()).sort(bySession), expected);
  });

  test('false is as if it were not there, and what is no boolean is 422', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const elsewhere = await logIn(call);
    await server.newEvents();
    const { accessToken: token } = held;
    for (const wrong of [1, 'true', null, {}]) {
      assertFaults(await call('POST', '/logout', { token, json: { all_devices: wrong } }), '/all_devices');
    }
    assert.equal((await call('POST', '/logout', { token, json: { all_devices: false } })).status, 200);
    assert.deepEqual([await server.newEvents(), await lives(call, elsewhere)], [[ended(held)], true]);
  });

  test('with a token whose session has ended, an attacker throws nobody out', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const elsewhere = await logIn(call);
    await call('POST', '/logout', { token: held.accessToken });
    await server.newEvents();
    for (const credential of Object.values(ways)) {
      assertProblem(await call('POST', '/logout', everywhere(credential(held))), 401, 'not-logged-in');
    }
    assert.deepEqual([await server.newEvents(), await lives(call, elsewhere)], [[], true]);
  });

  test('from a page of another site: refused, and nothing ends', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { refreshToken: cookie, ...held } = await signUp(call);
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const answer = await call('POST', '/logout', { cookie, headers, json: { all_devices: true } });
    assertProblem(answer, 403, 'cross-site-request');
    assert.equal(await lives(call, held), true);
  });
});
