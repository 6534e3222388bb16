/** What production changes: the cookie, HSTS, whose pages may call, and what it takes to start. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadAppConfig } from '../../src/app/config.ts';
import { createClient } from '../support/client.ts';
import { ada, bea, lives, signUp } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const env = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://auth.example.com',
  SECRET_KEY: 'a production key of more than thirty-two characters',
};
const path = '/refresh-access-token';
const attributes = 'Path=/; HttpOnly; SameSite=Strict; Secure';
const asHost = (token: string) => ({ cookie: `__Host-refresh_token=${token}` });

test('the cookie is __Host- and Secure when it is given, rotated and cleared', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  const signup = await call('POST', '/signup', { json: ada });
  const token = signup.body.refresh_token;
  assert.deepEqual(signup.headers.getSetCookie(), [
    `__Host-refresh_token=${token}; Max-Age=2592000; ${attributes}`,
    `__Host-device=${signup.device}; Max-Age=31536000; ${attributes}`,
  ]);
  const { email, password } = ada;
  const login = await call('POST', '/login', { json: { email, password } });
  assert.deepEqual(login.headers.getSetCookie(), [
    `__Host-refresh_token=${login.cookie}; Max-Age=2592000; ${attributes}`,
    `__Host-device=${login.device}; Max-Age=31536000; ${attributes}`,
  ]);

  const refresh = await call('GET', path, { headers: asHost(token) });
  assert.equal(refresh.status, 200);
  assert.deepEqual(refresh.headers.getSetCookie(), [
    `__Host-refresh_token=${refresh.cookie}; Max-Age=2592000; ${attributes}`,
  ]);
  const logout = await call('POST', '/logout', { headers: asHost(refresh.cookie ?? '') });
  assert.deepEqual(logout.headers.getSetCookie(), [
    `__Host-refresh_token=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; ${attributes}`,
  ]);
});

test('attack: a cookie under the development name, as a sibling domain could plant it, is not read', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  const held = await signUp(call);
  const planted = await signUp(call, bea);
  await server.newEvents();
  for (const name of ['refresh_token', '__host-refresh_token', '__Secure-refresh_token', ' __Host-refresh_token ']) {
    const headers = { cookie: `${name}=${planted.refreshToken}` };
    assertProblem(await call('GET', path, { headers }), 401, 'invalid-refresh-token');
    assertProblem(await call('POST', '/logout', { headers }), 401, 'not-logged-in');
  }
  const both = { cookie: `refresh_token=${planted.refreshToken}; __Host-refresh_token=${held.refreshToken}` };
  const { body } = await call('GET', path, { headers: both });
  assert.equal(body.user.id, held.id);
  assert.deepEqual([await server.newEvents(), await lives(call, planted)], [[], true]);
});

test('every answer tells browsers to stay with https: also refusals, and what stands at no address', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  for (const [method, address] of [
    ['GET', '/livez'],
    ['GET', '/user'],
    ['GET', '/nowhere'],
    ['PUT', '/login'],
    ['POST', '/login'],
    ['GET', '/%zz'],
  ] as const) {
    const { headers } = await call(method, address);
    assert.equal(headers.get('strict-transport-security'), 'max-age=31536000', `${method} ${address}`);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
  }
});

test('development sends no HSTS: it would lock the machine out of its own http', async () => {
  await using server = await startServer();
  const { headers } = await createClient(server.url)('GET', '/livez');
  assert.equal(headers.get('strict-transport-security'), null);
});

test('the tokens are for the public address', async () => {
  await using server = await startServer({ env });
  const { accessToken } = await signUp(createClient(server.url));
  const { iss, aud } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
  assert.deepEqual([iss, aud], ['https://auth.example.com', 'https://auth.example.com']);
});

test('only pages of the public address may use the cookie, not those of the machine itself', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  let { refreshToken } = await signUp(call);
  const from = (origin: string) => call('GET', path, { headers: { ...asHost(refreshToken), origin } });
  for (const origin of ['http://localhost:8000', 'http://127.0.0.1:8000', 'http://auth.example.com', server.url]) {
    assertProblem(await from(origin), 403, 'cross-site-request');
  }
  const answer = await from('https://auth.example.com');
  assert.equal(answer.status, 200);
  refreshToken = answer.cookie ?? '';
});

describe('production does not start', () => {
  const { NODE_ENV, PUBLIC_URL, SECRET_KEY } = env;
  const unsafe: Readonly<Record<string, readonly [env: Record<string, string>, says: RegExp]>> = {
    'without a secret key': [{ NODE_ENV, PUBLIC_URL }, /SECRET_KEY/],
    'without a public address': [{ NODE_ENV, SECRET_KEY }, /PUBLIC_URL/],
    'with a short secret key': [{ ...env, SECRET_KEY: 'x'.repeat(31) }, /SECRET_KEY/],
    'with a public address by http': [{ ...env, PUBLIC_URL: 'http://auth.example.com' }, /PUBLIC_URL/],
    'without limits': [{ ...env, RATE_LIMITS: 'off' }, /RATE_LIMITS/],
    'when the two names of the mode contradict': [{ ...env, PYTHON_ENV: 'development' }, /PYTHON_ENV/],
  };
  for (const [why, [wrong, says]] of Object.entries(unsafe)) {
    test(why, () => assert.rejects(startServer({ env: wrong }), says));
  }
});

test("the seed's PYTHON_ENV=production is production", async () => {
  const { NODE_ENV: _, ...rest } = env;
  await using server = await startServer({ env: { ...rest, PYTHON_ENV: 'production' } });
  const { headers } = await createClient(server.url)('POST', '/signup', { json: ada });
  assert.match(headers.get('set-cookie') ?? '', /^__Host-refresh_token=.*; Secure$/);
});

test('it does not start where people wait for mails and none can be sent', () => {
  const faultsOf = (more: Record<string, string>) => {
    const config = loadAppConfig({ environment: { ...env, ...more }, readFile: () => '' });
    return config.ok ? [] : config.faults.map(({ variable }) => variable);
  };
  const smtp = { SMTP_URL: 'smtps://user:password@smtp.example.com', MAIL_FROM: 'no-reply@example.com' };
  for (const mode of ['login', 'signup']) {
    assert.deepEqual(faultsOf({ REQUIRE_VERIFIED_EMAIL: mode }), ['SMTP_URL'], mode);
    assert.deepEqual(faultsOf({ REQUIRE_VERIFIED_EMAIL: mode, ...smtp }), [], mode);
    const here = { PUBLIC_URL: 'http://localhost:8000', MAIL_LINK_BASE: 'http://127.0.0.1:3000/account' };
    const development = { NODE_ENV: 'development', REQUIRE_VERIFIED_EMAIL: mode, ...here };
    assert.deepEqual([faultsOf(development), faultsOf({ ...development, DEV_MAILBOX: 'off' })], [[], ['SMTP_URL']]);
    const elsewhere = { ...development, MAIL_LINK_BASE: 'https://app.example.com' };
    assert.deepEqual(faultsOf(elsewhere), ['SMTP_URL'], 'there is no mailbox where links lead away from this machine');
  }
  assert.deepEqual(faultsOf({ REQUIRE_VERIFIED_EMAIL: 'off' }), []);
  assert.deepEqual(faultsOf({ REQUIRE_VERIFIED_EMAIL: 'always' }), ['REQUIRE_VERIFIED_EMAIL']);
});
