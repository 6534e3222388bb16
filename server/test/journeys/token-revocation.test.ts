/** POST /revoke: RFC 7009. Whoever holds a token may end its session; whatever else is presented, the answer is the same. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { signCompact } from '../../src/features/keys/index.ts';
import { removable } from '../support/away.ts';
import { type Answer, type Call, type CallOptions, createClient } from '../support/client.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { encode, takeApart, withChar } from '../support/forge.ts';
import { bea, type Held, lives, logIn, signUp } from '../support/people.ts';
import { createTestClock } from '../support/ports.ts';
import { assertOAuthError, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const formType = 'application/x-www-form-urlencoded';
const path = '/refresh-access-token';

const revoke = (call: Call, token: string, more: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  call('POST', '/revoke', { form: { token, ...more } });

/** §2.2: the status says it all. */
function assertDone({ status, body, headers, cookie }: Answer, what = 'the answer'): void {
  assert.deepEqual([status, body, cookie], [200, '', undefined], what);
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.equal(headers.get('www-authenticate'), null);
}

const ended = ({ id, sessionId }: Held) => ({
  event: 'session.ended',
  outcome: 'success',
  actor: id,
  subject: id,
  session: sessionId,
  reason: 'revoked',
  ip: '127.0.0.1',
});

async function assertDead(call: Call, held: Held): Promise<void> {
  assert.equal(await lives(call, held), false);
  const refresh = await call('POST', path, { json: { refresh_token: held.refreshToken } });
  assertProblem(refresh, 401, 'invalid-refresh-token');
}

describe('a token of a living session', () => {
  for (const kind of ['accessToken', 'refreshToken'] as const) {
    for (const token_type_hint of [undefined, 'access_token', 'refresh_token', 'nonsense']) {
      test(`${kind} with the hint ${token_type_hint}: the session ends with all its tokens, and no other`, async () => {
        await using server = await startServer();
        const call = createClient(server.url);
        const held = await signUp(call);
        const elsewhere = await logIn(call);
        const neighbour = await signUp(call, bea);
        await server.newEvents();

        assertDone(await revoke(call, held[kind], token_type_hint === undefined ? {} : { token_type_hint }));
        assert.deepEqual(await server.newEvents(), [ended(held)]);
        await assertDead(call, held);
        assert.deepEqual([await lives(call, elsewhere), await lives(call, neighbour)], [true, true]);
        assertDone(await revoke(call, held[kind]), 'once more');
        assert.deepEqual(await server.newEvents(), []);
      });
    }
  }

  test('a refresh token that was used long ago: ending is safe, whichever generation asks for it', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const { body } = await call('POST', path, { json: { refresh_token: held.refreshToken } });
    server.clock.advance(600_000);
    const newest = await call('POST', path, { json: { refresh_token: body.refresh_token } });
    await server.newEvents();
    assertDone(await revoke(call, held.refreshToken));
    assert.deepEqual(await server.newEvents(), [ended(held)], 'no theft: nobody tried to get tokens for it');
    await assertDead(call, { ...held, accessToken: newest.body.access_token, refreshToken: newest.body.refresh_token });
  });

  test('stays dead after a restart, and on another node at once', async () => {
    const world = {
      db: await openTestDatabase(),
      clock: createTestClock(),
      secretKey: 'one key for all of them, long',
    };
    try {
      const server = await startServer(world);
      await using other = await startServer(world);
      const held = await signUp(createClient(server.url));
      assert.equal(await lives(createClient(other.url), held), true);
      assertDone(await revoke(createClient(server.url), held.refreshToken));
      await assertDead(createClient(other.url), held);
      await server[Symbol.asyncDispose]();
      await using restarted = await startServer(world);
      await assertDead(createClient(restarted.url), held);
    } finally {
      await world.db.close();
    }
  });

  test('twenty at once: one of them ends it, one event', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    await server.newEvents();
    const tokens = Array.from({ length: 20 }, (_, place) => (place % 2 === 0 ? held.accessToken : held.refreshToken));
    for (const answer of await Promise.all(tokens.map((token) => revoke(call, token)))) assertDone(answer);
    assert.deepEqual(await server.newEvents(), [ended(held)]);
  });

  test('neither a cookie nor an Authorization header counts or hinders', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const presented = await signUp(call);
    const held = await logIn(call);
    const options = { token: held.accessToken, cookie: held.refreshToken, form: { token: presented.refreshToken } };
    assertDone(await call('POST', '/revoke', options));
    assert.deepEqual([await lives(call, presented), await lives(call, held)], [false, true]);
    for (const authorization of ['Basic Og==', 'Bearer nonsense', 'Basic a2V5d2FyZDp4']) {
      assertDone(await call('POST', '/revoke', { form: { token: 'x' }, headers: { authorization } }));
    }
    const crossSite = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const blind = await call('POST', '/revoke', { cookie: held.refreshToken, form: { x: 'y' }, headers: crossSite });
    assertOAuthError(blind, 400, 'invalid_request');
    assert.equal(await lives(call, held), true);
  });
});

test('everything else is 200 as well, ends nothing, and is no event', async () => {
  await using server = await startServer();
  await using theirs = await startServer({ secretKey: 'another secret key, also long enough' });
  const call = createClient(server.url);
  const held = await signUp(call);
  const expired = held.accessToken;
  server.clock.advance(15 * 60_000);
  const { body } = await call('POST', path, { json: { refresh_token: held.refreshToken } });
  const now = { ...held, accessToken: body.access_token as string, refreshToken: body.refresh_token as string };
  const over = await logIn(call);
  await call('POST', '/logout', { token: over.accessToken });
  const foreign = await signUp(createClient(theirs.url));
  const { header, payload, segments } = takeApart(now.accessToken);
  const { current } = await server.features.keys.ring();
  await server.newEvents();

  const strangers: Readonly<Record<string, string>> = {
    'a word': 'x',
    'a NUL': '\0',
    'the session alone': held.sessionId,
    'an expired access token': expired,
    'an access token of a session that was ended': over.accessToken,
    'a refresh token of a session that was ended': over.refreshToken,
    'an access token of another server': foreign.accessToken,
    'a refresh token of another server': foreign.refreshToken,
    'an unsigned access token': `${encode({ ...header, alg: 'none' })}.${segments[1]}.`,
    'an access token with another signature': `${segments[0]}.${segments[1]}.${withChar(segments[2], 0, segments[2][0] === 'A' ? 'B' : 'A')}`,
    'a refresh token without its tag': now.refreshToken.slice(0, -23),
    'a status list with the claims of an access token': signCompact(
      current.headers['statuslist+jwt'],
      payload,
      current,
    ),
    'sixty thousand letters': 'a'.repeat(60_000),
  };
  for (const [what, token] of Object.entries(strangers)) assertDone(await revoke(call, token), what);
  assert.deepEqual(await server.newEvents(), []);
  assert.equal(await lives(call, now), true);
});

test('what is no request of RFC 7009 §2.1 is refused in the dialect of RFC 6749 §5.2, and ends nothing', async (t) => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  await server.newEvents();
  const raw = (text: string): CallOptions => ({ raw: text, headers: { 'content-type': formType } });
  const good = `token=${held.accessToken}`;
  const refused: readonly (readonly [why: string, sent: CallOptions, status?: number, query?: string])[] = [
    ['no token', { form: { token_type_hint: 'access_token' } }],
    ['an empty token', { form: { token: '' } }],
    ['a token twice', raw(`${good}&${good}`)],
    ['a hint twice', raw(`${good}&token_type_hint=a&token_type_hint=b`)],
    ['a broken percent-encoding', raw(`${good}&x=%zz`)],
    ['no body', { headers: { 'content-type': formType } }],
    ['the token in the address', raw(''), 400, `?${good}`],
    ['the token in the header alone', { ...raw('x=y'), token: held.accessToken }],
    ['JSON', { json: { token: held.accessToken } }, 415],
    ['plain text', { raw: good, headers: { 'content-type': 'text/plain' } }, 415],
    ['more than 64 KiB', raw(`${good}&x=${'x'.repeat(70_000)}`), 413],
  ];
  for (const [why, sent, status = 400, query = ''] of refused) {
    await t.test(why, async () => {
      assertOAuthError(await call('POST', `/revoke${query}`, sent), status, 'invalid_request');
    });
  }
  assertProblem(await call('GET', `/revoke?${good}`), 405, 'method-not-allowed');
  assert.deepEqual(await server.newEvents(), []);
  assert.equal(await lives(call, held), true);
});

test('without its database: 503 with Retry-After (§2.2.1), and the token lives until a repeat', async () => {
  const removed = removable(await openTestDatabase());
  try {
    await using server = await startServer({ db: removed.db, strictReplies: false });
    const call = createClient(server.url);
    const held = await signUp(call);
    for (const token of [held.accessToken, held.refreshToken]) {
      removed.away = true;
      const answer = await revoke(call, token);
      assertOAuthError(answer, 503, 'temporarily_unavailable');
      assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
      removed.away = false;
      assert.equal(await lives(call, held), true);
    }
    assertDone(await revoke(call, held.refreshToken));
    assert.equal(await lives(call, held), false);
  } finally {
    await removed.db.close();
  }
});
