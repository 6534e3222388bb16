/** POST /login/email and POST /login/email/verify. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behind } from '../support/behind.ts';
import { type Call, type CallOptions, createClient } from '../support/client.ts';
import { type ReadMail, tokenOf } from '../support/mails.ts';
import { ada, bea, byThemselves, lives, signUp, verifiedAda, verifyAddress } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const asked = { message: 'If there is an account with this address, a mail is on its way.' };
const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const headers = { 'user-agent': agent };

const ask = (call: Call, email = ada.email) => call('POST', '/login/email', { json: { email }, headers });
const verify = (call: Call, json: object, options: CallOptions = {}) =>
  call('POST', '/login/email/verify', { json, headers, ...options });

interface SignInMail {
  readonly token: string;
  readonly code: string;
  readonly mail: ReadMail | undefined;
}

/** What is in the one mail that comes of asking. */
async function mailFor(server: TestServer, call: Call, email = ada.email): Promise<SignInMail> {
  await server.newMails();
  assert.equal((await ask(call, email)).status, 202);
  const [mail, ...others] = await server.newMails();
  assert.deepEqual(others, []);
  assert.equal(mail?.template, 'sign-in');
  return { mail, token: tokenOf(mail), code: mail?.data.code ?? assert.fail('no code') };
}

test('one mail with a link and a code for ten minutes; asking changes nothing', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await verifiedAda(server, call);
  const answer = await ask(call);
  assert.deepEqual([answer.status, answer.body, answer.cookie, answer.device], [202, asked, undefined, undefined]);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const [mail] = await server.newMails();
  const token = tokenOf(mail);
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  assert.ok(mail?.template === 'sign-in');
  assert.match(mail.data.code ?? '', /^[0-9]{6}$/);
  const proof = { link: `http://localhost:8000/mail/sign-in#token=${token}`, code: mail.data.code, minutes: 10 };
  const asker = { at: server.clock.now(), ip: '127.0.0.1', device: agent };
  assert.deepEqual(mail, {
    to: ada.email,
    locale: 'en',
    template: 'sign-in',
    data: { username: 'ada', ...proof, ...asker },
  });
  const event = { event: 'login.mail-asked', outcome: 'success', subject: held.id, ip: '127.0.0.1' };
  assert.deepEqual(await server.newEvents(), [event]);
  assert.equal(await lives(call, held), true);
});

for (const [way, present] of [
  ['link', ({ token }: SignInMail) => ({ token })],
  ['code', ({ code }: SignInMail) => ({ email: 'ADA@example.com', code })],
] as const) {
  test(`by the ${way} one is signed in as by a password, and both are used up`, async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await verifiedAda(server, call);
    const mail = await mailFor(server, call);
    await server.newEvents();

    const { status, body, cookie, device } = await verify(call, present(mail));
    assert.equal(status, 200);
    assert.deepEqual(body.data, { id: held.id, username: ada.username, email: ada.email });
    assert.deepEqual([body.token_type, body.expires_in, body.refresh_token], ['bearer', 900, cookie]);
    assert.match(device ?? '', /^[\w-]{22}\.\d+\.[\w-]{22}$/);
    const session = String(body.refresh_token).split('.')[0];
    const started = { event: 'session.started', ...byThemselves(held), session, reason: 'email', object: 'new-device' };
    assert.deepEqual(await server.newEvents(), [started]);
    assert.equal((await call('GET', '/user', { token: body.access_token })).status, 200);
    assert.equal((await call('POST', '/refresh-access-token', { cookie })).status, 200);
    assert.equal(await lives(call, held), true, 'other sessions go on');

    for (const both of [{ token: mail.token }, { email: ada.email, code: mail.code }]) {
      assertProblem(await verify(call, both), 422, 'invalid-one-time-token');
    }
    assert.equal((await call('POST', '/login', { json: { email: ada.email, password: ada.password } })).status, 200);
  });
}

describe('the device', () => {
  test('becomes known of the password there is: under a siege its login does not wait', async () => {
    await using server = await startServer({ env: { TRUST_PROXY: '1' } });
    const call = createClient(server.url);
    await verifiedAda(server, call);
    const { device } = await verify(call, { token: (await mailFor(server, call)).token });
    const guess = (ip: string) =>
      call('POST', '/login', { json: { email: ada.email, password: 'wrong' }, headers: { 'x-forwarded-for': ip } });
    for (let attempt = 0; attempt < 20; attempt += 1) await guess(`203.0.113.${attempt}`);
    assert.equal((await guess('203.0.113.99')).status, 429);
    const json = { email: ada.email, password: ada.password };
    assert.equal((await call('POST', '/login', { json })).status, 429);
    assert.equal((await call('POST', '/login', { json, device })).status, 200);
  });

  test('of an account without a password gets no cookie', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { create } = server.features.accounts;
    const names = create.prepareWithoutPassword(ada);
    const id = await server.db.transact((tx) => create.insert(tx, names, { admin: false, how: 'test' }));
    await verifyAddress(server, id);
    const { status, device } = await verify(call, { token: (await mailFor(server, call)).token });
    assert.deepEqual([status, device], [200, undefined]);
  });
});

test('where the address was not verified, the account is taken over: password, sessions and mails die', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  await server.newMails();
  await call('POST', '/password/forgot', { json: { email: ada.email } });
  const [resetMail] = await server.newMails();
  const { token } = await mailFor(server, call);
  await server.newEvents();

  const { status, body, device } = await verify(call, { token });
  assert.deepEqual([status, device], [200, undefined]);
  const reason = 'sign-in';
  const session = String(body.refresh_token).split('.')[0];
  assert.deepEqual(await server.newEvents(), [
    { event: 'email.verified', ...byThemselves(held), reason },
    { event: 'account.taken-over', ...byThemselves(held), reason },
    { event: 'session.ended', ...byThemselves(held), session: held.sessionId, reason: 'account-taken-over' },
    { event: 'session.started', ...byThemselves(held), session, reason: 'email', object: 'new-device' },
  ]);
  assert.deepEqual([await lives(call, held), await lives(call, { accessToken: body.access_token })], [false, true]);
  const told = (await server.newMails()).map(({ to, template }) => `${template} ${to}`);
  assert.deepEqual(told, [`new-device ${ada.email}`, `password-removed ${ada.email}`]);
  const json = { email: ada.email, password: ada.password };
  assertProblem(await call('POST', '/login', { json }), 401, 'invalid-credentials');
  const reset = { token: tokenOf(resetMail), new_password: 'nine grey herons wade' };
  assertProblem(await call('POST', '/password/reset', { json: reset }), 422, 'invalid-one-time-token');
  assert.equal((await server.features.users.find(server.db, held.id))?.emailVerifiedAt, server.clock.now());
});

test('where there was no password, none is said to be removed', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { username, email } = ada;
  await server.features.accounts.createUser({ username, email, password: undefined, by: undefined });
  const { token } = await mailFor(server, call);
  await server.newEvents();
  assert.equal((await verify(call, { token })).status, 200);
  assert.ok((await server.newEvents()).some(({ event }) => event === 'account.taken-over'));
  assert.deepEqual(
    (await server.newMails()).filter(({ template }) => template.startsWith('password')),
    [],
  );
});

test('a wrong code is a failed login of the account; the record names no address that nobody has', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await verifiedAda(server, call);
  const { code } = await mailFor(server, call);
  await server.newEvents();
  const wrong = code === '000000' ? '000001' : '000000';
  assertProblem(await verify(call, { email: ada.email, code: wrong }), 422, 'invalid-one-time-token');
  assertProblem(await verify(call, { email: bea.email, code }), 422, 'invalid-one-time-token');
  assertProblem(await verify(call, { token: 'A'.repeat(43) }), 422, 'invalid-one-time-token');
  const refused = { event: 'login.failed', outcome: 'refused', reason: 'invalid-one-time-token', ip: '127.0.0.1' };
  const [first, second, ...others] = await server.newEvents();
  assert.deepEqual([first, others], [{ ...refused, subject: held.id }, []]);
  assert.match(String(second?.object), /^name:(?!.*bea)/);
});

describe('neither the one nor the other is 422:', () => {
  const token = 'A'.repeat(43);
  const bodies: Readonly<Record<string, readonly [body: object, pointer: string]>> = {
    nothing: [{}, '/token'],
    'an address without a code': [{ email: ada.email }, '/token'],
    'a code without an address': [{ code: '000000' }, '/token'],
    'a token and an address': [{ token, email: ada.email }, '/token'],
    'all of it': [{ token, email: ada.email, code: '000000' }, '/token'],
    'a code of five digits': [{ email: ada.email, code: '00000' }, '/code'],
    'a code of seven digits': [{ email: ada.email, code: '0000000' }, '/code'],
    'a code in other digits': [{ email: ada.email, code: '٠٠٠٠٠٠' }, '/code'],
    'a code that is a number': [{ email: ada.email, code: 123456 }, '/code'],
  };
  test('each of them', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    for (const [body, pointer] of Object.values(bodies)) assertFaults(await verify(call, body), pointer);
    assert.deepEqual(await server.newEvents(), []);
  });
});

describe('login CSRF: a page elsewhere cannot sign its visitor in to an account of its own', () => {
  const evil = {
    origin: 'https://evil.example',
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'cors',
    'sec-fetch-dest': 'empty',
  };

  test('a script elsewhere is refused before anything is looked at, a listed origin and one’s own are not', async () => {
    await using server = await startServer({ env: { CORS_ORIGINS: 'https://app.example.com' } });
    const call = createClient(server.url);
    await verifiedAda(server, call);
    const { token } = await mailFor(server, call);
    await server.newEvents();
    assertProblem(await verify(call, { token }, { headers: evil }), 403, 'cross-site-request');
    const form = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    assertProblem(await verify(call, { token }, { headers: form }), 403, 'cross-site-request');
    assert.deepEqual(await server.newEvents(), []);
    const listed = { ...evil, origin: 'https://app.example.com' };
    assert.equal((await verify(call, { token }, { headers: listed })).status, 200);
  });

  test('a form elsewhere cannot send JSON', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await verifiedAda(server, call);
    const { token } = await mailFor(server, call);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const raw = JSON.stringify({ token });
      const answer = await call('POST', '/login/email/verify', { raw, headers: { 'content-type': type } });
      assertProblem(answer, 415, 'unsupported-media-type');
      assert.deepEqual([answer.cookie, answer.device], [undefined, undefined]);
    }
    assert.equal((await verify(call, { token })).status, 200);
  });
});

describe('whose account a link signs in to', () => {
  const look = (call: Call, token: string) => call('POST', '/login/email/account', { json: { token }, headers });

  test('is told to whoever has it, as often as they look, and nothing is used up by it', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await verifiedAda(server, call);
    const { token } = await mailFor(server, call);
    await server.newEvents();
    for (let n = 0; n < 20; n += 1) {
      const answer = await look(call, token);
      assert.deepEqual([answer.status, answer.body], [200, { email: ada.email }]);
      assert.deepEqual(
        [answer.cookie, answer.device, answer.headers.get('cache-control')],
        [undefined, undefined, 'no-store'],
      );
    }
    assert.deepEqual([await server.newEvents(), await server.newMails()], [[], []]);
    assert.equal((await verify(call, { token })).status, 200);
  });

  test('is told to nobody else: for every token that is not good the answer is one', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await verifiedAda(server, call);
    const { token } = await mailFor(server, call);
    await call('POST', '/password/forgot', { json: { email: ada.email } });
    const foreign = tokenOf((await server.newMails())[0]);
    const used = async () => assert.equal((await verify(call, { token })).status, 200);
    const disabled = async () => {
      const { token: another } = await mailFor(server, call);
      await behind(server.db, (db) => db.updateTable('users').set({ disabled_at: 1 }));
      return another;
    };
    await used();
    const told = new Set<string>();
    for (const text of ['x'.repeat(43), foreign, token, await disabled()]) {
      const answer = await look(call, text);
      assertProblem(answer, 422, 'invalid-one-time-token');
      const { instance: _, ...body } = answer.body;
      told.add(JSON.stringify(body));
    }
    assert.equal(told.size, 1);
    assert.equal(await lives(call, held), false);
    const byCode = { email: ada.email, code: '123456' };
    assert.equal((await call('POST', '/login/email/account', { json: byCode })).status, 422, 'a code is no token');
  });
});

test('SIGN_IN_BY_EMAIL=off: nothing is sent, and a mail of before signs nobody in', async () => {
  await using on = await startServer();
  await verifiedAda(on, createClient(on.url));
  const { token } = await mailFor(on, createClient(on.url));
  await using off = await startServer({ env: { SIGN_IN_BY_EMAIL: 'off' }, db: on.db, clock: on.clock });
  await off.newMails();
  const call = createClient(off.url);
  assertProblem(await ask(call), 404, 'sign-in-by-email-off');
  assertProblem(await verify(call, { token }), 404, 'sign-in-by-email-off');
  assertProblem(await call('POST', '/login/email/account', { json: { token } }), 404, 'sign-in-by-email-off');
  assert.deepEqual(await off.newMails(), []);
  assert.equal((await call('POST', '/password/forgot', { json: { email: ada.email } })).status, 202);
  assert.equal((await off.newMails()).length, 1);
});
