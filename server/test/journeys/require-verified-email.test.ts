/** REQUIRE_VERIFIED_EMAIL=login: an account waits for its mail before anybody is let in. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClient } from '../support/client.ts';
import { tokenOf } from '../support/mails.ts';
import { ada, bea, lives, logIn, signUp } from '../support/people.ts';
import { assertOAuthError, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const env = { REQUIRE_VERIFIED_EMAIL: 'login' };
const credentials = { email: ada.email, password: ada.password };

test('signing up makes the account and signs nobody in, until its mail has come', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  const { status, body, headers } = await call('POST', '/signup', { json: ada });
  const message = 'A mail is on its way: verify your e-mail address, then log in.';
  assert.deepEqual([status, body], [201, { message, data: { id: 1, username: 'ada', email: ada.email } }]);
  assert.deepEqual(headers.getSetCookie(), []);
  assert.deepEqual(
    (await server.newEvents()).map(({ event }) => event),
    ['user.created'],
  );
  const [mail] = await server.newMails();
  assert.equal(mail?.template, 'verify-email');

  assertProblem(await call('POST', '/login', { json: credentials }), 403, 'email-not-verified');
  const verified = await call('POST', '/email/verify', { json: { token: tokenOf(mail), password: ada.password } });
  assert.equal(verified.status, 200);
  assert.equal((await logIn(call)).id, 1);
});

describe('who has not verified their address', () => {
  test('is told so by every way in that takes the right password, and it is on record', async () => {
    await using server = await startServer({ env });
    const call = createClient(server.url);
    await call('POST', '/signup', { json: ada });
    await server.newEvents();
    assertProblem(await call('POST', '/login', { json: credentials }), 403, 'email-not-verified');
    for (const username of [ada.email, ada.username]) {
      const form = { grant_type: 'password', username, password: ada.password };
      assertOAuthError(await call('POST', '/token', { form }), 400, 'invalid_grant');
    }
    const refused = { event: 'login.failed', outcome: 'refused', reason: 'email-not-verified', subject: 1 };
    const event = { ...refused, ip: '127.0.0.1' };
    assert.deepEqual(await server.newEvents(), [event, event, event]);
  });

  test('is not known by a wrong password: the answer is that of nobody', async () => {
    await using server = await startServer({ env });
    const call = createClient(server.url);
    await call('POST', '/signup', { json: ada });
    for (const email of [ada.email, 'nobody@example.com']) {
      const answer = await call('POST', '/login', { json: { email, password: 'not it, whatever it is' } });
      assertProblem(answer, 401, 'invalid-credentials');
    }
  });

  test('does not wait for having tried with the right password', async () => {
    await using server = await startServer({ env });
    const call = createClient(server.url);
    await call('POST', '/signup', { json: ada });
    const [mail] = await server.newMails();
    for (let times = 0; times < 25; times += 1) {
      assertProblem(await call('POST', '/login', { json: credentials }), 403, 'email-not-verified');
    }
    await call('POST', '/email/verify', { json: { token: tokenOf(mail), password: ada.password } });
    await logIn(call);
  });
});

test('the first administrator is let in without any mail, by the console and by the configuration', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  const setupToken = await server.features.accounts.setupToken.issue();
  const answer = await call('POST', '/setup', { json: { ...ada, setup_token: setupToken?.reveal() } });
  assert.equal(answer.status, 201);
  assert.equal((await call('GET', '/user', { token: answer.body.access_token })).body.email_verified, true);
  assert.deepEqual(await server.newMails(), []);

  await using other = await startServer({ env });
  const password = { reveal: () => bea.password } as never;
  await other.features.accounts.ensureFirstAdmin({ email: bea.email, username: bea.username, password });
  await logIn(createClient(other.url), bea);
});

test('sessions that began before go on, and a next sign-in wants the proof', async () => {
  await using before = await startServer();
  const held = await signUp(createClient(before.url));
  await using server = await startServer({ env, db: before.db, clock: before.clock });
  const call = createClient(server.url);
  assert.equal(await lives(call, held), true);
  const refreshed = await call('POST', '/refresh-access-token', { json: { refresh_token: held.refreshToken } });
  assert.equal(refreshed.status, 200);
  assertProblem(await call('POST', '/login', { json: credentials }), 403, 'email-not-verified');
});
