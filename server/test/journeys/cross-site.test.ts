/**
 * What another site can make a browser do with the refresh cookie: nothing (ASVS 5.0 3.5.3, OWASP CSRF Prevention).
 * SameSite=Strict is the first wall; these are the tests of the second.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { tokenOf } from '../support/mails.ts';
import { ada, type Held, lives, signUp } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { headerOf, send, type WireAnswer } from '../support/wire.ts';

type Headers = Readonly<Record<string, string>>;

const app = 'https://app.example.com';
const env = { CORS_ORIGINS: app, REFRESH_GRACE_SECONDS: '0' };
const script = { 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty' };

/** The cookie-bearing calls that change state. */
const calls = [
  ['GET', '/refresh-access-token'],
  ['POST', '/refresh-access-token'],
  ['POST', '/logout'],
] as const;

const refused: Readonly<Record<string, Headers>> = {
  'a script of another site': { 'Sec-Fetch-Site': 'cross-site', ...script, Origin: 'https://evil.example' },
  'a script of another site, without its origin': { 'Sec-Fetch-Site': 'cross-site', ...script },
  'a sibling of the same site': { 'Sec-Fetch-Site': 'same-site', ...script },
  'an address that was typed or bookmarked': { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' },
  'no site but a script': { 'Sec-Fetch-Site': 'none', ...script },
  'a link on our own page': {
    'Sec-Fetch-Site': 'same-origin',
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Dest': 'document',
  },
  'a link of another site': {
    'Sec-Fetch-Site': 'cross-site',
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Dest': 'document',
    'Sec-Fetch-User': '?1',
  },
  'a frame': { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
  'an image': { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' },
  'a script tag': { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'script' },
  'a WebSocket': { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'websocket' },
  'a prefetch': { 'Sec-Fetch-Site': 'same-origin', ...script, 'Sec-Purpose': 'prefetch' },
  'a prerender': { 'Sec-Fetch-Site': 'same-origin', ...script, 'Sec-Purpose': 'prefetch;prerender' },
  'a prefetch by its older name': { Purpose: 'prefetch' },
  'a prefetch by its oldest name': { 'X-Moz': 'prefetch' },
  'the origin null': { Origin: 'null' },
  'the origin null of a same-origin frame': { 'Sec-Fetch-Site': 'same-origin', ...script, Origin: 'null' },
  'a foreign origin': { Origin: 'https://evil.example' },
  'a foreign origin that claims to be the same': {
    'Sec-Fetch-Site': 'same-origin',
    ...script,
    Origin: 'https://evil.example',
  },
  'an empty origin': { Origin: '' },
  'an origin that begins as ours': { Origin: `${app}.evil.example` },
  'an origin that ends as ours': { Origin: 'https://evilapp.example.com' },
  'our origin by another scheme': { Origin: 'http://app.example.com' },
  'our origin on another port': { Origin: `${app}:8443` },
  'our origin with a slash': { Origin: `${app}/` },
  'our origin in capitals': { Origin: app.toUpperCase() },
  'two origins in one header': { Origin: `${app}, https://evil.example` },
  'an unknown site': { 'Sec-Fetch-Site': 'same-origin, cross-site', ...script },
};

const accepted: Readonly<Record<string, Headers>> = {
  'no browser at all': {},
  'a script of our own page': { 'Sec-Fetch-Site': 'same-origin', ...script },
  'a script of our own page, with its origin': {
    'Sec-Fetch-Site': 'same-origin',
    ...script,
    Origin: 'http://localhost:8000',
  },
  'an allowed origin of another site': { 'Sec-Fetch-Site': 'cross-site', ...script, Origin: app },
  'an allowed origin of the same site': { 'Sec-Fetch-Site': 'same-site', ...script, Origin: app },
  'an older browser that sends its origin alone': { Origin: app },
};

function withCookie(
  server: TestServer,
  method: string,
  path: string,
  held: Held,
  headers: Headers,
): Promise<WireAnswer> {
  const cookie = ['Cookie', `refresh_token=${held.refreshToken}`] as const;
  return send(server.url, { method, path, headers: [cookie, ...Object.entries(headers)] });
}

const generation = async ({ db }: TestServer): Promise<number | undefined> =>
  (await behind<{ generation: number }>(db, (it) => it.selectFrom('sessions').select('generation')))[0]?.generation;

for (const [method, path] of calls) {
  describe(`${method} ${path} with the cookie, from`, () => {
    test('elsewhere: 403; nothing rotates, nothing ends, the cookie stays', async (t) => {
      await using server = await startServer({ env });
      const call = createClient(server.url);
      const held = await signUp(call);
      await server.newEvents();
      for (const [who, headers] of Object.entries(refused)) {
        await t.test(who, async () => {
          const answer = await withCookie(server, method, path, held, headers);
          assert.deepEqual([answer.status, JSON.parse(answer.text).code], [403, 'cross-site-request']);
          assert.equal(headerOf(answer, 'set-cookie'), undefined);
          assert.deepEqual([await generation(server), await lives(call, held)], [0, true]);
          assert.deepEqual(await server.newEvents(), []);
        });
      }
      assert.equal((await withCookie(server, 'GET', '/refresh-access-token', held, {})).status, 200);
    });

    for (const [who, headers] of Object.entries(accepted)) {
      test(`${who}: 200`, async () => {
        await using server = await startServer({ env });
        const held = await signUp(createClient(server.url));
        const answer = await withCookie(server, method, path, held, headers);
        assert.equal(answer.status, 200);
        assert.match(headerOf(answer, 'set-cookie') ?? '', /^refresh_token=/);
        const origin = headers.Origin === app ? app : undefined;
        assert.equal(headerOf(answer, 'access-control-allow-origin'), origin);
      });
    }
  });
}

/** The ways in by what stood in a mail: each has its token, and what goes with it. */
const doors: Readonly<Record<string, (server: TestServer) => Promise<object>>> = {
  '/signup/complete': async (server) => {
    await createClient(server.url)('POST', '/signup', { json: ada });
    return { token: tokenOf((await server.newMails()).at(-1)), password: ada.password };
  },
  '/login/email/verify': async (server) => {
    await server.features.accounts.createUser({ ...ada, by: undefined });
    await createClient(server.url)('POST', '/login/email', { json: { email: ada.email } });
    return { token: tokenOf((await server.newMails()).at(-1)) };
  },
  '/invitations/accept': async (server) => {
    const { username, email } = ada;
    await server.features.accounts.createUser({ username, email, password: undefined, invite: true, by: undefined });
    return { token: tokenOf((await server.newMails()).at(-1)), new_password: ada.password };
  },
};

describe('attack: a page of another site signs its visitor in to an account of its own', () => {
  for (const [path, open] of Object.entries(doors)) {
    test(`at ${path}: 403; nobody is signed in, and the token stays good for pages that may`, async (t) => {
      await using server = await startServer({ env: { ...env, REQUIRE_VERIFIED_EMAIL: 'signup' } });
      const body = JSON.stringify(await open(server));
      const post = (headers: Headers) =>
        send(server.url, {
          method: 'POST',
          path,
          headers: [['Content-Type', 'application/json'], ...Object.entries(headers)],
          body,
        });
      await server.newEvents();
      for (const [who, headers] of Object.entries(refused)) {
        await t.test(who, async () => {
          const answer = await post(headers);
          assert.deepEqual([answer.status, JSON.parse(answer.text).code], [403, 'cross-site-request']);
          assert.equal(headerOf(answer, 'set-cookie'), undefined);
          assert.deepEqual([await server.newEvents(), await generation(server)], [[], undefined]);
        });
      }
      const answer = await post({ 'Sec-Fetch-Site': 'cross-site', ...script, Origin: app });
      assert.ok(answer.status === 200 || answer.status === 201, answer.text);
      assert.match(headerOf(answer, 'set-cookie') ?? '', /^refresh_token=/);
    });
  }
});

test('a foreign page that shows an access token logs out by that alone, but not when the cookie rides along', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  const held = await signUp(call);
  const foreign = { origin: 'https://evil.example' };
  const riding = { token: held.accessToken, cookie: held.refreshToken, headers: foreign };
  assert.equal((await call('POST', '/logout', riding)).status, 403);
  assert.equal(await lives(call, held), true);
  assert.equal((await call('POST', '/logout', { token: held.accessToken, headers: foreign })).status, 200);
});

test('attack: a form of another site cannot carry a refresh token or credentials: its content types are not read', async () => {
  await using server = await startServer({ env });
  const call = createClient(server.url);
  const held = await signUp(call);
  await server.newEvents();
  const raw = JSON.stringify({ refresh_token: held.refreshToken });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    for (const path of ['/refresh-access-token', '/logout', '/login', '/signup', '/setup', ...Object.keys(doors)]) {
      const { status } = await call('POST', path, { raw, headers: { 'content-type': type } });
      assert.equal(status, 415, `${path} ${type}`);
    }
  }
  assert.deepEqual([await server.newEvents(), await generation(server)], [[], 0]);
});

describe('CORS', () => {
  const preflight = (server: TestServer, origin: string, path = '/refresh-access-token'): Promise<WireAnswer> =>
    send(server.url, {
      method: 'OPTIONS',
      path,
      headers: [
        ['Origin', origin],
        ['Access-Control-Request-Method', 'POST'],
        ['Access-Control-Request-Headers', 'authorization,content-type'],
      ],
    });
  const corsHeaders = ({ headers }: WireAnswer): Record<string, string> =>
    Object.fromEntries(headers.filter(([name]) => /^access-control-|^vary$/i.test(name)));

  test('a preflight of an allowed origin is answered with that origin, credentials and the methods there are', async () => {
    await using server = await startServer({ env });
    const answer = await preflight(server, app);
    assert.equal(answer.status, 204);
    assert.deepEqual(corsHeaders(answer), {
      vary: 'Origin',
      'access-control-allow-origin': app,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'Authorization, Content-Type',
      'access-control-max-age': '600',
    });
    assert.deepEqual(await server.newEvents(), []);
  });

  const others = [
    'null',
    'https://evil.example',
    `${app}.evil.example`,
    'http://app.example.com',
    `${app}:443`,
    '*',
    'http://localhost:8000',
  ];
  test('every other origin is given no leave, neither before a call nor with its answer', async (t) => {
    await using server = await startServer({ env });
    const { accessToken } = await signUp(createClient(server.url));
    for (const origin of others) {
      await t.test(origin, async () => {
        const before = await preflight(server, origin);
        assert.deepEqual([before.status, corsHeaders(before)], [405, { vary: 'Origin' }]);
        const authorization = ['Authorization', `Bearer ${accessToken}`] as const;
        const called = await send(server.url, { path: '/user', headers: [authorization, ['Origin', origin]] });
        assert.deepEqual([called.status, corsHeaders(called)], [200, { vary: 'Origin' }]);
      });
    }
  });

  test('an allowed page may read answers, refusals among them, with their headers', async () => {
    await using server = await startServer({ env });
    const answer = await send(server.url, { path: '/user', headers: [['Origin', app]] });
    assert.equal(answer.status, 401);
    assert.deepEqual(corsHeaders(answer), {
      vary: 'Origin',
      'access-control-allow-origin': app,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'Retry-After, WWW-Authenticate',
    });
  });

  test('where no origin is listed, no answer speaks of CORS', async () => {
    await using server = await startServer();
    const answer = await preflight(server, app);
    assert.deepEqual([answer.status, corsHeaders(answer)], [405, {}]);
  });

  test('a wildcard is no origin: the configuration is refused', async () => {
    for (const origins of ['*', 'https://*.example.com', 'null']) {
      await assert.rejects(startServer({ env: { CORS_ORIGINS: origins } }), /CORS_ORIGINS/);
    }
  });
});
