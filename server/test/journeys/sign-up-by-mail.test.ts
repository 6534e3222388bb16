/** REQUIRE_VERIFIED_EMAIL=signup: no account before its address is proven, and nobody learns which addresses have one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behind } from '../support/behind.ts';
import { type Call, createClient } from '../support/client.ts';
import { createCountingDatabase } from '../support/counting-database.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { tokenIn, tokenOf } from '../support/mails.ts';
import { type Account, ada, bea, lives, logIn } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const env = { REQUIRE_VERIFIED_EMAIL: 'signup' };
const asked = { message: 'A mail is on its way: it says how to go on.' };
const theirs = 'an orchard of blue pears';

/** Begins a sign-up; the token of its mail. */
async function begin(server: TestServer, call: Call, account: Account = ada): Promise<string> {
  assert.equal((await call('POST', '/signup', { json: account })).status, 202);
  return tokenOf((await server.newMails()).at(-1));
}

const complete = (call: Call, token: string, more: object = { password: ada.password }) =>
  call('POST', '/signup/complete', { json: { token, ...more } });

const countUsers = async ({ db }: TestServer) =>
  (await behind<{ id: number }>(db, (builder) => builder.selectFrom('users').select('id'))).length;

test('a sign-up by mail: 202 and a mail, then the account, verified and signed in', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  const first = await call('POST', '/signup', { json: ada, headers: { 'accept-language': 'de' } });
  assert.deepEqual([first.status, first.body, first.headers.getSetCookie()], [202, asked, []]);
  assert.deepEqual([await countUsers(server), await server.newEvents()], [0, []]);
  const [mail, ...others] = await server.newMails();
  assert.ok(mail?.template === 'complete-sign-up');
  const { link, ...data } = mail.data;
  assert.deepEqual([mail.to, mail.locale, data, others], [ada.email, 'de', { username: 'ada', minutes: 1_440 }, []]);
  assert.match(link, /\/mail\/complete-sign-up#token=[\w-]{43}$/);
  const early = await call('POST', '/login', { json: { email: ada.email, password: ada.password } });
  assertProblem(early, 401, 'invalid-credentials');
  await server.newEvents();

  const answer = await complete(call, tokenOf(mail));
  assert.deepEqual([answer.status, answer.body.data], [201, { id: 1, username: 'ada', email: ada.email }]);
  assert.equal(answer.cookie, answer.body.refresh_token);
  assert.ok(answer.device);
  const { body } = await call('GET', '/user', { token: answer.body.access_token });
  assert.equal(body.email_verified, true);
  assert.deepEqual(
    (await server.newEvents()).map(({ event, reason }) => [event, reason]),
    [
      ['user.created', 'sign-up'],
      ['session.started', 'sign-up'],
    ],
  );
  assert.equal((await server.features.users.find(server.db, 1 as never))?.locale, 'de');
  await logIn(call);
  assert.deepEqual(await server.newMails(), []);
  const left = await behind(server.db, (builder) => builder.selectFrom('pending_sign_ups').selectAll());
  assert.deepEqual(left, [], 'the hash is kept once');
});

test('an attacker begins a sign-up with the address of a victim, who completes it with a password of their own', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  const token = await begin(server, call);
  assertProblem(await complete(call, token, {}), 403, 'proof-of-account-needed');
  assertFaults(await complete(call, token, { new_password: 'short' }), '/new_password');
  assertFaults(await complete(call, token, { password: ada.password, new_password: theirs }), '/new_password');
  const answer = await complete(call, token, { new_password: theirs });
  assert.equal(answer.status, 201);
  const attacker = await call('POST', '/login', { json: { email: ada.email, password: ada.password } });
  assertProblem(attacker, 401, 'invalid-credentials');
  await logIn(call, { ...ada, password: theirs });
});

test('enumeration: a new address and a taken one get one answer, by one amount of work, whoever has it', async () => {
  const db = await openTestDatabase();
  const counting = createCountingDatabase(db);
  await using server = await startServer({ db: counting.db, env });
  const call = createClient(server.url);
  const names = ['active', 'disabled', 'unverified'];
  for (const username of names) {
    const account = await server.features.accounts.create.prepare({
      ...ada,
      username,
      email: `${username}@example.com`,
    });
    const verified = username !== 'unverified';
    const insert = { admin: false, verified, how: 'test' };
    const id = await db.transact((tx) => server.features.accounts.create.insert(tx, account, insert));
    if (username === 'disabled') await server.features.accounts.disabling.disable({ id, by: undefined });
  }
  await call('POST', '/signup', { json: { ...ada, username: 'first', email: 'first@example.com' } });
  await server.newMails();
  await server.newEvents();
  const seen: unknown[] = [];
  for (const name of [...names, 'new', 'new']) {
    counting.statements();
    counting.count();
    const hashed = server.hasher.calls.hash;
    const email = seen.length === 4 ? 'newer@example.com' : `${name}@example.com`;
    const answer = await call('POST', '/signup', { json: { ...ada, username: 'somebody', email } });
    const headers = Object.fromEntries([...answer.headers].filter(([key]) => key !== 'date' && key !== 'x-request-id'));
    const work = { sql: counting.statements(), calls: counting.count(), hashes: server.hasher.calls.hash - hashed };
    seen.push({ status: answer.status, body: answer.body, headers, work });
    const [mail, ...others] = await server.newMails();
    const template = name === 'new' ? 'complete-sign-up' : 'sign-up-taken';
    assert.deepEqual([mail?.to, mail?.template, others], [email, template, []]);
  }
  for (const each of seen) assert.deepEqual(each, seen[0]);
  assert.equal(await countUsers(server), names.length);
  assert.deepEqual(await server.newEvents(), []);
  await db.close();
});

test('the owner of a taken address is told by their own name, and nothing that was typed is kept', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  assert.equal((await complete(call, await begin(server, call))).status, 201);
  await call('POST', '/signup', { json: { ...bea, email: 'ADA@example.com' } });
  const [mail] = await server.newMails();
  assert.ok(mail?.template === 'sign-up-taken');
  assert.deepEqual(mail.data, { username: 'ada', resetLink: 'http://localhost:8000/mail/reset-password' });
  assert.equal(mail.to, ada.email);
  const pending = await behind(server.db, (builder) => builder.selectFrom('pending_sign_ups').selectAll());
  assert.deepEqual(pending, []);
});

test('a username that is taken is told alike, whether the address is new or taken', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  await complete(call, await begin(server, call));
  for (const email of [ada.email, 'new@example.com']) {
    assertProblem(await call('POST', '/signup', { json: { ...ada, email } }), 409, 'username-taken');
  }
  assert.deepEqual(await server.newMails(), []);
});

describe('races', () => {
  test('twenty completions at once: one account, one session', async () => {
    await using server = await startServer({ env: { ...env, RATE_LIMITS: 'off' } });
    const call = createClient(server.url);
    const token = await begin(server, call);
    const answers = await Promise.all(Array.from({ length: 20 }, () => complete(call, token)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array.from({ length: 19 }, () => 422)]);
    assert.equal(await countUsers(server), 1);
    const started = (await server.newEvents()).filter(({ event }) => event === 'session.started');
    assert.equal(started.length, 1);
  });

  test('a username that was taken meanwhile: 409, and the token is good again when it is free', async () => {
    await using server = await startServer({ env });
    const call = createClient(server.url);
    const late = await begin(server, call);
    const other = await begin(server, call, { ...ada, email: 'first@example.com' });
    const { body } = await complete(call, other);
    await server.newEvents();
    assertProblem(await complete(call, late), 409, 'username-taken');
    assert.deepEqual(await server.newEvents(), []);
    await server.features.accounts.delete({ id: body.data.id, by: undefined });
    assert.equal((await complete(call, late)).status, 201);
  });

  test('an address that was taken meanwhile: 409, and the account that has it is none the worse for it', async () => {
    await using server = await startServer({ env });
    const call = createClient(server.url);
    const token = await begin(server, call);
    const account = await server.features.accounts.create.prepare({ ...bea, email: ada.email });
    await server.db.transact((tx) =>
      server.features.accounts.create.insert(tx, account, { admin: false, verified: true, how: 'test' }),
    );
    assertProblem(await complete(call, token), 409, 'email-taken');
    assertProblem(await complete(call, token, { new_password: theirs }), 409, 'email-taken');
    await logIn(call, { ...bea, email: ada.email });
  });
});

test('used, older, expired, foreign and made-up tokens get one answer', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  const used = await begin(server, call);
  assert.equal((await complete(call, used)).status, 201);
  const older = await begin(server, call, bea);
  const newer = await begin(server, call, { ...bea, username: 'beatrice' });
  const expired = await begin(server, call, { ...ada, username: 'cyd', email: 'cyd@example.com' });
  server.clock.advance(86_400_000);
  const foreign = await server.db.transact((tx) =>
    server.features.oneTimeCodes.issue(tx, { purpose: 'verify-email', user: undefined, email: bea.email }),
  );
  const bodies = [];
  for (const token of [used, older, newer, expired, tokenIn(foreign.link), 'x'.repeat(43), 'x']) {
    const answer = await complete(call, token, { new_password: theirs });
    assertProblem(answer, 422, 'invalid-one-time-token');
    const { instance: _instance, ...body } = answer.body;
    bodies.push(body);
  }
  for (const body of bodies) assert.deepEqual(body, bodies[0]);
  assert.equal(await countUsers(server), 1);
});

test('a wrong password completes nothing, is slowed down, and the token stays good', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  const token = await begin(server, call);
  const wrong = () => complete(call, token, { password: 'not it, whatever it is' });
  for (let times = 0; times < 10; times += 1) assertProblem(await wrong(), 422, 'current-password-wrong');
  assertProblem(await wrong(), 429, 'too-many-attempts');
  const [first] = await server.newEvents();
  const refused = { event: 'user.created', outcome: 'refused', reason: 'current-password-wrong' };
  assert.deepEqual(first, { ...refused, ip: '127.0.0.1' });
  assert.equal((await complete(call, token, { new_password: theirs })).status, 201);
});

test('a scanner that opens the link uses nothing up', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  const token = await begin(server, call);
  for (const method of ['GET', 'HEAD']) {
    await call(method, `/signup/complete?token=${token}`);
    await call(method, `/mail/complete-sign-up?token=${token}`);
  }
  const answer = await complete(call, token);
  assert.equal(answer.status, 201);
  assert.equal(await lives(call, { accessToken: answer.body.access_token }), true);
});

test('nobody is flooded: five mails to an address at once, then a wait', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  for (let times = 0; times < 5; times += 1) await begin(server, call);
  assertProblem(await call('POST', '/signup', { json: ada }), 429, 'too-many-attempts');
});
