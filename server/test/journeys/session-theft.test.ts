/** RFC 9700 §4.14.2: a refresh token that comes back when its successor is long out means that two parties hold the chain. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Call, createClient } from '../support/client.ts';
import { bea, type Held, lives, logIn, signUp } from '../support/people.ts';
import { assertOAuthError, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const path = '/refresh-access-token';

async function successorOf(call: Call, cookie: string): Promise<Held> {
  const answer = await call('GET', path, { cookie });
  assert.equal(answer.status, 200);
  const { user, access_token: accessToken } = answer.body;
  const refreshToken = answer.cookie ?? '';
  return { id: user.id, sessionId: refreshToken.split('.')[0] ?? '', accessToken, refreshToken };
}

const stolen = ({ id, sessionId }: Held) => [
  { event: 'session.stolen', outcome: 'success', subject: id, session: sessionId, ip: '127.0.0.1' },
];

/** Nothing of this session is good any more, and asking again says no more than that, without a second alarm. */
async function assertOver(server: TestServer, call: Call, ...tokens: readonly Held[]): Promise<void> {
  for (const held of tokens) {
    assert.equal(await lives(call, held), false);
    assertProblem(await call('GET', path, { cookie: held.refreshToken }), 401, 'invalid-refresh-token');
    assertProblem(await call('POST', '/logout', { token: held.accessToken }), 401, 'not-logged-in');
  }
  assert.deepEqual(await server.newEvents(), []);
}

test('the parent after the grace ends its session, is recorded once, and leaves every other session alone', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const first = await signUp(call);
  const elsewhere = await logIn(call);
  const neighbour = await signUp(call, bea);
  const second = await successorOf(call, first.refreshToken);
  await server.newEvents();

  server.clock.advance(10_000);
  assertProblem(await call('GET', path, { cookie: first.refreshToken }), 401, 'refresh-token-reused');
  assert.deepEqual(await server.newEvents(), stolen(first));
  await assertOver(server, call, first, second);
  for (const held of [elsewhere, neighbour]) {
    assert.equal(await lives(call, held), true);
    await successorOf(call, held.refreshToken);
  }
});

test('an older generation is theft at once, within every grace', async () => {
  await using server = await startServer({ env: { REFRESH_GRACE_SECONDS: '300' } });
  const call = createClient(server.url);
  const first = await signUp(call);
  const second = await successorOf(call, first.refreshToken);
  const third = await successorOf(call, second.refreshToken);
  await server.newEvents();
  assert.equal((await call('GET', path, { cookie: second.refreshToken })).cookie, third.refreshToken);
  assertProblem(await call('GET', path, { cookie: first.refreshToken }), 401, 'refresh-token-reused');
  assert.deepEqual(await server.newEvents(), stolen(first));
  await assertOver(server, call, first, second, third);
});

test('when the successor has been used, its parent is an older generation: theft, also within the grace', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const first = await signUp(call);
  const second = await successorOf(call, first.refreshToken);
  server.clock.advance(1_000);
  const third = await successorOf(call, second.refreshToken);
  await server.newEvents();
  server.clock.advance(1_000);
  assertProblem(await call('GET', path, { cookie: first.refreshToken }), 401, 'refresh-token-reused');
  assert.deepEqual(await server.newEvents(), stolen(first));
  await assertOver(server, call, first, second, third);
});

test('a grace of 0 is strict: the second use of a token ends the session', async () => {
  await using server = await startServer({ env: { REFRESH_GRACE_SECONDS: '0' } });
  const call = createClient(server.url);
  const first = await signUp(call);
  const second = await successorOf(call, first.refreshToken);
  await server.newEvents();
  assertProblem(await call('GET', path, { cookie: first.refreshToken }), 401, 'refresh-token-reused');
  assert.deepEqual(await server.newEvents(), stolen(first));
  await assertOver(server, call, first, second);
});

test('a grace of 0 and two at once: one is answered, the other is theft, and nobody keeps the session', async () => {
  await using server = await startServer({ env: { REFRESH_GRACE_SECONDS: '0' } });
  const call = createClient(server.url);
  const first = await signUp(call);
  await server.newEvents();
  const answers = await Promise.all([1, 2].map(() => call('GET', path, { cookie: first.refreshToken })));
  const [won, lost] = answers.toSorted((a, b) => a.status - b.status);
  assert.ok(won && lost);
  assert.equal(won.status, 200);
  assertProblem(lost, 401, 'refresh-token-reused');
  assert.deepEqual(await server.newEvents(), stolen(first));
  await assertOver(server, call, first, {
    ...first,
    accessToken: won.body.access_token,
    refreshToken: won.cookie ?? '',
  });
});

test('50 replays of a stolen token at once raise one alarm', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const first = await signUp(call);
  await successorOf(call, first.refreshToken);
  server.clock.advance(10_000);
  await server.newEvents();
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => call('GET', path, { cookie: first.refreshToken })),
  );
  const codes = answers.map(({ body }) => body.code).sort();
  assert.deepEqual(codes, [...Array(49).fill('invalid-refresh-token'), 'refresh-token-reused']);
  assert.deepEqual(await server.newEvents(), stolen(first));
});

describe('theft is seen by every way in', () => {
  const ways: Readonly<Record<string, (call: Call, token: string) => Promise<void>>> = {
    'POST with the cookie': async (call, cookie) =>
      assertProblem(await call('POST', path, { cookie }), 401, 'refresh-token-reused'),
    'POST with the body': async (call, token) =>
      assertProblem(await call('POST', path, { json: { refresh_token: token } }), 401, 'refresh-token-reused'),
    'the token endpoint': async (call, token) =>
      assertOAuthError(
        await call('POST', '/token', { form: { grant_type: 'refresh_token', refresh_token: token } }),
        400,
        'invalid_grant',
      ),
  };
  for (const [way, replay] of Object.entries(ways)) {
    test(way, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      const first = await signUp(call);
      const second = await successorOf(call, first.refreshToken);
      server.clock.advance(10_000);
      await server.newEvents();
      await replay(call, first.refreshToken);
      assert.deepEqual(await server.newEvents(), stolen(first));
      await assertOver(server, call, first, second);
    });
  }
});
