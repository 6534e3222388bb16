import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { documentationRoutes } from './documentation.ts';
import { testApp } from './test-app.ts';

const constant = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};

describe('security headers', () => {
  test('stand on every answer, good or bad', async () => {
    await using t = await testApp();
    for (const url of ['/me', '/nope', '/%zz', '/fault/error', '/fault/well']) {
      const { headers } = await t.app.inject(url);
      for (const [name, value] of Object.entries(constant)) assert.equal(headers[name], value, `${url} ${name}`);
      assert.equal(headers['strict-transport-security'], undefined);
    }
  });

  test('hold the browser to https where the server is reached by it', async () => {
    await using t = await testApp({ hsts: true });
    assert.equal((await t.app.inject('/nope')).headers['strict-transport-security'], 'max-age=31536000');
  });

  test('a page may widen its own content security policy', async () => {
    const info = { title: 'T', version: '1', description: '' };
    await using t = await testApp({ routes: documentationRoutes({ info, routes: () => [] }) });
    const { headers } = await t.app.inject('/docs');
    assert.match(String(headers['content-security-policy']), /script-src 'self'/);
    assert.equal(headers['x-frame-options'], 'DENY');
  });
});
