/** What users are told of by mail, whoever did it; and when not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Call, createClient } from '../support/client.ts';
import type { ReadMail } from '../support/mails.ts';
import { ada, bea, lives, logIn, signUp } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const day = 86_400_000;
const laptop = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const phone = 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0';

const from = (userAgent: string) => ({ 'user-agent': userAgent });

const logInFrom = (call: Call, userAgent: string) =>
  call('POST', '/login', { json: { email: ada.email, password: ada.password }, headers: from(userAgent) });

/** Asserts that one mail went out, and what it says of where it was done. */
async function assertTold(
  server: TestServer,
  template: ReadMail['template'],
  asker: { ip: string; device: string },
): Promise<void> {
  const at = server.clock.now();
  const resetLink = 'http://localhost:8000/mail/reset-password';
  const data = { username: ada.username, resetLink, at, ...asker };
  assert.deepEqual(await server.newMails(), [{ to: ada.email, locale: 'en', template, data }]);
}

const byAnother = { ip: '', device: '' };

describe('a new device', () => {
  test('is told once; the known one, and that with which the account began, are not', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await call('POST', '/signup', { json: ada, headers: from(laptop) });
    await server.newMails();
    await logInFrom(call, laptop);
    assert.deepEqual(await server.newMails(), []);
    await logInFrom(call, phone);
    await assertTold(server, 'new-device', { ip: '127.0.0.1', device: phone });
    await logInFrom(call, phone);
    assert.deepEqual(await server.newMails(), []);
  });

  test('is told in the language of the user', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const keys = { usernameKey: 'ada', emailKey: ada.email };
    const hash = await server.hasher.hash(ada.password);
    await server.db.transact(async (tx) => {
      const names = { username: 'ada', email: ada.email, ...keys };
      const id = await server.features.users.add(tx, { ...names, createdAt: server.clock.now(), locale: 'de' });
      await server.features.passwords.store.add(tx, id, hash, server.clock.now());
    });
    await logInFrom(call, phone);
    assert.deepEqual(
      (await server.newMails()).map(({ template, locale }) => [template, locale]),
      [['new-device', 'de']],
    );
  });

  test('an attack by burying the inbox: 50 new devices in a day are five mails, and tell again on the next', async () => {
    await using server = await startServer({ env: { RATE_LIMITS: 'off' } });
    const call = createClient(server.url);
    await call('POST', '/signup', { json: ada, headers: from(laptop) });
    await server.newMails();
    for (let n = 0; n < 50; n += 1) await logInFrom(call, `device ${String.fromCodePoint(0x61 + (n % 26))}${n > 25}`);
    const mails = await server.newMails();
    assert.deepEqual(
      mails.map(({ template }) => template),
      Array.from({ length: 5 }, () => 'new-device'),
    );
    server.clock.advance(day);
    await logInFrom(call, phone);
    assert.equal((await server.newMails()).length, 1);
  });

  test('a login that fails or is rolled back tells nothing', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await call('POST', '/signup', { json: ada, headers: from(laptop) });
    await server.newMails();
    const wrong = { email: ada.email, password: 'wrong' };
    assertProblem(await call('POST', '/login', { json: wrong, headers: from(phone) }), 401, 'invalid-credentials');
    assert.deepEqual(await server.newMails(), []);
  });
});

test('another password is told, whether the user changes it or the operator; a wrong current one is not', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { accessToken: token } = await signUp(call);
  await server.newMails();
  const change = (current_password: string, new_password: string) =>
    call('POST', '/user/password', { token, json: { current_password, new_password }, headers: from(phone) });
  assertProblem(await change('wrong', bea.password), 422, 'current-password-wrong');
  assert.deepEqual(await server.newMails(), []);
  assert.equal((await change(ada.password, bea.password)).status, 200);
  await assertTold(server, 'password-changed', { ip: '127.0.0.1', device: phone });
  const { id } = await logIn(call, { ...ada, password: bea.password });
  await server.features.accounts.setPassword({ id, password: ada.password });
  await assertTold(server, 'password-changed', byAnother);
});

describe('sessions that end', () => {
  test('all of them, by the user or by an administrator, are told; one of them is not', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const admin = await server.admin();
    await server.newMails();
    const others = () => call('DELETE', '/sessions', { token: held.accessToken, headers: from(laptop) });
    await others();
    assert.deepEqual(await server.newMails(), [], 'there was no other');
    const other = await logIn(call);
    await call('DELETE', `/sessions/${other.sessionId}`, { token: held.accessToken });
    await call('POST', '/logout', { token: (await logIn(call)).accessToken });
    assert.deepEqual(await server.newMails(), []);
    await logIn(call);
    await server.newMails();
    await others();
    await assertTold(server, 'sessions-ended', { ip: '127.0.0.1', device: laptop });
    await call('DELETE', `/users/${held.id}/sessions`, { token: admin });
    await assertTold(server, 'sessions-ended', byAnother);
    await call('DELETE', `/users/${held.id}/sessions`, { token: admin });
    assert.deepEqual(await server.newMails(), [], 'there was none');
    const last = await logIn(call);
    await server.newMails();
    await call('POST', '/logout', { token: last.accessToken, json: { all_devices: true }, headers: from(laptop) });
    await assertTold(server, 'sessions-ended', { ip: '127.0.0.1', device: laptop });
  });

  test('an attack by burying the inbox: five mails in a day, however often it happens', async () => {
    await using server = await startServer({ env: { RATE_LIMITS: 'off' } });
    const call = createClient(server.url);
    const held = await signUp(call);
    for (let n = 0; n < 10; n += 1) {
      await logIn(call);
      await call('DELETE', '/sessions', { token: held.accessToken });
    }
    const mails = (await server.newMails()).filter(({ template }) => template === 'sessions-ended');
    assert.equal(mails.length, 5);
  });
});

describe('theft', () => {
  test('is told exactly once, although the stolen token comes 50 times at once', async () => {
    await using server = await startServer({ env: { RATE_LIMITS: 'off' } });
    const call = createClient(server.url);
    const held = await signUp(call);
    await server.newMails();
    const refresh = (refresh_token: string) =>
      call('POST', '/refresh-access-token', { json: { refresh_token }, headers: from(phone) });
    assert.equal((await refresh(held.refreshToken)).status, 200);
    server.clock.advance(60_000);
    const replays = await Promise.all(Array.from({ length: 50 }, () => refresh(held.refreshToken)));
    for (const { status } of replays) assert.equal(status, 401);
    await assertTold(server, 'session-stolen', { ip: '127.0.0.1', device: phone });
    assert.equal(await lives(call, held), false);
  });

  test('an attack by burying the inbox: ten mails in a day, however often it happens, and again on the next', async () => {
    await using server = await startServer({ env: { RATE_LIMITS: 'off' } });
    const call = createClient(server.url);
    await signUp(call);
    const thefts = async (count: number): Promise<number> => {
      for (let n = 0; n < count; n += 1) {
        const { refreshToken: refresh_token } = await logIn(call);
        await call('POST', '/refresh-access-token', { json: { refresh_token } });
        server.clock.advance(60_000);
        assert.equal((await call('POST', '/refresh-access-token', { json: { refresh_token } })).status, 401);
      }
      return (await server.newMails()).filter(({ template }) => template === 'session-stolen').length;
    };
    assert.equal(await thefts(12), 10);
    server.clock.advance(day);
    assert.equal(await thefts(12), 10);
  });
});

test('an attack by many accounts of one address, one after the other: the address gets no more for it', async () => {
  await using server = await startServer({ env: { RATE_LIMITS: 'off' } });
  const call = createClient(server.url);
  const spellings = ['victim@example.com', 'VICTIM@example.com', 'victim@Example.com'];
  for (const [n, email] of spellings.entries()) {
    const account = { ...ada, username: `mallory${n}`, email };
    const held = await signUp(call, account);
    const next = (password: string, other: string, token: string) =>
      call('POST', '/user/password', { token, json: { current_password: password, new_password: other } });
    for (let turn = 0; turn < 4; turn += 1) {
      assert.equal((await next(ada.password, bea.password, held.accessToken)).status, 200);
      assert.equal((await next(bea.password, ada.password, held.accessToken)).status, 200);
    }
    assert.equal((await call('DELETE', `/users/${held.id}`, { token: held.accessToken })).status, 200);
  }
  const mails = (await server.newMails()).filter(({ template }) => template === 'password-changed');
  assert.equal(mails.length, 10);
});

test('where no mail is sent nothing is written', async () => {
  await using server = await startServer({ env: { DEV_MAILBOX: 'off' } });
  const call = createClient(server.url);
  const { id } = await signUp(call);
  await logInFrom(call, phone);
  await server.features.accounts.setPassword({ id, password: bea.password });
  await server.features.accounts.renameUser({ id, email: 'ada@example.org', by: undefined });
  assert.deepEqual(await server.newMails(), []);
});
