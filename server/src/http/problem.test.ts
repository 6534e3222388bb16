import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { edgeRefusals } from './refusals.ts';
import { refusedFrom } from './refused.ts';
import { testApp } from './test-app.ts';
import { maxErrors } from './validation.ts';

const json = { 'content-type': 'application/json' };

describe('a problem', () => {
  test('has all members of RFC 9457, and none of them may be stored', async () => {
    await using t = await testApp();
    const answer = await t.app.inject({ method: 'POST', url: '/echo', payload: { name: 'mallory' } });
    assert.equal(answer.statusCode, 401);
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.equal(answer.headers['cache-control'], 'no-store');
    const { instance, ...rest } = answer.json();
    assert.match(instance, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual(rest, {
      type: '/problems/invalid-credentials',
      title: 'Invalid credentials',
      status: 401,
      detail: 'Email or password is wrong.',
      code: 'invalid-credentials',
    });
  });

  test('says when to try again: seconds, rounded up, and one where the refusal does not know', async () => {
    await using t = await testApp();
    const hasty = await t.app.inject({ method: 'POST', url: '/echo', payload: { name: 'hasty' } });
    assert.deepEqual([hasty.statusCode, hasty.headers['retry-after']], [429, '7']);
    const busy = await t.app.inject({ method: 'POST', url: '/echo', payload: { name: 'busy' } });
    assert.deepEqual([busy.statusCode, busy.headers['retry-after']], [503, '1']);
    assert.match(JSON.stringify(t.logLines()), /the queue is full/);
    assert.doesNotMatch(busy.body, /queue/);
  });

  test('of an unexpected fault tells nothing but an id, under which the log tells all', async () => {
    await using t = await testApp();
    const answer = await t.app.inject('/fault/error');
    assert.equal(answer.statusCode, 500);
    assert.doesNotMatch(answer.body, /hunter2/);
    const id = answer.json().instance.replace('urn:uuid:', '');
    const line = t.logLines().find(({ msg }) => msg === 'unexpected fault');
    assert.equal(line?.requestId, id);
    assert.match(JSON.stringify(line), /hunter2/);
  });

  test('has an id that no header can set', async () => {
    await using t = await testApp();
    const answer = await t.app.inject({ url: '/nope', headers: { 'request-id': 'mine', 'x-request-id': 'mine' } });
    assert.doesNotMatch(answer.body, /mine/);
  });

  test('every refusal of the edge has a text and advice of its own', () => {
    for (const { code, detail, advice } of edgeRefusals) {
      assert.match(code, /^[a-z]+(-[a-z]+)*$/);
      assert.ok(detail.endsWith('.') && advice.length > 20, code);
    }
    assert.equal(new Set(edgeRefusals.map(({ code }) => code)).size, edgeRefusals.length);
  });

  test('a thrown thing that is no error is an unexpected fault', () => {
    for (const thrown of [undefined, null, 'text', 42, {}])
      assert.equal(refusedFrom(thrown, { bearer: false }).status, 500);
  });
});

describe('a path', () => {
  test('that does not exist is 404, whatever is sent there', async () => {
    await using t = await testApp();
    for (const method of ['GET', 'POST', 'TRACE', 'OPTIONS'] as const) {
      const answer = await t.app.inject({ method, url: '/nope?q=1', headers: json, payload: '{' });
      assert.deepEqual([answer.statusCode, answer.json().code], [404, 'path-not-found'], method);
    }
  });

  test('that exists names its methods to any other: 405 with Allow', async () => {
    await using t = await testApp();
    for (const method of ['PUT', 'TRACE', 'OPTIONS', 'PROPFIND', 'QUERY'] as const) {
      const answer = await t.app.inject({ method: method as 'PUT', url: '/users/2?x', headers: json, payload: '{' });
      assert.deepEqual(
        [answer.statusCode, answer.headers.allow, answer.json().code],
        [405, 'DELETE', 'method-not-allowed'],
        method,
      );
    }
    assert.equal((await t.app.inject({ method: 'POST', url: '/me' })).headers.allow, 'GET, HEAD');
  });

  test('with a broken percent-encoding is 400, with the headers of every answer', async () => {
    await using t = await testApp();
    for (const url of ['/%zz', '/users/%', '/users/%C3%28', '/%ff']) {
      const answer = await t.app.inject(url);
      assert.deepEqual([answer.statusCode, answer.json().code], [400, 'malformed-url'], url);
      assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    }
  });

  test('with a wrong parameter is 422 and names it', async () => {
    await using t = await testApp();
    const headers = { authorization: 'Bearer good' };
    const wrong = ['abc', '0', '-1', '1.5', '01', '%00', '1e3', '9'.repeat(16), '1'.repeat(9000)];
    for (const id of wrong) {
      const answer = await t.app.inject({ method: 'DELETE', url: `/users/${id}`, headers });
      assert.equal(answer.statusCode, 422, id);
      assert.deepEqual(answer.json().errors, [{ parameter: 'user_id', detail: 'Must be a positive whole number.' }]);
    }
    const query = await t.app.inject({ url: '/me?page=1&page=2&other=3', headers });
    assert.deepEqual(query.json().errors, [
      { parameter: 'other', detail: 'This is not known here.' },
      { parameter: 'page', detail: 'Must be a string.' },
    ]);
  });
});

describe('field errors', () => {
  const errorsOf = async (payload: object) => {
    await using t = await testApp();
    return (await t.app.inject({ method: 'POST', url: '/echo', payload })).json().errors;
  };

  test('are told all at once, each with a pointer at what is wrong', async () => {
    const errors = await errorsOf({ extra: 1, color: 'green', 'a/b~c': '1', tags: ['ok', 'too long'] });
    assert.deepEqual(errors, [
      { pointer: '/name', detail: 'This is required.' },
      { pointer: '/extra', detail: 'This is not known here.' },
      { pointer: '/color', detail: 'Must be one of "red", "blue".' },
      { pointer: '/a~1b~0c', detail: 'Must be a whole number.' },
      { pointer: '/tags/1', detail: 'Must have at most 5 characters.' },
    ]);
  });

  test('escape the keys that they point at (RFC 6901 §3)', async () => {
    assert.deepEqual(await errorsOf({ name: 'ada', '~/': 1 }), [
      { pointer: '/~0~1', detail: 'This is not known here.' },
    ]);
  });

  test('say what a text may hold', async () => {
    assert.deepEqual(await errorsOf({ name: '' }), [{ pointer: '/name', detail: 'Must not be empty.' }]);
    const hint = 'Must be plain text on one line, without control characters.';
    assert.deepEqual(await errorsOf({ name: 'a\u0000b' }), [{ pointer: '/name', detail: hint }]);
  });

  test('are never more than twenty, and never repeat a huge key', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`k${at}`, at]));
    assert.equal((await errorsOf({ name: 'ada', ...many })).length, maxErrors);
    const huge = await errorsOf({ name: 'ada', ['x'.repeat(50_000)]: 1 });
    assert.deepEqual(huge, [{ pointer: '', detail: 'This is not known here.' }]);
  });

  test('never repeat a value', async () => {
    const errors = await errorsOf({ name: 'hunter2'.repeat(9), color: 'hunter2', tags: ['hunter2', 'hunter2'] });
    assert.doesNotMatch(JSON.stringify(errors), /hunter2/);
  });
});
