import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refusal } from '../kernel/errors.ts';
import { declaredStatuses, refusalsOf, successStatus } from './declared.ts';
import { type Route, route } from './route.ts';
import { Type } from './schema.ts';
import { sampleRoutes } from './test-app.ts';

const base = {
  url: '/x',
  operationId: 'x',
  summary: 'x',
  tags: [],
  limit: { kind: 'none', why: 'a test' },
  refusals: [],
} as const;
const open = { kind: 'public', why: 'a test' } as const;
const reply = { 200: { schema: Type.Object({ ok: Type.Boolean() }), description: 'Well.' } } as const;

const sample = (operationId: string): Route => {
  const found = sampleRoutes.find((one) => one.operationId === operationId);
  assert.ok(found);
  return found;
};
const codesOf = (one: Route): string[] => refusalsOf(one).map(({ code }) => code);

describe('route', () => {
  test('the compiler refuses what the schemas and the access do not promise', () => {
    const takesText = (text: string): string => text;
    const declared = [
      route({
        ...base,
        method: 'POST',
        access: { kind: 'bearer' },
        body: Type.Object({ email: Type.String() }),
        params: Type.Object({ id: Type.String() }),
        replies: reply,
        handler: (request) => ({
          ok: takesText(request.body.email + request.params.id + request.principal.username) !== '',
        }),
      }),
      route({
        ...base,
        method: 'POST',
        access: open,
        body: Type.Object({ email: Type.String() }),
        bodyOptional: true,
        replies: reply,
        handler: async (request) => ({
          // @ts-expect-error an optional body may be undefined
          ok: takesText(request.body.email) !== '',
        }),
      }),
      route({
        ...base,
        method: 'GET',
        access: open,
        replies: reply,
        handler: async (request) => ({
          // @ts-expect-error nobody is signed in on a public route
          ok: takesText(request.principal.username) !== '',
        }),
      }),
      route({
        ...base,
        method: 'GET',
        access: { kind: 'bearer' },
        replies: reply,
        handler: ({ principal }) => ({ ok: takesText(principal.sessionId) !== '' }),
      }),
      route({
        ...base,
        method: 'GET',
        access: { kind: 'bearer', permission: 'posts:publish' },
        replies: reply,
        handler: ({ principal }) => ({
          // @ts-expect-error where API keys pass there may be no session
          ok: takesText(principal.sessionId) !== '',
        }),
      }),
      route({
        ...base,
        method: 'GET',
        access: { kind: 'bearer', permission: 'posts:publish', apiKeys: false },
        replies: reply,
        handler: ({ principal }) => ({ ok: takesText(principal.sessionId) !== '' }),
      }),
      route({
        ...base,
        method: 'GET',
        access: open,
        replies: reply,
        // @ts-expect-error the reply is not of the declared form
        handler: () => ({ ok: 1 }),
      }),
    ];
    assert.equal(declared.length, 7);
  });

  test('the status of a silent handler is the lowest declared one', () => {
    assert.equal(successStatus(sample('echo')), 201);
    assert.equal(
      successStatus({ ...sample('me'), replies: { 503: { description: '' }, 200: { description: '' } } }),
      200,
    );
    assert.throws(() => successStatus({ ...sample('me'), replies: {} }), /me declares no reply/);
  });
});

describe('refusalsOf', () => {
  test('adds what the edge says on behalf of a bearer route', () => {
    assert.deepEqual(codesOf(sample('me')), [
      'missing-credentials',
      'invalid-token',
      'api-key-not-accepted',
      'validation-failed',
    ]);
    const guarded = ['missing-credentials', 'invalid-token', 'invalid-api-key', 'too-many-attempts'];
    assert.deepEqual(codesOf(sample('addRole')).slice(0, 5), [...guarded, 'insufficient-permission']);
  });

  test('adds what can be wrong with a body, by its type', () => {
    const body = ['malformed-request', 'body-too-large', 'unsupported-media-type', 'validation-failed'];
    assert.deepEqual(codesOf(sample('echo')).slice(0, 5), ['malformed-json', ...body]);
    assert.deepEqual(codesOf(sample('token')).slice(0, 5), ['malformed-form', ...body]);
  });

  test('adds that the address is broken, where a part of it is a parameter', () => {
    const params = Type.Object({ id: Type.String() });
    assert.ok(codesOf({ ...sample('me'), params }).includes('malformed-url'));
    assert.ok(!codesOf(sample('echo')).includes('malformed-url'));
  });

  test('names each refusal once', () => {
    const own = refusal('own', 'gone', 'Gone.', 'None.');
    assert.deepEqual(codesOf({ ...sample('refresh'), refusals: [own, own] }), ['cross-site-request', 'own']);
  });

  test('in the OAuth dialect the statuses are those of RFC 6749', () => {
    assert.deepEqual([...declaredStatuses(sample('token'))].sort(), [200, 400, 413, 415, 429, 431, 500, 503]);
  });
});
