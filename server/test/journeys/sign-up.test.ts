/**
 * POST /signup, row by row of the contract:
 * 201 → "signing up answers …"; 409 → "names that are taken"; 422 → "a field that is wrong", "what is no field".
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { ada, bea, lives, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

test('signing up answers 201 with the user, both tokens and the cookie, and nothing more', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { status, body, headers, device } = await call('POST', '/signup', { json: ada });
  const { access_token: accessToken, refresh_token: refreshToken, ...rest } = body;

  assert.deepEqual(
    [status, rest],
    [
      201,
      {
        message: 'Success',
        data: { id: 1, username: 'ada', email: 'ada@example.com' },
        token_type: 'bearer',
        expires_in: 900,
      },
    ],
  );
  assert.deepEqual(headers.getSetCookie(), [
    `refresh_token=${refreshToken}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict`,
    `device=${device}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Strict`,
  ]);
  assert.equal(headers.get('cache-control'), 'no-store');
  assert.match(accessToken, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  const session = refreshToken.split('.')[0];
  assert.deepEqual(await server.newEvents(), [
    { event: 'user.created', outcome: 'success', subject: 1, reason: 'sign-up', ip: '127.0.0.1' },
    { event: 'session.started', outcome: 'success', actor: 1, subject: 1, session, reason: 'sign-up', ip: '127.0.0.1' },
  ]);
  assert.deepEqual(server.hasher.calls, { hash: 1, verify: 0 });
});

test('anybody can verify the access token with the published key, and it says what RFC 9068 asks for', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { accessToken, sessionId } = await signUp(call);
  const keys = createLocalJWKSet((await call('GET', '/.well-known/jwks.json')).body);
  const issuer = 'http://localhost:8000';
  const currentDate = new Date(server.clock.now());
  const options = { issuer, audience: issuer, typ: 'at+jwt', algorithms: ['ES256'], currentDate };

  const { payload } = await jwtVerify<{ status: { status_list: { idx: number } } }>(accessToken, keys, options);
  const iat = Math.floor(server.clock.now() / 1_000);
  assert.deepEqual(payload, {
    iss: issuer,
    sub: '1',
    aud: issuer,
    exp: iat + 900,
    iat,
    jti: payload.jti,
    client_id: 'keyward',
    sid: sessionId,
    roles: [],
    permissions: [],
    status: { status_list: { idx: payload.status?.status_list.idx, uri: `${issuer}/status/lists/0` } },
  });
  assert.ok(Number.isInteger(payload.status?.status_list.idx));
  assert.match(payload.jti ?? '', /^[\w-]{22}$/);
});

describe('names that are taken', () => {
  const taken: readonly (readonly [why: string, names: { username: string; email: string }, code: string])[] = [
    ['the same address', { username: 'bea', email: 'ada@bücher.example' }, 'email-taken'],
    ['the address in other letter case', { username: 'bea', email: 'ADA@BüCHER.Example' }, 'email-taken'],
    ['the domain as Punycode', { username: 'bea', email: 'ada@xn--bcher-kva.example' }, 'email-taken'],
    ['the domain as Punycode in capitals', { username: 'bea', email: 'ada@XN--BCHER-KVA.example' }, 'email-taken'],
    ['the address in full-width letters', { username: 'bea', email: 'ａｄａ@ｂücher.example' }, 'email-taken'],
    ['the same username', { username: 'ada', email: 'bea@example.com' }, 'username-taken'],
    ['the username in capitals', { username: 'ADA', email: 'bea@example.com' }, 'username-taken'],
    ['the username in full-width letters', { username: 'ａｄａ', email: 'bea@example.com' }, 'username-taken'],
    ['the username in full-width capitals', { username: 'ＡＤＡ', email: 'bea@example.com' }, 'username-taken'],
  ];
  test('are refused in every spelling, and the account that has them is none the worse for it', async (t) => {
    await using server = await startServer();
    const call = createClient(server.url);
    const first = await signUp(call, { ...ada, email: 'ada@bücher.example' });
    await server.newEvents();
    for (const [why, names, code] of taken) {
      await t.test(`409 ${code}: ${why}`, async () => {
        assertProblem(await call('POST', '/signup', { json: { ...bea, ...names } }), 409, code);
        assert.deepEqual(await server.newEvents(), []);
      });
    }
    assert.equal(await lives(call, first), true);
    const users = await behind<{ id: number }>(server.db, (db) => db.selectFrom('users').select('id'));
    assert.equal(users.length, 1, 'what was refused has left nothing behind');
  });

  test('two sign-ups for one name at once: one gets it, the other is told', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const answers = await Promise.all(
      ['first@example.com', 'second@example.com'].map((email) => call('POST', '/signup', { json: { ...ada, email } })),
    );
    const [won, lost] = answers.toSorted((a, b) => a.status - b.status);
    assert.equal(won?.status, 201);
    assert.ok(lost);
    assertProblem(lost, 409, 'username-taken');
    const events = (await server.newEvents()).map(({ event }) => event);
    assert.deepEqual(events, ['user.created', 'session.started']);
  });
});

describe('a field that is wrong is 422 with a pointer at it', () => {
  const long = 'x'.repeat(64);
  const wrong: readonly (readonly [field: keyof typeof ada, value: string, why: string])[] = [
    ['username', '', 'empty'],
    ['username', `${long}x`, 'too long'],
    ['username', '\ufdfa'.repeat(4), 'too long once its ligatures are written out'],
    ['username', ' ada', 'begins with a space'],
    ['username', 'ada  lovelace', 'two spaces in a row'],
    ['username', 'ada@example.com', 'an address'],
    ['username', 'ada＠example', 'an address in disguise'],
    ['username', 'ada\u200b', 'holds a zero-width space'],
    ['username', 'ada\u202e', 'turns the text around'],
    ['username', 'ada\ufe0f', 'looks like another because of a variation selector'],
    ['username', 'ada\u034f', 'looks like another because of a grapheme joiner'],
    ['username', '\u3164', 'a letter that is not seen'],
    ['username', 'ad\u2800a', 'a blank that is no space'],
    ['username', 'a\nb', 'two lines'],
    ['email', '', 'empty'],
    ['email', 'ada', 'no domain'],
    ['email', 'ada@', 'an empty domain'],
    ['email', '@example.com', 'no local part'],
    ['email', 'a..b@example.com', 'two dots in a row'],
    ['email', 'ada@-example.com', 'a label begins with a hyphen'],
    ['email', 'ada@exa mple.com', 'a space'],
    ['email', 'ada@example.com/evil', 'a path behind the domain'],
    ['email', 'ada@example.com\\evil', 'a backslash behind the domain'],
    ['email', 'ada@example.com?evil', 'a query behind the domain'],
    ['email', 'ada@example.com#evil', 'a fragment behind the domain'],
    ['email', 'ada@ex%61mple.com', 'a percent-encoded domain'],
    ['email', 'ada@[127.0.0.1]', 'an address literal'],
    ['email', 'ada@example.com\r\nBcc: bea@example.com', 'a header of its own'],
    ['email', `${long}x@example.com`, 'a local part of 65 bytes'],
    ['email', `${'\ufdfa'.repeat(21)}@example.com`, 'a local part that is too long once written out'],
    ['password', 'k3str3l', 'seven characters'],
    ['password', '\u{1f511}\u{1f512}'.repeat(3), 'six characters of two halves each'],
    ['password', 'kestrel-'.repeat(33), 'more than 256 characters'],
    ['password', 'password', 'the commonest'],
    ['password', 'QWERTY123', 'common in capitals'],
    ['password', 'ada-1815', 'the own name and a year'],
    ['password', 'ada@example.com', 'the own address'],
    ['password', 'kestrel\0 over the hill', 'holds NUL'],
  ];
  test('one at a time, before anything is hashed', async (t) => {
    await using server = await startServer();
    const call = createClient(server.url);
    for (const [field, value, why] of wrong) {
      await t.test(`${field}: ${why}`, async () => {
        assertFaults(await call('POST', '/signup', { json: { ...ada, [field]: value } }), `/${field}`);
        assert.deepEqual(await server.newEvents(), []);
      });
    }
    assert.deepEqual(server.hasher.calls, { hash: 0, verify: 0 });
    assert.equal((await signUp(call)).id, 1);
  });

  test('all faults of all fields are told at once', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    assertFaults(await call('POST', '/signup', { json: {} }), '/email', '/password', '/username');
    const rules = { username: 'a@b', email: 'ada', password: 'short' };
    assertFaults(await call('POST', '/signup', { json: rules }), '/email', '/password', '/username');
    const types = { username: 1, email: null, password: ['x'] };
    assertFaults(await call('POST', '/signup', { json: types }), '/email', '/password', '/username');
    assert.deepEqual(await server.newEvents(), []);
  });
});

test('a stranger cannot make themselves an administrator by adding fields', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  for (const field of ['admin', 'is_admin', 'role', 'roles', 'permissions', 'id', 'setup_token', 'disabled_at']) {
    assertFaults(await call('POST', '/signup', { json: { ...ada, [field]: 1 } }), `/${field}`);
  }
  assert.deepEqual(await server.newEvents(), []);
});

test('the shortest and the longest password are taken whole: a last character that differs is another password', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const longest = 'kestrel-'.repeat(32);
  for (const [at, password] of ['k3str3l!', longest, '\u{1f511}\u{1f512}'.repeat(4)].entries()) {
    const account = { username: `u${at}`, email: `u${at}@example.com`, password };
    await signUp(call, account);
    const { status } = await call('POST', '/login', { json: { email: account.email, password } });
    assert.equal(status, 200, password);
    const other = { email: account.email, password: `${[...password].slice(0, -1).join('')}?` };
    assertProblem(await call('POST', '/login', { json: other }), 401, 'invalid-credentials');
  }
});

test('a password typed composed at sign-up and decomposed at login is the same one', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await signUp(call, { ...ada, password: 'r\u00e9sum\u00e9 of the kestrel' });
  const typed = { email: ada.email, password: 're\u0301sume\u0301 of the kestrel' };
  assert.equal((await call('POST', '/login', { json: typed })).status, 200);
});

test('an attack by bombing an address with sign-ups: each is answered, and five mails go out', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  for (let n = 0; n < 8; n += 1) {
    const held = await signUp(call, {
      ...ada,
      username: `mallory${n}`,
      email: n % 2 === 0 ? ada.email : 'ADA@example.com',
    });
    assert.equal((await call('DELETE', `/users/${held.id}`, { token: held.accessToken })).status, 200);
  }
  const mails = (await server.newMails()).map(({ template }) => template);
  assert.deepEqual(
    mails,
    Array.from({ length: 5 }, () => 'verify-email'),
  );
  const owner = await signUp(call);
  assert.equal(await lives(call, owner), true, 'whoever is the owner signs up all the same');
  assert.deepEqual(await server.newMails(), []);
  server.clock.advance(3_600_000);
  assert.equal((await call('POST', '/email/verification', { json: { email: ada.email } })).status, 202);
  assert.deepEqual(
    (await server.newMails()).map(({ template, to }) => [template, to]),
    [['verify-email', ada.email]],
  );
});
