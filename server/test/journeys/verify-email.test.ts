/**
 * POST /email/verification and POST /email/verify, row by row of docs/mail-flows.md. What attackers try stands in
 * verify-email-attacks.test.ts.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClient } from '../support/client.ts';
import { createCountingDatabase } from '../support/counting-database.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { tokenOf } from '../support/mails.ts';
import { ada, bea, lives, logIn, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

type Call = ReturnType<typeof createClient>;

const asked = { message: 'If this address waits to be verified, a mail is on its way.' };
const done = { message: 'E-mail address verified successfully.' };

const isVerified = async (call: Call, token: string) =>
  (await call('GET', '/user', { token })).body.email_verified as boolean;

/** Signs up; what the client holds, and the token of the mail. */
async function newcomer(server: TestServer, call: Call, account = ada) {
  const held = await signUp(call, account);
  const [mail] = await server.newMails();
  await server.newEvents();
  return { held, mail, token: tokenOf(mail) };
}

test('a sign-up posts the mail that verifies the address, in the language of the browser', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await call('POST', '/signup', { json: ada, headers: { 'accept-language': 'fr-CH, de;q=0.9' } });
  const [mail, ...others] = await server.newMails();
  assert.deepEqual(others, []);
  assert.ok(mail?.template === 'verify-email');
  const { link, ...data } = mail.data;
  assert.deepEqual([mail.to, mail.locale, data], [ada.email, 'fr', { username: 'ada', minutes: 1_440 }]);
  assert.match(link, /^http:\/\/localhost:8000\/mail\/verify-email#token=[\w-]{43}$/);
  assert.equal((await server.features.users.find(server.db, 1 as never))?.locale, 'fr');
});

test('a sign-up that fails posts nothing', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await newcomer(server, call);
  assertProblem(await call('POST', '/signup', { json: { ...bea, username: ada.username } }), 409, 'username-taken');
  assert.deepEqual(await server.newMails(), []);
});

describe('whoever shows that the account is theirs as well keeps everything', () => {
  const proofs = {
    'its password': () => ({ json: { password: ada.password } }),
    'an access token of it': ({ held }: Awaited<ReturnType<typeof newcomer>>) => ({ token: held.accessToken }),
    'its refresh cookie': ({ held }: Awaited<ReturnType<typeof newcomer>>) => ({ cookie: held.refreshToken }),
  };
  for (const [name, proof] of Object.entries(proofs)) {
    test(name, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      const made = await newcomer(server, call);
      const { json = {}, ...credentials }: { json?: object; token?: string; cookie?: string } = proof(made);
      const answer = await call('POST', '/email/verify', { ...credentials, json: { token: made.token, ...json } });
      assert.deepEqual([answer.status, answer.body, answer.cookie], [200, done, undefined]);
      const reason = name === 'its password' ? 'password' : 'session';
      assert.deepEqual(await server.newEvents(), [
        { event: 'email.verified', outcome: 'success', actor: 1, subject: 1, ip: '127.0.0.1', reason },
      ]);
      assert.equal(await isVerified(call, made.held.accessToken), true);
      // The cookie was only looked at.
      const refreshed = await call('POST', '/refresh-access-token', {
        json: { refresh_token: made.held.refreshToken },
      });
      assert.equal(refreshed.status, 200);
      await logIn(call);
      assert.deepEqual(await server.newMails(), []);
    });
  }

  test('with neither the answer says what is lacking, and the token stays good', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { token, held } = await newcomer(server, call);
    assertProblem(await call('POST', '/email/verify', { json: { token } }), 403, 'proof-of-account-needed');
    assert.deepEqual(await server.newEvents(), []);
    assert.equal(await isVerified(call, held.accessToken), false);
    assert.deepEqual((await call('POST', '/email/verify', { json: { token, password: ada.password } })).body, done);
  });

  test('both passwords at once say opposite things: 422', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { token } = await newcomer(server, call);
    const json = { token, password: ada.password, new_password: bea.password };
    assertFaults(await call('POST', '/email/verify', { json }), '/new_password');
    assert.deepEqual(await server.newEvents(), []);
  });

  test('an access token that is over is told, so that the client refreshes it', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { token, held } = await newcomer(server, call);
    server.clock.advance(16 * 60_000);
    const { accessToken } = held;
    assertProblem(await call('POST', '/email/verify', { token: accessToken, json: { token } }), 401, 'invalid-token');
    assert.deepEqual((await call('POST', '/email/verify', { cookie: held.refreshToken, json: { token } })).body, done);
  });
});

test('a new password is measured by the policy before anything happens, and the token stays good', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { token, held } = await newcomer(server, call);
  for (const weak of ['short', 'password', ada.email]) {
    assertFaults(await call('POST', '/email/verify', { json: { token, new_password: weak } }), '/new_password');
  }
  assert.deepEqual([await server.newEvents(), await lives(call, held)], [[], true]);
  assert.deepEqual((await call('POST', '/email/verify', { json: { token, new_password: bea.password } })).body, done);
});

describe('asking for a mail', () => {
  test('sends one to an account that waits, and makes the older one worthless', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { token: older } = await newcomer(server, call);
    const answer = await call('POST', '/email/verification', { json: { email: 'ADA@example.com' } });
    assert.deepEqual([answer.status, answer.body, answer.headers.get('cache-control')], [202, asked, 'no-store']);
    const [mail, ...others] = await server.newMails();
    assert.deepEqual([mail?.to, mail?.template, others], [ada.email, 'verify-email', []]);
    const verify = (token: string) => call('POST', '/email/verify', { json: { token, password: ada.password } });
    assertProblem(await verify(older), 422, 'invalid-one-time-token');
    assert.deepEqual((await verify(tokenOf(mail))).body, done);
  });

  test('nobody learns whether an address has an account: one answer, one amount of work, and no mail', async () => {
    const db = await openTestDatabase();
    const counting = createCountingDatabase(db);
    await using server = await startServer({ db: counting.db });
    const call = createClient(server.url);
    const people = ['waits', 'verified', 'disabled', 'deleted'].map((username) => ({
      ...ada,
      username,
      email: `${username}@example.com`,
    }));
    for (const account of people) {
      const { held, token } = await newcomer(server, call, account);
      if (account.username === 'verified')
        await call('POST', '/email/verify', { json: { token, password: ada.password } });
      if (account.username === 'disabled')
        await server.features.accounts.disabling.disable({ id: held.id, by: undefined });
      if (account.username === 'deleted') await server.features.accounts.delete({ id: held.id, by: undefined });
    }
    // The counter of this source begins with the first.
    await call('POST', '/email/verification', { json: { email: 'first@example.com' } });
    await server.newEvents();
    const seen: unknown[] = [];
    for (const name of ['waits', 'verified', 'disabled', 'deleted', 'nobody']) {
      counting.statements();
      counting.count();
      const answer = await call('POST', '/email/verification', { json: { email: `${name}@example.com` } });
      const headers = Object.fromEntries(
        [...answer.headers].filter(([key]) => key !== 'date' && key !== 'x-request-id'),
      );
      seen.push({
        status: answer.status,
        body: answer.body,
        headers,
        work: counting.statements(),
        calls: counting.count(),
      });
      const mails = (await server.newMails()).map(({ to }) => to);
      assert.deepEqual(mails, name === 'waits' ? ['waits@example.com'] : [], name);
    }
    for (const each of seen) assert.deepEqual(each, seen[0]);
    const events = (await server.newEvents()).map(({ event, outcome, reason }) => [event, outcome, reason]);
    const refused = (reason: string) => ['email.verification-asked', 'refused', reason];
    assert.deepEqual(events, [
      ['email.verification-asked', 'success', undefined],
      refused('verified-already'),
      ...Array.from({ length: 3 }, () => refused('no-account')),
    ]);
    await db.close();
  });

  test('is counted before anything is looked up, for one address and for one source', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    for (const email of [ada.email, 'nobody@example.com']) {
      const ask = () => call('POST', '/email/verification', { json: { email } });
      for (let times = 0; times < 5; times += 1) assert.equal((await ask()).status, 202);
      assertProblem(await ask(), 429, 'too-many-attempts');
    }
  });
});

test('a day later the token is worth nothing', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { token } = await newcomer(server, call);
  server.clock.advance(86_400_000);
  const answer = await call('POST', '/email/verify', { json: { token, password: ada.password } });
  assertProblem(answer, 422, 'invalid-one-time-token');
});

test('another address is not verified, and what was sent to the old one is dead, also when it comes back', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { token, held } = await newcomer(server, call);
  const rename = async (email: string) => {
    const json = { current_password: ada.password, email };
    assert.equal((await call('PATCH', '/user', { token: held.accessToken, json })).status, 200);
  };
  const verify = () => call('POST', '/email/verify', { json: { token, password: ada.password } });
  await rename('ada@example.org');
  assertProblem(await verify(), 422, 'invalid-one-time-token');
  await rename(ada.email);
  assertProblem(await verify(), 422, 'invalid-one-time-token');
});

test('a name that differs in letter case alone is the same address: it stays verified', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { token, held } = await newcomer(server, call);
  await call('POST', '/email/verify', { json: { token, password: ada.password } });
  const patch = (email: string) =>
    call('PATCH', '/user', { token: held.accessToken, json: { current_password: ada.password, email } });
  await patch('Ada@Example.com');
  assert.equal(await isVerified(call, held.accessToken), true);
  await patch('ada@example.org');
  assert.equal(await isVerified(call, held.accessToken), false);
});

describe('an administrator', () => {
  test('sees who has verified their address, and vouches for somebody', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { token: mailed } = await newcomer(server, call);
    const token = await server.admin();
    await server.newEvents();
    const shown = async () => (await call('GET', '/users/1', { token })).body.email_verified;
    const listed = async () => (await call('GET', '/users?id=1', { token })).body.users[0].email_verified;
    assert.deepEqual([await shown(), await listed()], [false, false]);
    const answer = await call('PATCH', '/users/1', { token, json: { email_verified: true } });
    assert.equal(answer.status, 200);
    assert.deepEqual([await shown(), await listed()], [true, true]);
    assert.deepEqual(await server.newEvents(), [
      { event: 'email.verified', outcome: 'success', actor: 2, subject: 1, ip: '127.0.0.1', reason: 'vouched-for' },
    ]);
    await call('PATCH', '/users/1', { token, json: { email_verified: true } });
    assert.deepEqual(await server.newEvents(), [], 'what is so already is not recorded again');
    const late = await call('POST', '/email/verify', { json: { token: mailed, new_password: bea.password } });
    assertProblem(late, 422, 'invalid-one-time-token');
  });

  test('gives another address and vouches for it, in one', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await newcomer(server, call);
    const token = await server.admin();
    await server.newEvents();
    await call('PATCH', '/users/1', { token, json: { email: 'ada@example.org', email_verified: true } });
    const { body } = await call('GET', '/users/1', { token });
    assert.deepEqual([body.email, body.email_verified], ['ada@example.org', true]);
    assert.deepEqual(
      (await server.newEvents()).map(({ event }) => event),
      ['user.renamed', 'email.verified'],
    );
  });
});
