import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Route, route } from './route.ts';
import { Type } from './schema.ts';
import { testApp } from './test-app.ts';

const broken: Route = route({
  method: 'POST',
  url: '/broken',
  operationId: 'broken',
  summary: 'broken',
  tags: [],
  access: { kind: 'public', why: 'a test' },
  limit: { kind: 'none', why: 'a test' },
  body: Type.Unsafe<object>({ type: 'no such type' }),
  replies: { 204: { description: 'Nothing.' } },
  refusals: [],
  handler: async () => undefined,
});

describe('schemas', () => {
  test('compiled lazily judge and write as those compiled at once', async () => {
    for (const schemas of ['lazy', 'eager'] as const) {
      await using t = await testApp({ schemas });
      const good = await t.app.inject({ method: 'POST', url: '/echo', payload: { name: 'ada' } });
      assert.deepEqual([good.statusCode, good.json()], [201, { name: 'ada' }]);
      const bad = await t.app.inject({ method: 'POST', url: '/echo', payload: {} });
      assert.deepEqual(bad.json().errors, [{ pointer: '/name', detail: 'This is required.' }]);
    }
  });

  test('a broken one is found at the start where they are compiled at once', async () => {
    await assert.rejects(async () => {
      await using _t = await testApp({ routes: [broken] });
    }, /broken/);
  });

  test('a server that listens serves at once, whatever is not compiled yet', async () => {
    await using t = await testApp({ schemas: 'lazy' });
    const address = await t.app.listen({ host: '127.0.0.1', port: 0 });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${address}/echo`, { method: 'POST', headers, body: '{"name":"ada"}' });
    assert.deepEqual([answer.status, await answer.json()], [201, { name: 'ada' }]);
  });
});
