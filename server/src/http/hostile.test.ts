import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { testApp } from './test-app.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;

describe('odd content types', () => {
  const good = '{"name":"ada"}';
  const cases: readonly (readonly [type: string | undefined, status: number])[] = [
    ['application/json', 201],
    ['APPLICATION/JSON', 201],
    ['application/json; charset=utf-8', 201],
    ['application/json;charset="UTF-8"', 201],
    ['application/json; version=1', 201],
    ['application/json; charset=utf-16', 415],
    ['application/json; charset=iso-8859-1', 415],
    ['application/json; charset=utf-8; charset=utf-16', 415],
    ['application/json/', 415],
    ['application/jsonx', 415],
    ['application/problem+json', 415],
    ['application/*', 415],
    ['text/plain', 415],
    ['text/json', 415],
    ['multipart/form-data; boundary=x', 415],
    ['json', 415],
    ['', 415],
    [undefined, 415],
  ];
  for (const [type, status] of cases) {
    test(`${type ?? 'none'} is ${status}`, async () => {
      await using t = await testApp();
      const headers = type === undefined ? {} : { 'content-type': type };
      const answer = await t.app.inject({ method: 'POST', url: '/echo', headers, payload: Buffer.from(good) });
      assert.equal(answer.statusCode, status);
      if (status === 415) assert.equal(answer.json().code, 'unsupported-media-type');
    });
  }
});

describe('wrong types', () => {
  for (const body of [
    'null',
    'true',
    '1',
    '"x"',
    '[]',
    '[{"name":"ada"}]',
    '{"name":null}',
    '{"name":{}}',
    '{"name":["ada"]}',
    '{"name":1e400}',
  ]) {
    test(`${body} is 422`, async () => {
      await using t = await testApp();
      const headers = { 'content-type': 'application/json' };
      const answer = await t.app.inject({ method: 'POST', url: '/echo', headers, payload: body });
      assert.deepEqual([answer.statusCode, answer.json().code], [422, 'validation-failed']);
    });
  }
});

describe('any request', () => {
  test('is never answered 5xx, and every refusal is a problem', async () => {
    await using t = await testApp();
    const known = fc.constantFrom('/echo', '/me', '/users/', '/token', '/logout', '/');
    const tail = fc.oneof(fc.webPath(), fc.string(), fc.constantFrom('%', '%zz', '%00', '..', '//', '?a=%', '#', ';x'));
    const url = fc
      .tuple(known, tail)
      .map(([head, rest]) => `${head}${rest}`.replaceAll(/[^\x21-\x7e]/g, '~'))
      // `inject` cannot send what is no URL, such as `//[`.
      .filter((path) => URL.canParse(path, 'http://localhost'));
    const type = fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain', 'a/b;c="');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...methods),
        url,
        type,
        fc.string(),
        async (method, path, contentType, payload) => {
          const headers = { 'content-type': contentType, authorization: 'Bearer good' };
          const answer = await t.app.inject({ method, url: path, headers, payload });
          assert.ok(answer.statusCode < 500, `${method} ${path} ${answer.statusCode}`);
          if (answer.statusCode < 400 || method === 'HEAD') return;
          const { status, error } = answer.json();
          assert.ok(status === answer.statusCode || typeof error === 'string');
        },
      ),
      { numRuns: 400 },
    );
  });
});
