/** The first administrator: by the set-up token of the first start, or by the configuration. Never "first visitor wins". */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Secret } from '../../src/kernel/secret.ts';
import { behind } from '../support/behind.ts';
import { type Answer, type Call, createClient } from '../support/client.ts';
import { ada, bea, logIn, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

async function issue({ features }: TestServer): Promise<string> {
  const token = await features.accounts.setupToken.issue();
  assert.ok(token);
  return token.reveal();
}

const setUp = (call: Call, token: string, account: object = ada): Promise<Answer> =>
  call('POST', '/setup', { json: { setup_token: token, ...account } });

const mayAdministrate = async (call: Call, token: string): Promise<boolean> =>
  (await call('GET', '/permissions', { token })).status === 200;

test('the set-up token makes its bearer the first administrator, signed in: 201', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { status, body, headers } = await setUp(call, await issue(server));
  const { access_token: accessToken, refresh_token: refreshToken, ...rest } = body;
  const data = { id: 1, username: 'ada', email: 'ada@example.com' };
  assert.deepEqual([status, rest], [201, { message: 'Success', data, token_type: 'bearer', expires_in: 900 }]);
  assert.match(headers.get('set-cookie') ?? '', new RegExp(`^refresh_token=${refreshToken};`));
  assert.equal(await mayAdministrate(call, accessToken), true);
  const session = refreshToken.split('.')[0];
  assert.deepEqual(await server.newEvents(), [
    { event: 'user.created', outcome: 'success', subject: 1, reason: 'set-up', ip: '127.0.0.1' },
    { event: 'role.assigned', outcome: 'success', subject: 1, ip: '127.0.0.1', object: 'admin' },
    { event: 'session.started', outcome: 'success', actor: 1, subject: 1, session, reason: 'set-up', ip: '127.0.0.1' },
  ]);
});

test('it works once: afterwards neither it nor a new one makes an administrator', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await issue(server);
  await setUp(call, token);
  await server.newEvents();
  assertProblem(await setUp(call, token, bea), 403, 'invalid-setup-token');
  assert.equal(await server.features.accounts.setupToken.issue(), undefined);
  assert.deepEqual(await server.newEvents(), []);
  assert.equal(await mayAdministrate(call, (await signUp(call, bea)).accessToken), false);
});

test('it stays used when its administrator is disabled: it was no key of the house', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await issue(server);
  await setUp(call, token);
  await behind(server.db, (db) => db.updateTable('users').set({ disabled_at: 1 }));
  await server.newEvents();
  assertProblem(await setUp(call, token, bea), 403, 'invalid-setup-token');
  assert.deepEqual(await server.newEvents(), []);
});

test('it works for 30 minutes, and not a millisecond longer', async () => {
  for (const [milliseconds, status] of [
    [1_799_999, 201],
    [1_800_000, 403],
  ] as const) {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await issue(server);
    server.clock.advance(milliseconds);
    assert.equal((await setUp(call, token)).status, status);
  }
});

test('a new token kills the older one', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const [older, newer] = [await issue(server), await issue(server)];
  assertProblem(await setUp(call, older), 403, 'invalid-setup-token');
  assert.equal((await setUp(call, newer)).status, 201);
});

test('two at once with one token: one administrator', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await issue(server);
  const answers = await Promise.all([setUp(call, token, ada), setUp(call, token, bea)]);
  const [won, lost] = answers.toSorted((a, b) => a.status - b.status);
  assert.ok(won && lost);
  assert.equal(won.status, 201);
  assertProblem(lost, 403, 'invalid-setup-token');
  assert.deepEqual(
    (await server.newEvents()).map(({ event }) => event),
    ['user.created', 'role.assigned', 'session.started'],
  );
});

test('when there is an administrator already, a token that was printed before is worth nothing', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await issue(server);
  await server.admin();
  await server.newEvents();
  assertProblem(await setUp(call, token), 403, 'invalid-setup-token');
  assert.deepEqual(await server.newEvents(), []);
});

test('attack: no guess opens it, and no guess uses it up', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await issue(server);
  const guesses = ['x', token.slice(0, -1), `${token}A`, token.toLowerCase(), ` ${token}`, "' or 1=1 --", 'null'];
  for (const guess of guesses) assertProblem(await setUp(call, guess), 403, 'invalid-setup-token');
  assert.deepEqual(await server.newEvents(), []);
  assert.equal((await setUp(call, token)).status, 201);
});

test('attack: without any token there is no first visitor who wins', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  assertProblem(await setUp(call, 'x'), 403, 'invalid-setup-token');
  assertFaults(await call('POST', '/setup', { json: ada }), '/setup_token');
  const { accessToken } = await signUp(call);
  assert.equal(await mayAdministrate(call, accessToken), false);
});

describe('what is refused for another reason does not use the token up', () => {
  const refused: Readonly<Record<string, (call: Call, token: string) => Promise<void>>> = {
    'a taken address': async (call, token) =>
      assertProblem(await setUp(call, token, { ...ada, email: bea.email }), 409, 'email-taken'),
    'a taken username': async (call, token) =>
      assertProblem(await setUp(call, token, { ...ada, username: 'BEA' }), 409, 'username-taken'),
    'a common password': async (call, token) =>
      assertFaults(await setUp(call, token, { ...ada, password: 'password' }), '/password'),
    'missing fields': async (call, token) =>
      assertFaults(await setUp(call, token, {}), '/email', '/password', '/username'),
    'a token of another type': async (call) =>
      assertFaults(await call('POST', '/setup', { json: { ...ada, setup_token: true } }), '/setup_token'),
  };
  for (const [why, attempt] of Object.entries(refused)) {
    test(why, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      await signUp(call, bea);
      const token = await issue(server);
      await server.newEvents();
      await attempt(call, token);
      assert.deepEqual(await server.newEvents(), []);
      assert.equal((await setUp(call, token)).status, 201);
    });
  }
});

test('the configuration makes the first administrator on an empty database, once, and never again', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { ensureFirstAdmin } = server.features.accounts;
  const admin = { email: ada.email, username: 'admin', password: new Secret(ada.password) };
  const made = await Promise.all([ensureFirstAdmin(admin), ensureFirstAdmin(admin)]);
  assert.deepEqual(made.toSorted(), [false, true]);
  const { id, accessToken } = await logIn(call);
  assert.deepEqual([id, await mayAdministrate(call, accessToken)], [1, true]);

  await signUp(call, bea);
  await server.newEvents();
  const other = { email: 'c@example.com', username: 'c', password: new Secret('nine grey herons wade') };
  assert.equal(await ensureFirstAdmin(other), false);
  assert.deepEqual(await server.newEvents(), []);
});

test('a forgotten ADMIN_PASSWORD is no way back in: on a database with any user it makes nobody', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await signUp(call, bea);
  await server.newEvents();
  const admin = { email: ada.email, username: 'admin', password: new Secret(ada.password) };
  assert.equal(await server.features.accounts.ensureFirstAdmin(admin), false);
  assert.deepEqual(await server.newEvents(), []);
});
