import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pathNotFound } from './refusals.ts';
import { route } from './route.ts';
import { testApp } from './test-app.ts';

const origin = 'https://app.example.com';
const listed = { corsOrigins: [origin] };
const preflight = (from: string, method = 'DELETE') => ({ origin: from, 'access-control-request-method': method });

describe('CORS', () => {
  test('a preflight from a listed origin learns the methods of the path', async () => {
    await using t = await testApp(listed);
    const answer = await t.app.inject({ method: 'OPTIONS', url: '/users/7', headers: preflight(origin) });
    assert.equal(answer.statusCode, 204);
    assert.equal(answer.headers['access-control-allow-origin'], origin);
    assert.equal(answer.headers['access-control-allow-credentials'], 'true');
    assert.equal(answer.headers['access-control-allow-methods'], 'DELETE');
    assert.equal(answer.headers['access-control-allow-headers'], 'Authorization, Content-Type');
    assert.equal(answer.headers.vary, 'Origin');
  });

  test('a preflight from any other origin is 405 and allows nothing', async () => {
    await using t = await testApp(listed);
    for (const from of ['https://evil.test', 'null', `${origin}.evil.test`, origin.toUpperCase()]) {
      const answer = await t.app.inject({ method: 'OPTIONS', url: '/users/7', headers: preflight(from) });
      assert.equal(answer.statusCode, 405, from);
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
      assert.equal(answer.headers.vary, 'Origin');
    }
  });

  test('a preflight for an unknown path is 404', async () => {
    await using t = await testApp(listed);
    assert.equal((await t.app.inject({ method: 'OPTIONS', url: '/nope', headers: preflight(origin) })).statusCode, 404);
  });

  test('a listed origin may read refusals and their headers too', async () => {
    await using t = await testApp(listed);
    const answer = await t.app.inject({ url: '/me', headers: { origin } });
    assert.equal(answer.statusCode, 401);
    assert.equal(answer.headers['access-control-allow-origin'], origin);
    assert.equal(answer.headers['access-control-expose-headers'], 'Retry-After, WWW-Authenticate');
  });

  test('without a list there are no CORS headers at all', async () => {
    await using t = await testApp();
    const answer = await t.app.inject({ url: '/me', headers: { origin } });
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
    assert.equal(answer.headers.vary, undefined);
  });

  const open = route({
    method: 'GET',
    url: '/open',
    operationId: 'readOpen',
    summary: 'Public data',
    tags: ['test'],
    access: { kind: 'public', why: 'it is public' },
    anyOrigin: true,
    limit: { kind: 'none', why: 'constant' },
    replies: { 200: { description: 'A word, or a refusal of it.' } },
    refusals: [pathNotFound],
    handler: ({ headers }) => {
      if (headers['x-refuse'] !== undefined) throw pathNotFound();
      return 'word';
    },
  });

  test('a route for any origin lets every page read its answers and refusals, without credentials', async () => {
    for (const options of [listed, {}]) {
      await using t = await testApp({ ...options, routes: [open] });
      for (const headers of [{}, { origin: 'https://stranger.test' }, { origin: 'null', 'x-refuse': '1' }]) {
        const answer = await t.app.inject({ url: '/open', headers });
        assert.equal(answer.headers['access-control-allow-origin'], '*');
        assert.equal(answer.headers['access-control-allow-credentials'], undefined);
      }
    }
  });

  test('there a listed origin keeps its credentials, and a preflight of any other gets nothing', async () => {
    await using t = await testApp({ ...listed, routes: [open] });
    const own = await t.app.inject({ url: '/open', headers: { origin } });
    assert.equal(own.headers['access-control-allow-origin'], origin);
    assert.equal(own.headers['access-control-allow-credentials'], 'true');
    const headers = preflight('https://stranger.test', 'GET');
    const asked = await t.app.inject({ method: 'OPTIONS', url: '/open', headers });
    assert.deepEqual([asked.statusCode, asked.headers['access-control-allow-origin']], [405, undefined]);
  });
});
