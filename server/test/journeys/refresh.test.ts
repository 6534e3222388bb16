/**
 * GET and POST /refresh-access-token, row by row of the contract:
 * 200 → the first five tests; 401 → "refused without a trace"; 403 → cross-site.test.ts; theft → session-theft.test.ts.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Answer, type CallOptions, createClient } from '../support/client.ts';
import { ada, bea, type Held, lives, logIn, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const path = '/refresh-access-token';

/** The body of a good answer, but for the tokens. */
function assertRefreshed({ status, body, headers }: Answer): void {
  const { access_token: accessToken, refresh_token: _, ...rest } = body;
  const user = { id: 1, username: 'ada', email: 'ada@example.com' };
  assert.deepEqual([status, rest], [200, { user, token_type: 'bearer', expires_in: 900 }]);
  assert.match(accessToken, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  assert.equal(headers.get('cache-control'), 'no-store');
}

for (const method of ['GET', 'POST']) {
  test(`${method} with the cookie answers a new access token and rotates the cookie; no refresh token in the body`, async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { refreshToken, accessToken } = await signUp(call);
    await server.newEvents();
    server.clock.advance(60_000);

    const answer = await call(method, path, { cookie: refreshToken });
    assertRefreshed(answer);
    assert.equal('refresh_token' in answer.body, false);
    assert.notEqual(answer.cookie, refreshToken);
    assert.deepEqual(answer.headers.getSetCookie(), [
      `refresh_token=${answer.cookie}; Max-Age=2591940; Path=/; HttpOnly; SameSite=Strict`,
    ]);
    assertRefreshed(await call(method, path, { cookie: answer.cookie }));
    assert.deepEqual(await server.newEvents(), []);
    assert.equal(await lives(call, { accessToken }), true, 'the older access token ends by its own time');
  });
}

test('POST with the token in the body answers its successor in the body and sets no cookie', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { refreshToken } = await signUp(call);
  await server.newEvents();

  const answer = await call('POST', path, { json: { refresh_token: refreshToken } });
  assertRefreshed(answer);
  assert.equal(answer.cookie, undefined);
  assert.notEqual(answer.body.refresh_token, refreshToken);
  assertRefreshed(await call('POST', path, { json: { refresh_token: answer.body.refresh_token } }));
  assert.deepEqual(await server.newEvents(), []);
});

test('POST with both takes the body and leaves the session of the cookie as it is', async () => {
  await using server = await startServer({ env: { REFRESH_GRACE_SECONDS: '0' } });
  const call = createClient(server.url);
  const inCookie = await signUp(call);
  const inBody = await logIn(call);
  await server.newEvents();

  const json = { refresh_token: inBody.refreshToken };
  const answer = await call('POST', path, { json, cookie: inCookie.refreshToken });
  assertRefreshed(answer);
  assert.equal(answer.cookie, undefined);
  assert.equal(answer.body.refresh_token.split('.')[0], inBody.sessionId);
  assertRefreshed(await call('GET', path, { cookie: inCookie.refreshToken }));
  assert.deepEqual(await server.newEvents(), []);
});

test('POST takes the cookie where the body is empty in any way', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  let { refreshToken: cookie } = await signUp(call);
  const headers = { 'content-type': 'application/json' };
  const bodies: readonly CallOptions[] = [{}, { json: {} }, { raw: '', headers }, { raw: 'null', headers }];
  for (const body of bodies) {
    const answer = await call('POST', path, { ...body, cookie });
    assertRefreshed(answer);
    cookie = answer.cookie ?? '';
  }
});

test('HEAD is no way to refresh: 405, and nothing rotates', async () => {
  await using server = await startServer({ env: { REFRESH_GRACE_SECONDS: '0' } });
  const call = createClient(server.url);
  const { refreshToken } = await signUp(call);
  const answer = await call('HEAD', path, { cookie: refreshToken });
  assert.deepEqual([answer.status, answer.cookie], [405, undefined]);
  assertRefreshed(await call('GET', path, { cookie: refreshToken }));
});

describe('refused without a trace: 401, no event, and no cookie set or cleared', () => {
  const parts = (token: string) => token.split('.') as [string, string, string, string];
  const made: Readonly<Record<string, (held: Held, other: Held) => string>> = {
    'a text that is no token': () => 'nonsense',
    'an empty quoted text': () => '""',
    'an access token': ({ accessToken }) => accessToken,
    'a token that was cut': ({ refreshToken }) => refreshToken.slice(0, -1),
    'a token with more at its end': ({ refreshToken }) => `${refreshToken}A`,
    'the next generation without its secret': ({ refreshToken }) => refreshToken.replace('.0.', '.1.'),
    'a generation that is no plain number': ({ refreshToken }) => refreshToken.replace('.0.', '.00.'),
    'a generation beyond all numbers': ({ refreshToken }) => refreshToken.replace('.0.', '.99999999999999999999.'),
    "another session's id": ({ refreshToken, sessionId }, other) => refreshToken.replace(sessionId, other.sessionId),
    "another token's tag": ({ refreshToken }, other) =>
      [...parts(refreshToken).slice(0, 3), parts(other.refreshToken)[3]].join('.'),
    'another secret': ({ refreshToken }) => {
      const [session, generation, secret, tag] = parts(refreshToken);
      return [session, generation, `${secret.startsWith('A') ? 'B' : 'A'}${secret.slice(1)}`, tag].join('.');
    },
    'the same tag in other letters': ({ refreshToken }) => {
      const [head, last] = [refreshToken.slice(0, -1), refreshToken.slice(-1)];
      return `${head}${{ A: 'B', Q: 'R', g: 'h', w: 'x' }[last]}`;
    },
  };
  for (const [why, make] of Object.entries(made)) {
    test(why, async () => {
      await using server = await startServer({ env: { REFRESH_GRACE_SECONDS: '0' } });
      const call = createClient(server.url);
      const held = await signUp(call);
      const other = await signUp(call, bea);
      await server.newEvents();
      const token = make(held, other);
      assert.notEqual(token, held.refreshToken);

      for (const method of ['GET', 'POST']) {
        assertProblem(await call(method, path, { cookie: token }), 401, 'invalid-refresh-token');
      }
      assertProblem(await call('POST', path, { json: { refresh_token: token } }), 401, 'invalid-refresh-token');
      assert.deepEqual(await server.newEvents(), []);
      assertRefreshed(await call('GET', path, { cookie: held.refreshToken }));
      assert.equal(await lives(call, other), true);
    });
  }

  test('nothing at all', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await signUp(call);
    await server.newEvents();
    for (const method of ['GET', 'POST']) assertProblem(await call(method, path), 401, 'invalid-refresh-token');
    assertProblem(await call('POST', path, { json: { refresh_token: '' } }), 401, 'invalid-refresh-token');
    assert.deepEqual(await server.newEvents(), []);
  });

  test('two cookies of that name: neither is taken, because one of them was planted', async () => {
    await using server = await startServer({ env: { REFRESH_GRACE_SECONDS: '0' } });
    const call = createClient(server.url);
    const held = await signUp(call);
    const planted = await signUp(call, bea);
    await server.newEvents();
    for (const pair of [
      [planted.refreshToken, held.refreshToken],
      [held.refreshToken, planted.refreshToken],
    ]) {
      const cookie = pair.map((token) => `refresh_token=${token}`).join('; ');
      assertProblem(await call('GET', path, { headers: { cookie } }), 401, 'invalid-refresh-token');
    }
    assertRefreshed(await call('GET', path, { cookie: held.refreshToken }));
    assert.deepEqual(await server.newEvents(), []);
  });

  test('the token in an address or as a bearer', async () => {
    await using server = await startServer({ env: { REFRESH_GRACE_SECONDS: '0' } });
    const call = createClient(server.url);
    const { refreshToken } = await signUp(call);
    const query = `${path}?refresh_token=${refreshToken}`;
    for (const method of ['GET', 'POST']) {
      assertProblem(await call(method, query), 401, 'invalid-refresh-token');
      assertProblem(await call(method, path, { token: refreshToken }), 401, 'invalid-refresh-token');
    }
    assertRefreshed(await call('GET', path, { cookie: refreshToken }));
  });
});

test('a body that is wrong is 422 with a pointer, even beside a good cookie, and nothing rotates', async () => {
  await using server = await startServer({ env: { REFRESH_GRACE_SECONDS: '0' } });
  const call = createClient(server.url);
  const { refreshToken: cookie } = await signUp(call);
  for (const wrong of [null, 1, true, [], {}, 'x'.repeat(8_193)]) {
    assertFaults(await call('POST', path, { json: { refresh_token: wrong }, cookie }), '/refresh_token');
  }
  assertFaults(await call('POST', path, { json: { token: cookie }, cookie }), '/token');
  assertFaults(await call('POST', path, { json: [], cookie }), '');
  assertRefreshed(await call('GET', path, { cookie }));
});

test("a disabled user's refresh is refused, and works again when they are enabled: the session was not burnt", async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call, ada);
  const disable = (at: number | null) =>
    server.db.transact((tx) => tx.query(server.db.dialect.builder.updateTable('users').set({ disabled_at: at })));
  await disable(server.clock.now());
  assert.equal(await lives(call, held), false);
  assertProblem(await call('GET', path, { cookie: held.refreshToken }), 401, 'invalid-refresh-token');
  await disable(null);
  assertRefreshed(await call('GET', path, { cookie: held.refreshToken }));
});
