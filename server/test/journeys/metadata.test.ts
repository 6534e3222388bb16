/** GET /.well-known/oauth-authorization-server: RFC 8414, for an issuer with and without a path. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClient } from '../support/client.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const wellKnown = '/.well-known/oauth-authorization-server';

const documentOf = (issuer: string) => ({
  issuer,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  response_types_supported: [],
  grant_types_supported: ['password', 'refresh_token'],
  token_endpoint_auth_methods_supported: ['none'],
  revocation_endpoint: `${issuer}/revoke`,
  revocation_endpoint_auth_methods_supported: ['none'],
  introspection_endpoint: `${issuer}/introspect`,
  introspection_endpoint_auth_methods_supported: ['Bearer'],
  service_documentation: `${issuer}/docs`,
  status_list_aggregation_endpoint: `${issuer}/status/lists`,
  status_feed_endpoint: `${issuer}/status/feed`,
});

test('the document says what there is, by addresses on the issuer, and may be cached', async () => {
  await using server = await startServer({ env: { PUBLIC_URL: 'https://auth.example.com/' } });
  const { status, headers, body } = await createClient(server.url)('GET', wellKnown);
  assert.deepEqual([status, body], [200, documentOf('https://auth.example.com')]);
  assert.equal(headers.get('cache-control'), 'public, max-age=300');
  assert.match(headers.get('content-type') ?? '', /^application\/json/);
  assert.equal((await createClient(server.url)('HEAD', wellKnown)).status, 200);
  assert.deepEqual(await server.newEvents(), []);
});

test('attack: a Host or Forwarded header of somebody else changes no address', async () => {
  await using server = await startServer({ env: { TRUST_PROXY: '1' } });
  const headers = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'host=evil.example;proto=https',
  };
  const { body } = await createClient(server.url)('GET', wellKnown, { headers });
  assert.deepEqual(body, documentOf('http://localhost:8000'));
});

test('every address in it is answered', async (t) => {
  await using server = await startServer();
  const call = createClient(server.url);
  const issuer = 'http://localhost:8000';
  const { body } = await call('GET', wellKnown);
  for (const [name, value] of Object.entries<unknown>(body)) {
    if (name === 'issuer' || typeof value !== 'string') continue;
    await t.test(name, async () => {
      assert.ok(value.startsWith(`${issuer}/`));
      // With a method that no route takes, so that a stream does not go on for ever: 405 says that there is something.
      assertProblem(await call('PUT', value.slice(issuer.length)), 405, 'method-not-allowed');
    });
  }
});

describe('an issuer with a path', () => {
  for (const path of ['/auth', '/a/b', '/:id/(x)', '/caf%C3%A9']) {
    test(`${path}: the path comes behind the well-known part (§3.1)`, async () => {
      const issuer = `https://example.com${path}`;
      await using server = await startServer({ env: { PUBLIC_URL: `${issuer}/` } });
      const call = createClient(server.url);
      for (const address of [`${wellKnown}${path}`, `${wellKnown}${path}?x=/y`, wellKnown]) {
        const { status, headers, body } = await call('GET', address);
        assert.deepEqual([status, body], [200, documentOf(issuer)], address);
        assert.equal(headers.get('cache-control'), 'public, max-age=300');
      }
      const others = [`${path}/`, `${path}/more`, `${path}x`, `/x${path}`, '/', '/elsewhere', path.slice(0, 2)];
      for (const other of others) {
        assertProblem(await call('GET', `${wellKnown}${other}`), 404, 'path-not-found');
      }
    });
  }

  test('without one, nothing stands behind the well-known part', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    for (const other of ['/', '/auth', '//']) {
      assertProblem(await call('GET', `${wellKnown}${other}`), 404, 'path-not-found');
    }
  });
});
