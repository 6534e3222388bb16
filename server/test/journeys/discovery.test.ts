/** What anybody may read: documentation, keys, health, the pages of the refusals; and what stands at no address. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { calculateJwkThumbprint } from 'jose';
import { createClient } from '../support/client.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { ada, lives, signUp } from '../support/people.ts';
import { assertOAuthError, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { send } from '../support/wire.ts';

/** Nothing was written, nobody was signed in. */
async function assertQuiet(server: TestServer): Promise<void> {
  assert.deepEqual(await server.newEvents(), []);
}

test('GET /user answers who the token is for, and keeps no cache', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { accessToken: token } = await signUp(call);
  await server.newEvents();
  const { status, body, headers, cookie } = await call('GET', '/user', { token });
  const { created_at: createdAt, ...seed } = body;
  assert.deepEqual([status, seed], [200, { id: 1, username: 'ada', email: 'ada@example.com', email_verified: false }]);
  assert.equal(createdAt, '2026-01-01T00:00:00.000Z');
  assert.deepEqual([headers.get('cache-control'), cookie], ['no-store', undefined]);
  await assertQuiet(server);
});

test('GET /user without a token: 401, and the challenge names no error (RFC 6750 §3.1)', async () => {
  await using server = await startServer();
  const answer = await createClient(server.url)('GET', '/user');
  assertProblem(answer, 401, 'missing-credentials');
  assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="keyward"');
});

describe('the documentation', () => {
  const addressesIn = (page: string): string[] =>
    [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, it = '']) => it);

  for (const path of ['/docs', '/redoc']) {
    test(`${path} is a page that needs nothing from another host`, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      const { status, headers, body: page } = await call('GET', path);
      assert.deepEqual([status, headers.get('content-type')], [200, 'text/html; charset=utf-8']);
      assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none';/);
      assert.doesNotMatch(headers.get('content-security-policy') ?? '', /https?:|\*|unsafe-eval/);
      for (const address of addressesIn(page)) {
        assert.doesNotMatch(address, /^(?:[a-z]+:|\/\/)/i, address);
        if (!address.startsWith('#')) assert.equal((await call('GET', `/${address}`)).status, 200, address);
      }
      await assertQuiet(server);
    });
  }

  test('/docs loads its script, which reads /openapi.json and calls no validator elsewhere', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { body, headers } = await call('GET', '/docs/start.js');
    assert.match(headers.get('content-type') ?? '', /^text\/javascript/);
    assert.match(body, /openapi\.json/);
    assert.match(body, /validatorUrl: null/);
  });

  test('its Authorize dialog signs in through /token', async () => {
    await using server = await startServer();
    const { body, headers } = await createClient(server.url)('GET', '/openapi.json');
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    const { OAuth2PasswordBearer: scheme } = body.components.securitySchemes;
    assert.deepEqual(scheme, { type: 'oauth2', flows: { password: { tokenUrl: 'token', scopes: {} } } });
    assert.deepEqual(body.servers, [{ url: '.' }]);
  });

  test('/openapi.json holds every endpoint of the contract', async () => {
    await using server = await startServer();
    const { body } = await createClient(server.url)('GET', '/openapi.json');
    const contract = [
      ['post', '/signup', 201],
      ['post', '/login', 200],
      ['get', '/user', 200],
      ['get', '/refresh-access-token', 200],
      ['post', '/refresh-access-token', 200],
      ['post', '/logout', 200],
      ['delete', '/users/{user_id}', 200],
      ['post', '/users/roles', 201],
      ['post', '/token', 200],
      ['get', '/livez', 200],
      ['get', '/readyz', 200],
      ['get', '/healthz', 200],
    ] as const;
    for (const [method, path, status] of contract) {
      assert.ok(body.paths[path]?.[method]?.responses[status], `${method} ${path} ${status}`);
    }
  });

  test('attack: its folder of files gives nothing but its own files', async (t) => {
    await using server = await startServer();
    const tricks = ['../package.json', '%2e%2e%2fpackage.json', '..%5cpackage.json', '%2e%2e/%2e%2e/package.json', ''];
    for (const file of [...tricks, 'index.html', 'start.js%00', 'start.js/', '__proto__', 'constructor']) {
      await t.test(file, async () => {
        const answer = await send(server.url, { path: `/docs/${file}` });
        assert.deepEqual([answer.status, JSON.parse(answer.text).code], [404, 'path-not-found']);
      });
    }
  });
});

test('the published keys are public, named by their thumbprint, fixed to an algorithm, and may be cached', async () => {
  await using server = await startServer();
  const { status, headers, body } = await createClient(server.url)('GET', '/.well-known/jwks.json');
  assert.deepEqual([status, headers.get('cache-control')], [200, 'public, max-age=300']);
  assert.equal(body.keys.length, 1);
  for (const { x, y, kid, ...rest } of body.keys) {
    assert.deepEqual(rest, { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
    assert.equal(kid, await calculateJwkThumbprint({ kty: 'EC', crv: 'P-256', x, y }));
  }
  await assertQuiet(server);
});

describe('health', () => {
  const healthy = { '/livez': {}, '/readyz': { database: 'ok' }, '/healthz': { database: 'ok' } };
  for (const [path, checks] of Object.entries(healthy)) {
    test(`${path} is 200 and says nothing that is secret`, async () => {
      await using server = await startServer();
      const { status, headers, body } = await createClient(server.url)('GET', path);
      assert.deepEqual([status, body], [200, { status: 'ok', checks }]);
      assert.equal(headers.get('cache-control'), 'no-store');
      await assertQuiet(server);
    });
  }

  test('without its database the process lives, is not ready, and says why in the log alone', async () => {
    const db = await openTestDatabase();
    await using server = await startServer({ db });
    const call = createClient(server.url);
    await db.close();
    for (const path of ['/readyz', '/healthz']) {
      const { status, headers, body } = await call('GET', path);
      assert.deepEqual([status, body], [503, { status: 'failing', checks: { database: 'failing' } }]);
      assert.match(headers.get('retry-after') ?? '', /^\d+$/);
    }
    assert.equal((await call('GET', '/livez')).status, 200);
    assert.equal(server.log.filter((line) => line.includes('"not ready"')).length, 2);
  });

  test('a fault that nobody foresaw is 500 with fixed words, and its instance stands in the log', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await signUp(call);
    await server.newEvents();
    server.hasher.verify = async () => {
      throw new Error('the lamp at 10.0.0.7 went out');
    };
    const { email, password } = ada;
    const answer = await call('POST', '/login', { json: { email, password } });
    assertProblem(answer, 500, 'internal-error');
    const detail = 'Something went wrong on our side. The `instance` names this failure in the log.';
    assert.equal(answer.body.detail, detail);
    const form = { grant_type: 'password', username: email, password };
    assertOAuthError(await call('POST', '/token', { form }), 500, 'server_error');
    const id = answer.body.instance.replace('urn:uuid:', '');
    const fault = server.log.find((line) => line.includes(id) && line.includes('"unexpected fault"'));
    assert.match(fault ?? '', /"level":50.*the lamp at 10\.0\.0\.7 went out/);
    assert.doesNotMatch(JSON.stringify(answer.body), /lamp|\.ts:|node:/);
    await assertQuiet(server);
  });
});

describe('the page of a refusal', () => {
  const codesIn = (document: string): string[] => [
    ...new Set([...document.matchAll(/"type":"\/problems\/([a-z-]+)"/g)].map(([, code = '']) => code)),
  ];

  test('stands at the type of every problem that the API documents, and says what to do', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const codes = codesIn(JSON.stringify((await call('GET', '/openapi.json')).body));
    assert.ok(codes.length > 15);
    for (const code of codes) {
      const { status, headers, body } = await call('GET', `/problems/${code}`);
      assert.deepEqual([status, headers.get('content-type')], [200, 'text/markdown; charset=utf-8'], code);
      assert.match(body, new RegExp(`^# .+\n\n\`${code}\`.*\n\n.+\n\n## What to do\n\n.+\n$`, 's'));
    }
  });

  test('of no refusal is 404', async (t) => {
    await using server = await startServer();
    const call = createClient(server.url);
    for (const code of ['nothing', '__proto__', 'constructor', '..%2f..%2fetc', 'x'.repeat(64)]) {
      await t.test(code, async () => assertProblem(await call('GET', `/problems/${code}`), 404, 'path-not-found'));
    }
  });
});

describe('what stands at no address', () => {
  const unknown = [
    '/',
    '/people',
    '/people/',
    '/User',
    '/user/',
    '//user',
    '/admin',
    '/.env',
    '/.git/config',
    '/user;x',
  ];
  test('is 404, whoever asks', async (t) => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { accessToken: token } = await signUp(call);
    await server.newEvents();
    for (const path of unknown) {
      await t.test(path, async () => {
        assertProblem(await call('GET', path), 404, 'path-not-found');
        assertProblem(await call('GET', path, { token }), 404, 'path-not-found');
      });
    }
    await assertQuiet(server);
  });

  const methods: readonly (readonly [method: string, path: string, allow: string])[] = [
    ['GET', '/signup', 'POST'],
    ['GET', '/login', 'POST'],
    ['GET', '/token', 'POST'],
    ['GET', '/logout', 'POST'],
    ['PUT', '/user', 'GET, HEAD, PATCH'],
    ['PUT', '/users/1', 'DELETE, GET, HEAD, PATCH'],
    ['DELETE', '/refresh-access-token', 'GET, POST'],
    ['POST', '/openapi.json', 'GET, HEAD'],
    ['OPTIONS', '/login', 'POST'],
  ];
  test('a known path with another method is 405 and says what is allowed', async (t) => {
    await using server = await startServer();
    const call = createClient(server.url);
    for (const [method, path, allow] of methods) {
      await t.test(`${method} ${path}`, async () => {
        const answer = await call(method, path);
        assertProblem(answer, 405, 'method-not-allowed');
        assert.equal(answer.headers.get('allow'), allow);
      });
    }
    await assertQuiet(server);
  });

  test('a method override in a header or an address is not obeyed', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    await server.newEvents();
    const headers = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };
    const answer = await call('POST', '/users/1?_method=DELETE', { token: held.accessToken, headers });
    assertProblem(answer, 405, 'method-not-allowed');
    assert.equal(await lives(call, held), true);
    await assertQuiet(server);
  });
});
