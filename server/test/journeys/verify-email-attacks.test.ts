/** What is tried at the verification of addresses; each test is named after the attack. All are refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { letMakeKeys, makeApiKey } from '../support/api-keys.ts';
import { createClient } from '../support/client.ts';
import { createCountingDatabase } from '../support/counting-database.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { tokenIn, tokenOf } from '../support/mails.ts';
import { ada, bea, lives, logIn, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

type Call = ReturnType<typeof createClient>;

/** What the owner of the address chooses. */
const theirs = 'an orchard of blue pears';

const isVerified = async (server: TestServer, id = 1) =>
  (await server.features.users.find(server.db, id as never))?.emailVerifiedAt !== undefined;

async function newcomer(server: TestServer, call: Call, account = ada) {
  const held = await signUp(call, account);
  const mails = await server.newMails();
  const token = tokenOf(mails.find(({ to, template }) => to === account.email && template === 'verify-email'));
  await server.newEvents();
  return { held, token };
}

test('pre-hijacking: an attacker signs up with the address of a victim, who follows the link and gets an account of their own', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const attacker = await signUp(call, ada);
  const { device, body } = await call('POST', '/login', { json: { email: ada.email, password: ada.password } });
  await letMakeKeys(server, attacker.id, ['users:read']);
  const { key } = await makeApiKey(call, attacker.accessToken, ['users:read']);
  const mails = await server.newMails();
  const token = tokenOf(mails[0]);
  await server.newEvents();

  const answer = await call('POST', '/email/verify', { json: { token, new_password: theirs } });
  assert.deepEqual([answer.status, answer.cookie], [200, undefined]);
  const told = (await server.newMails()).map(({ to, template }) => `${template} ${to}`);
  assert.deepEqual(told, [`password-changed ${ada.email}`], 'as after a reset');

  assert.equal(await lives(call, attacker), false);
  assert.equal(await lives(call, { accessToken: body.access_token }), false);
  const refreshed = await call('POST', '/refresh-access-token', { json: { refresh_token: attacker.refreshToken } });
  assertProblem(refreshed, 401, 'invalid-refresh-token');
  const again = await call('POST', '/login', { device, json: { email: ada.email, password: ada.password } });
  assertProblem(again, 401, 'invalid-credentials');
  assertProblem(await call('GET', '/users', { token: key }), 401, 'invalid-api-key');
  const owner = await logIn(call, { ...ada, password: theirs });
  assert.deepEqual([owner.id, await isVerified(server)], [attacker.id, true]);

  const events = (await server.newEvents()).map(({ event, reason }) => [event, reason]);
  assert.deepEqual(events.slice(0, 5), [
    ['email.verified', 'verify-email'],
    ['account.taken-over', 'verify-email'],
    ['session.ended', 'account-taken-over'],
    ['session.ended', 'account-taken-over'],
    ['api-key.revoked', 'account-taken-over'],
  ]);
});

test('pre-hijacking: the device of the attacker is no known device of the new password', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { token } = await newcomer(server, call);
  const { device } = await call('POST', '/login', { json: { email: ada.email, password: ada.password } });
  server.clock.advance(1);
  await call('POST', '/email/verify', { json: { token, new_password: theirs } });
  const known = server.features.throttle.knowsDevice;
  const stored = await server.features.passwords.find.of(1 as never);
  assert.ok(device);
  assert.equal(known({ account: stored.found, device }), false);
});

test('pre-hijacking: the link alone, opened by a victim who was never here, lets the attacker keep nothing to build on', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { token } = await newcomer(server, call);
  assertProblem(await call('POST', '/email/verify', { json: { token } }), 403, 'proof-of-account-needed');
  assert.equal(await isVerified(server), false);
});

test('a session of somebody else does not stand for the account, nor does an API key of it', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { held, token } = await newcomer(server, call);
  const stranger = await signUp(call, bea);
  const verify = (credentials: object) => call('POST', '/email/verify', { ...credentials, json: { token } });
  assertProblem(await verify({ token: stranger.accessToken }), 403, 'proof-of-account-needed');
  assertProblem(await verify({ cookie: stranger.refreshToken }), 403, 'proof-of-account-needed');
  await letMakeKeys(server, held.id, ['users:read']);
  const { key } = await makeApiKey(call, held.accessToken, ['users:read']);
  assertProblem(await verify({ token: key }), 401, 'invalid-token');
  await call('POST', '/logout', { json: { refresh_token: held.refreshToken } });
  assertProblem(await verify({ cookie: held.refreshToken }), 403, 'proof-of-account-needed');
  assert.equal(await isVerified(server), false);
});

test('a page of another site cannot verify with the cookie of a browser', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { held, token } = await newcomer(server, call);
  const foreign = [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' },
    { origin: 'null' },
  ];
  for (const headers of foreign) {
    const answer = await call('POST', '/email/verify', { cookie: held.refreshToken, headers, json: { token } });
    assertProblem(answer, 403, 'cross-site-request');
  }
  assert.deepEqual([await server.newEvents(), await isVerified(server)], [[], false]);
  const own = { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:8000' };
  const answer = await call('POST', '/email/verify', { cookie: held.refreshToken, headers: own, json: { token } });
  assert.equal(answer.status, 200);
});

test('a scanner that opens the link uses nothing up', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { token } = await newcomer(server, call);
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    for (const path of [`/email/verify?token=${token}`, `/mail/verify-email?token=${token}`, '/mail/verify-email']) {
      await call(method, path, { headers: { 'sec-purpose': 'prefetch' } });
    }
  }
  assertFaultless(await call('POST', '/email/verify', { json: { token, password: ada.password } }));
});

const assertFaultless = ({ status }: { status: number }) => assert.equal(status, 200);

describe('twenty at once with one token: one succeeds', () => {
  const bodies = { 'the password': { password: ada.password }, 'a new password': { new_password: theirs } };
  for (const [name, body] of Object.entries(bodies)) {
    test(name, async () => {
      await using server = await startServer({ env: { RATE_LIMITS: 'off' } });
      const call = createClient(server.url);
      const { token } = await newcomer(server, call);
      const json = { token, ...body };
      const answers = await Promise.all(Array.from({ length: 20 }, () => call('POST', '/email/verify', { json })));
      const statuses = answers.map(({ status }) => status).sort();
      assert.deepEqual(statuses, [200, ...Array.from({ length: 19 }, () => 422)]);
      for (const answer of answers.filter(({ status }) => status === 422)) {
        assertProblem(answer, 422, 'invalid-one-time-token');
      }
      const verified = (await server.newEvents()).filter(({ event }) => event === 'email.verified');
      assert.equal(verified.filter(({ outcome }) => outcome === 'success').length, 1);
    });
  }
});

test('a link without a proof keeps nobody waiting: whose it is is looked up, and nothing is locked', async () => {
  const counting = createCountingDatabase(await openTestDatabase());
  await using server = await startServer({ db: counting.db });
  const call = createClient(server.url);
  const { token } = await newcomer(server, call);
  counting.count();
  assertProblem(await call('POST', '/email/verify', { json: { token } }), 403, 'proof-of-account-needed');
  const { reads, transactions } = counting.count();
  assert.deepEqual([reads > 0, transactions], [true, 0]);
  const json = { token, password: ada.password };
  assert.equal((await call('POST', '/email/verify', { json })).status, 200);
  await counting.db.close();
});

test('used, old, foreign, expired, dead and made-up tokens get one answer', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const used = await newcomer(server, call);
  await call('POST', '/email/verify', { json: { token: used.token, password: ada.password } });
  const people = ['old', 'disabled', 'deleted', 'renamed', 'vouched'].map((username) => ({
    ...ada,
    username,
    email: `${username}@example.com`,
  }));
  const tokens = new Map([['used', used.token]]);
  for (const account of people) {
    const { held, token } = await newcomer(server, call, account);
    tokens.set(account.username, token);
    const of = { id: held.id, by: undefined };
    if (account.username === 'old') await call('POST', '/email/verification', { json: { email: account.email } });
    if (account.username === 'disabled') await server.features.accounts.disabling.disable(of);
    if (account.username === 'deleted') await server.features.accounts.delete(of);
    if (account.username === 'renamed') await server.features.accounts.renameUser({ ...of, email: 'x@example.com' });
    if (account.username === 'vouched') await server.features.accounts.renameUser({ ...of, verified: true });
  }
  const foreign = await server.db.transact((tx) =>
    server.features.oneTimeCodes.issue(tx, { purpose: 'reset-password', user: 3 as never, email: 'old@example.com' }),
  );
  tokens.set('of another purpose', tokenIn(foreign.link)).set('made up', 'x'.repeat(43)).set('of no form', 'x');
  await server.newEvents();
  const bodies = [];
  for (const [why, token] of tokens) {
    for (const more of [{}, { password: ada.password }, { new_password: theirs }]) {
      const answer = await call('POST', '/email/verify', { json: { token, ...more } });
      assertProblem(answer, 422, 'invalid-one-time-token');
      const { instance: _instance, ...body } = answer.body;
      bodies.push([why, JSON.stringify(body)]);
    }
  }
  for (const [why = '', body] of bodies) assert.equal(body, bodies[0]?.[1], why);
  assert.deepEqual(await server.newEvents(), []);
});

describe('guessing the password with a token in hand', () => {
  test('is slowed down as at the login, and on the same counters', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { token } = await newcomer(server, call);
    const guess = () => call('POST', '/email/verify', { json: { token, password: 'not it, whatever it is' } });
    for (let times = 0; times < 10; times += 1) assertProblem(await guess(), 422, 'current-password-wrong');
    assertProblem(await guess(), 429, 'too-many-attempts');
    const login = await call('POST', '/login', { json: { email: ada.email, password: ada.password } });
    assertProblem(login, 429, 'too-many-attempts');
    const [first, ...others] = await server.newEvents();
    const wrong = { event: 'email.verified', outcome: 'refused', reason: 'current-password-wrong' };
    assert.deepEqual([first, others.length], [{ ...wrong, subject: 1, ip: '127.0.0.1' }, 9]);
    assert.equal(await isVerified(server), false);
  });

  test('a right one takes back what was mistyped before', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { token } = await newcomer(server, call);
    const verify = (password: string) => call('POST', '/email/verify', { json: { token, password } });
    for (let times = 0; times < 9; times += 1) await verify('not it, whatever it is');
    assert.equal((await verify(ada.password)).status, 200);
    for (let times = 0; times < 9; times += 1) {
      await call('POST', '/login', { json: { email: ada.email, password: 'not it, whatever it is' } });
    }
    await logIn(call);
  });
});

test('mass assignment: nobody verifies themselves by a field, and nobody takes a proof away', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  assertFaults(await call('POST', '/signup', { json: { ...ada, email_verified: true } }), '/email_verified');
  const { held } = await newcomer(server, call);
  const own = { current_password: ada.password, email_verified: true };
  assertFaults(await call('PATCH', '/user', { token: held.accessToken, json: own }), '/email_verified');
  const self = await call('PATCH', `/users/${held.id}`, { token: held.accessToken, json: { email_verified: true } });
  assertProblem(self, 403, 'insufficient-permission');
  for (const value of [false, null, 1, 'true']) {
    assertFaults(
      await call('PATCH', `/users/${held.id}`, { token, json: { email_verified: value } }),
      '/email_verified',
    );
  }
  for (const field of ['email_verified_at', 'emailVerified', 'verified']) {
    assertFaults(await call('PATCH', `/users/${held.id}`, { token, json: { [field]: true } }), `/${field}`);
  }
  const { body } = await call('GET', '/user', { token });
  const themselves = await call('PATCH', `/users/${body.id}`, { token, json: { email_verified: true } });
  assertProblem(themselves, 403, 'own-names');
  assert.equal(await isVerified(server, held.id), false);
});

test('no token and no address of a mail stands in the log or in the audit record', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { token } = await newcomer(server, call);
  await call('POST', '/email/verification', { json: { email: 'somebody.else@example.com' } });
  await call('POST', '/email/verify', { json: { token, password: 'wrong, and long enough' } });
  await call('POST', '/email/verify', { json: { token, new_password: theirs } });
  const told = `${server.log.join('\n')}${JSON.stringify(await server.newEvents())}`;
  for (const secret of [token, theirs, 'somebody.else', 'wrong, and long enough']) {
    assert.equal(told.includes(secret), false, secret);
  }
});
