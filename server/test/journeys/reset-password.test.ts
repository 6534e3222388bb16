/** POST /password/forgot and POST /password/reset. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Answer, type Call, createClient } from '../support/client.ts';
import { createCountingDatabase } from '../support/counting-database.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { tokenOf } from '../support/mails.ts';
import { ada, bea, byThemselves, lives, signUp, verifiedAda, verifyAddress } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const next = 'nine grey herons wade';
const asked = { message: 'If there is an account with this address, a mail is on its way.' };
const done = { message: 'Password reset successfully.' };
const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const minute = 60_000;

const forgot = (call: Call, email = ada.email, headers: Readonly<Record<string, string>> = {}) =>
  call('POST', '/password/forgot', { json: { email }, headers });
const reset = (call: Call, token: string, password = next) =>
  call('POST', '/password/reset', { json: { token, new_password: password }, headers: { 'user-agent': agent } });
const opens = async (call: Call, password: string, email = ada.email): Promise<boolean> =>
  (await call('POST', '/login', { json: { email, password } })).status === 200;

/** The token of the one mail that comes of asking. */
async function tokenFor(server: TestServer, call: Call, email = ada.email): Promise<string> {
  await server.newMails();
  assert.equal((await forgot(call, email)).status, 202);
  const mails = await server.newMails();
  assert.equal(mails.length, 1);
  return tokenOf(mails[0]);
}

test('a mail with a link for half an hour; the new password holds, the old one and all sessions do not', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await verifiedAda(server, call);
  const neighbour = await signUp(call, bea);
  await server.newEvents();
  await server.newMails();

  const answer = await forgot(call);
  assert.deepEqual([answer.status, answer.body, answer.cookie, answer.device], [202, asked, undefined, undefined]);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const [mail, ...others] = await server.newMails();
  assert.deepEqual(others, []);
  const token = tokenOf(mail);
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  const data = { username: 'ada', link: `http://localhost:8000/mail/reset-password#token=${token}`, minutes: 30 };
  assert.deepEqual(mail, { to: ada.email, locale: 'en', template: 'reset-password', data });
  const asking = { event: 'password.reset-asked', outcome: 'success', subject: held.id, ip: '127.0.0.1' };
  assert.deepEqual(await server.newEvents(), [asking]);
  assert.deepEqual([await lives(call, held), await opens(call, ada.password)], [true, true], 'asking changes nothing');
  const events = await server.newEvents();
  const [second] = events.filter(({ event }) => event === 'session.started');

  const answered = await reset(call, token);
  assert.deepEqual([answered.status, answered.body, answered.cookie], [200, done, undefined]);
  assert.equal(answered.headers.get('cache-control'), 'no-store');
  const ended = { event: 'session.ended', ...byThemselves(held), reason: 'password-reset' };
  const recorded = await server.newEvents();
  assert.deepEqual(recorded[0], { event: 'password.reset', ...byThemselves(held) });
  assert.deepEqual(
    new Set(recorded.slice(1)),
    new Set([held.sessionId, second?.session].map((session) => ({ ...ended, session }))),
  );
  const notice = { username: 'ada', resetLink: 'http://localhost:8000/mail/reset-password' };
  const from = { at: server.clock.now(), ip: '127.0.0.1', device: agent };
  assert.deepEqual(await server.newMails(), [
    { to: ada.email, locale: 'en', template: 'password-changed', data: { ...notice, ...from } },
  ]);

  assert.deepEqual([await lives(call, held), await lives(call, neighbour)], [false, true]);
  const json = { refresh_token: held.refreshToken };
  assertProblem(await call('POST', '/refresh-access-token', { json }), 401, 'invalid-refresh-token');
  assert.deepEqual([await opens(call, ada.password), await opens(call, next)], [false, true]);
  assert.equal(await opens(call, bea.password, bea.email), true);
});

test('the mail goes to the account’s own spelling of the address, in the language of the account or of who asks', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { create } = server.features.accounts;
  const account = await create.prepare(ada);
  await server.db.transact((tx) => create.insert(tx, account, { admin: false, how: 'test' }));
  await forgot(call, 'ADA@Example.com', { 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' });
  const [mail] = await server.newMails();
  assert.deepEqual([mail?.to, mail?.locale], [ada.email, 'de']);
});

test('a password that is refused keeps nobody waiting: whose it is is looked up, and nothing is locked', async () => {
  const counting = createCountingDatabase(await openTestDatabase());
  await using server = await startServer({ db: counting.db });
  const call = createClient(server.url);
  await verifiedAda(server, call);
  const token = await tokenFor(server, call);
  counting.count();
  assertFaults(await reset(call, token, 'short'), '/new_password');
  const { reads, transactions } = counting.count();
  assert.deepEqual([reads > 0, transactions], [true, 0]);
  assert.equal((await reset(call, token)).status, 200);
  await counting.db.close();
});

test('an account without a password gets its first one', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { create } = server.features.accounts;
  const names = create.prepareWithoutPassword(ada);
  const id = await server.db.transact((tx) => create.insert(tx, names, { admin: false, how: 'test' }));
  await verifyAddress(server, id);
  assert.equal((await reset(call, await tokenFor(server, call))).status, 200);
  assert.equal(await opens(call, next), true);
});

test('to an address without an account nothing is sent, nor to one of who is deleted or disabled', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const [first, second] = [await signUp(call), await signUp(call, bea)];
  await server.features.accounts.delete({ id: first.id, by: undefined });
  await server.features.accounts.disabling.disable({ id: second.id, by: undefined });
  await server.newEvents();
  await server.newMails();
  for (const email of [ada.email, bea.email, 'nobody@example.com'])
    assert.equal((await forgot(call, email)).status, 202);
  assert.deepEqual(await server.newMails(), []);
  const events = await server.newEvents();
  for (const { object, ...event } of events) {
    const refused = { outcome: 'refused', reason: 'no-account', ip: '127.0.0.1' };
    assert.deepEqual(event, { event: 'password.reset-asked', ...refused });
    assert.match(String(object), /^name:/, 'the record does not say whom');
  }
  assert.equal(events.length, 3);
});

describe('a password that is refused leaves the token good:', () => {
  const bad = { 'too short': 'short', 'one of the commonest': 'password123', 'one’s own name': 'ada@example.com' };
  for (const [what, password] of Object.entries(bad)) {
    test(what, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      const held = await verifiedAda(server, call);
      const token = await tokenFor(server, call);
      await server.newEvents();
      assertFaults(await reset(call, token, password), '/new_password');
      assert.deepEqual([await server.newEvents(), await server.newMails()], [[], []]);
      assert.deepEqual([await lives(call, held), await opens(call, ada.password)], [true, true]);
      assert.equal((await reset(call, token)).status, 200);
    });
  }
});

describe('where the address was not verified, whoever reads its mail takes the account over:', () => {
  test('sessions, API keys and other mails die, and the address is verified', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    await server.newMails();
    await call('POST', '/login/email', { json: { email: ada.email } });
    const [signInMail] = await server.newMails();
    const token = await tokenFor(server, call);
    await server.newEvents();
    assert.equal((await reset(call, token)).status, 200);
    const reason = 'reset-password';
    assert.deepEqual(await server.newEvents(), [
      { event: 'password.reset', ...byThemselves(held) },
      { event: 'email.verified', ...byThemselves(held), reason },
      { event: 'account.taken-over', ...byThemselves(held), reason },
      { event: 'session.ended', ...byThemselves(held), reason: 'account-taken-over', session: held.sessionId },
    ]);
    const user = await server.features.users.find(server.db, held.id);
    assert.equal(user?.emailVerifiedAt, server.clock.now());
    assert.deepEqual(
      [await lives(call, held), await opens(call, ada.password), await opens(call, next)],
      [false, false, true],
    );
    const json = { token: tokenOf(signInMail) };
    assertProblem(await call('POST', '/login/email/verify', { json }), 422, 'invalid-one-time-token');
  });
});

describe('a token is worth nothing, and all answers are alike byte for byte:', () => {
  type Kill = (server: TestServer, call: Call, token: string) => Promise<string>;
  const kills: Readonly<Record<string, Kill>> = {
    'made up': async () => 'A'.repeat(43),
    'no token at all': async () => 'x',
    used: async (_, call, token) => {
      assert.equal((await reset(call, token)).status, 200);
      return token;
    },
    expired: async ({ clock }, _, token) => {
      clock.advance(30 * minute);
      return token;
    },
    'killed by a newer mail': async (server, call, token) => {
      await tokenFor(server, call);
      return token;
    },
    'made for another purpose': async (server, call) => {
      await call('POST', '/login/email', { json: { email: ada.email } });
      return tokenOf((await server.newMails())[0]);
    },
    'of an address that is another by now': async (server, _, token) => {
      await server.features.accounts.renameUser({ id: 1 as never, email: 'countess@example.com', by: undefined });
      return token;
    },
    'of somebody deleted': async (server, _, token) => {
      await server.features.accounts.delete({ id: 1 as never, by: undefined });
      return token;
    },
    'of somebody disabled': async (server, _, token) => {
      await server.features.accounts.disabling.disable({ id: 1 as never, by: undefined });
      return token;
    },
    'of somebody deleted, whose names somebody else has now': async (server, call, token) => {
      await server.features.accounts.delete({ id: 1 as never, by: undefined });
      await signUp(call);
      return token;
    },
  };
  const observed = ({ status, headers, body }: Answer) => ({
    status,
    headers: [...headers].filter(([name]) => name !== 'date'),
    body: { ...body, instance: '…' },
  });
  const answers: unknown[] = [];

  for (const [what, kill] of Object.entries(kills)) {
    test(what, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      await verifiedAda(server, call);
      const token = await kill(server, call, await tokenFor(server, call));
      await server.newEvents();
      const answer = await reset(call, token, 'a password of the enemy');
      assertProblem(answer, 422, 'invalid-one-time-token');
      answers.push(observed(answer));
      assert.deepEqual(answers.at(-1), answers[0]);
      assert.deepEqual(await server.newEvents(), []);
      assert.equal(await opens(call, 'a password of the enemy'), false);
    });
  }
});
