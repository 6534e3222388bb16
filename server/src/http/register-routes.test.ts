import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pathNotFound } from './refusals.ts';
import type { Route } from './route.ts';
import { sampleRoutes, testApp } from './test-app.ts';

const bearer = { authorization: 'Bearer good' };

describe('registerRoutes', () => {
  test('answers with the declared status and strips what the schema does not name', async () => {
    await using t = await testApp();
    const answer = await t.app.inject({ method: 'POST', url: '/echo', payload: { name: 'ada' } });
    assert.equal(answer.statusCode, 201);
    assert.deepEqual(answer.json(), { name: 'ada' });
  });

  test('a handler that returns nothing answers 204 without a body', async () => {
    await using t = await testApp();
    const answer = await t.app.inject({ method: 'DELETE', url: '/users/1', headers: bearer });
    assert.equal(answer.statusCode, 204);
    assert.equal(answer.body, '');
  });

  test('gives the handler its principal', async () => {
    await using t = await testApp();
    const answer = await t.app.inject({ url: '/me', headers: bearer });
    assert.deepEqual(answer.json(), { username: 'ada' });
  });

  test('HEAD is answered where GET is safe, and nowhere else', async () => {
    await using t = await testApp();
    const safe = await t.app.inject({ method: 'HEAD', url: '/me', headers: bearer });
    assert.equal(safe.statusCode, 200);
    assert.equal(safe.body, '');
    const unsafe = await t.app.inject({ method: 'HEAD', url: '/refresh' });
    assert.equal(unsafe.statusCode, 405);
    assert.equal(unsafe.headers.allow, 'GET');
    assert.equal(unsafe.body, '');
  });

  test('an optional body may be left out, and is judged when it comes', async () => {
    await using t = await testApp();
    const logOut = (options: object) => t.app.inject({ method: 'POST', url: '/logout', ...options });
    const json = { 'content-type': 'application/json' };
    assert.deepEqual((await logOut({})).json(), { body: 'none' });
    assert.deepEqual((await logOut({ headers: json })).json(), { body: 'none' });
    assert.deepEqual((await logOut({ headers: json, payload: 'null' })).json(), { body: 'none' });
    assert.deepEqual((await logOut({ payload: { refresh_token: 'abc' } })).json(), { body: 'abc' });
    assert.deepEqual((await logOut({ payload: {} })).json().errors, [
      { pointer: '/refresh_token', detail: 'This is required.' },
    ]);
  });

  test('a route without a body takes an empty one of type JSON, as many clients send it', async () => {
    await using t = await testApp();
    const headers = { ...bearer, 'content-type': 'application/json' };
    assert.equal((await t.app.inject({ method: 'DELETE', url: '/users/1', headers })).statusCode, 204);
  });

  test('a status that the route does not declare is a fault where replies are strict', async () => {
    await using strict = await testApp();
    assert.equal((await strict.app.inject('/fault/status')).statusCode, 500);
    assert.match(JSON.stringify(strict.logLines()), /fault gave the undeclared status 418/);
    await using lenient = await testApp({ strictReplies: false });
    assert.equal((await lenient.app.inject('/fault/status')).statusCode, 418);
  });

  test('a refusal that the route does not declare is a fault where replies are strict', async () => {
    await using strict = await testApp();
    assert.equal((await strict.app.inject('/fault/refusal')).statusCode, 500);
    assert.match(JSON.stringify(strict.logLines()), /fault gave the undeclared refusal invalid-credentials/);
    await using lenient = await testApp({ strictReplies: false });
    assert.equal((await lenient.app.inject('/fault/refusal')).statusCode, 401);
  });

  test('an answer that a cache may keep, where the route does not say so, is a fault', async () => {
    const { body: _, ...echo } = sampleRoutes[0] as Route;
    const common: Route = { ...echo, method: 'GET', refusals: [pathNotFound] };
    const keeping = (url: string, cache?: string): Route => ({
      ...common,
      url,
      operationId: `keep${url.length}`,
      ...(cache === undefined ? {} : { cache }),
      handler: ({ headers }, reply) => {
        if (headers['x-refuse'] !== undefined) throw pathNotFound();
        if (cache === undefined) reply.header('cache-control', 'public');
        return { name: 'ada' };
      },
    });
    await using t = await testApp({ routes: [keeping('/a'), keeping('/bb', 'public, max-age=5')] });
    assert.equal((await t.app.inject('/a')).statusCode, 500);
    const kept = await t.app.inject('/bb');
    assert.deepEqual([kept.statusCode, kept.headers['cache-control']], [201, 'public, max-age=5']);
    const refused = await t.app.inject({ url: '/bb', headers: { 'x-refuse': '1' } });
    assert.deepEqual([refused.statusCode, refused.headers['cache-control']], [404, 'no-store']);
  });
});
