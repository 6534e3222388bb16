/**
 * Every real route, found through the API's own description, against input that no honest client sends: always a clear refusal with a
 * code and a text, never a fault of ours (5xx).
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { describeApi } from '../../src/app/describe-api.ts';
import type { Route } from '../../src/http/route.ts';
import { type Answer, type Call, createClient } from '../support/client.ts';
import { ada, lives, signUp } from '../support/people.ts';
import { assertOAuthError, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const { routes } = await describeApi();
const withBody = routes.filter(({ body }) => body !== undefined);
const jsonRoutes = withBody.filter(({ bodyType }) => bodyType !== 'form');

/** Without limits, so that each answer is about the input and not about how much there was of it. */
const env = { RATE_LIMITS: 'off' };

/** Bodies that each JSON route takes (or refuses for what they mean); a test spoils one part of one. */
const good: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '/signup': { ...ada },
  '/signup/complete': { token: 'x', password: 'seven quiet lanterns burn', new_password: 'seven other lanterns burn' },
  '/email/verification': { email: ada.email },
  '/email/verify': { token: 'x', password: 'seven quiet lanterns burn', new_password: 'seven other lanterns burn' },
  '/setup': { ...ada, setup_token: 'x' },
  '/login': { email: ada.email, password: ada.password },
  '/login/email': { email: ada.email },
  '/login/email/account': { token: 'x' },
  '/login/email/verify': { token: 'x', email: ada.email, code: '000000' },
  '/password/forgot': { email: ada.email },
  '/password/reset': { token: 'x', new_password: 'seven quiet lanterns burn' },
  '/refresh-access-token': { refresh_token: 'x' },
  '/logout': { refresh_token: 'x', all_devices: true },
  '/user/password': { current_password: 'x', new_password: 'seven quiet lanterns burn' },
  '/user/email': { current_password: 'x', email: 'x@example.com' },
  '/email/confirm': { token: 'x', password: 'x' },
  '/email/undo': { token: 'x' },
  '/invitations/accept': { token: 'x', new_password: 'seven quiet lanterns burn' },
  '/user': { current_password: 'x', username: 'x', email: 'x@example.com' },
  '/users': { username: 'x', email: 'x@example.com', password: 'seven quiet lanterns burn', invite: false },
  '/users/:user_id': { username: 'x', email: 'x@example.com', email_verified: true },
  '/users/:user_id/disable': { reason: 'x', until: '2999-01-01T00:00:00Z' },
  '/users/roles': { name: 'editor', description: 'Edits.', permissions: ['users:delete'] },
  '/users/roles/:role_id': { version: 1, name: 'editor', description: 'Edits.', permissions: ['users:delete'] },
  '/users/roles/:role_id/preview': { permissions: ['users:delete'] },
  '/users/:user_id/roles': { roles: [1], expected: [1] },
  '/permissions': { name: 'posts:publish', description: 'Publishes.' },
  '/api-keys': { name: 'ci', description: 'Deploys.', permissions: ['permissions:read'], expires_in_days: 30 },
};

interface Target {
  readonly server: TestServer;
  readonly call: Call;
  readonly token: string;
}

async function withTarget(attack: (target: Target) => Promise<void>): Promise<void> {
  await using server = await startServer({ env });
  const token = await server.admin();
  await server.features.roles.createRole({ name: 'victim', description: '', permissions: [], by: undefined });
  await server.newEvents();
  await attack({ server, call: createClient(server.url), token });
  assert.deepEqual(
    server.log.filter((line) => /"level":[56]0/.test(line)),
    [],
    'no fault of ours',
  );
}

/** An address of the route: of the administrator, or of the role that there is besides theirs. */
const addressOf = ({ url }: Route): string => url.replace(':role_id', '2').replaceAll(/:\w+/g, '1');

/** As an administrator, so that what is behind the door is attacked and not the door. */
function post({ call, token }: Target, route: Route, raw: string | Buffer, type = 'application/json'): Promise<Answer> {
  const authorised = route.access.kind === 'bearer' ? { token } : {};
  return call(route.method, addressOf(route), {
    ...authorised,
    raw: new Uint8Array(Buffer.from(raw)),
    headers: { 'content-type': type },
  });
}

/** A refusal in the route's dialect; which one it is, the caller may say. */
function assertClear(route: Route, answer: Answer, expected?: readonly [status: number, code: string]): void {
  assert.ok(answer.status >= 400 && answer.status < 500, `${route.url} answered ${answer.status}`);
  if (route.dialect === 'oauth') assertOAuthError(answer, answer.status, answer.body.error);
  else assertProblem(answer, ...(expected ?? ([answer.status, answer.body.code] as const)));
}

test('the description knows every route with a body, and so does this test', () => {
  assert.deepEqual(jsonRoutes.map(({ url }) => url).sort(), Object.keys(good).sort());
  assert.deepEqual(
    withBody.filter((route) => !jsonRoutes.includes(route)).map(({ url }) => url),
    ['/revoke', '/introspect', '/token'],
  );
});

describe('what is no JSON is 400, and says where', () => {
  const broken: Readonly<Record<string, string | Buffer>> = {
    'no value': ' ',
    'an open object': '{',
    'a word': 'hello',
    'single quotes': "{'email':'ada'}",
    'a comma too many': '{"email":"x",}',
    NaN: '{"email":NaN}',
    'a comment': '{/**/}',
    'two values': '{}{}',
    'a byte order mark': '\ufeff{}',
    'UTF-16': Buffer.from('{}', 'utf16le'),
    'a byte that is no UTF-8': Buffer.from([0x7b, 0xff, 0x7d]),
    'an overlong NUL': Buffer.from([0x22, 0xc0, 0x80, 0x22]),
    'a raw NUL': '{"email":"\0"}',
    'a raw line break in a string': '{"email":"a\nb"}',
    'half a surrogate pair': '{"email":"\\ud83d"}',
    'half a surrogate pair in a key': '{"\\udc00":1}',
    'an unknown escape': '{"email":"\\x41"}',
    'a key twice': '{"email":"a","email":"b"}',
    'a key twice, once escaped': '{"email":"a","em\\u0061il":"b"}',
    __proto__: '{"__proto__":{"admin":true}}',
    '__proto__, escaped': '{"__pr\\u006fto__":{"admin":true}}',
    'constructor.prototype': '{"constructor":{"prototype":{"admin":true}}}',
    '10,000 lists in one another': '['.repeat(10_000) + ']'.repeat(10_000),
    '10,000 open lists': '['.repeat(10_000),
    '10,000 objects in one another': `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    'a number with a leading zero': '{"email":01}',
    'a form': 'email=ada&password=x',
    XML: '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>',
  };
  for (const route of jsonRoutes) {
    test(`${route.method} ${route.url}`, () =>
      withTarget(async (target) => {
        for (const [what, raw] of Object.entries(broken)) {
          const answer = await post(target, route, raw);
          assert.equal(answer.body.code, 'malformed-json', what);
          assertClear(route, answer, [400, 'malformed-json']);
        }
        assert.deepEqual(await target.server.newEvents(), []);
        assert.equal(({} as { admin?: boolean }).admin, undefined);
      }));
  }
});

describe('a value of a wrong type or size, in every field, is 422 with a pointer at it', () => {
  const wrong: Readonly<Record<string, string>> = {
    null: 'null',
    true: 'true',
    zero: '0',
    'a huge number': '1e400',
    'a number beyond exactness': '9007199254740993',
    'an object': '{}',
    'an operator': '{"$gt":""}',
    'a list': '[]',
    'a list of one text': '["x"]',
    '9,000 characters': JSON.stringify('x'.repeat(9_000)),
    NUL: '"\\u0000"',
    '30 lists in one another': '['.repeat(30) + ']'.repeat(30),
  };
  for (const route of jsonRoutes) {
    test(`${route.method} ${route.url}`, () =>
      withTarget(async (target) => {
        const fields = Object.keys(good[route.url] ?? {});
        assert.deepEqual(
          Object.keys((route.body as { properties?: object }).properties ?? {}).sort(),
          fields.toSorted(),
        );
        for (const field of fields) {
          for (const [what, value] of Object.entries(wrong)) {
            const listAllowed = ['permissions', 'roles', 'expected'].includes(field) && what === 'a list';
            const flagAllowed = ['all_devices', 'email_verified'].includes(field) && what === 'true';
            if (listAllowed || flagAllowed || (field === 'refresh_token' && what === 'NUL')) continue;
            const rest = Object.entries(good[route.url] ?? {}).filter(([name]) => name !== field);
            const raw = `{${[...rest.map(([name, it]) => `${JSON.stringify(name)}:${JSON.stringify(it)}`), `"${field}":${value}`].join()}}`;
            const answer = await post(target, route, raw);
            assert.equal(answer.status, 422, `${field} ${what}`);
            assertClear(route, answer, [422, 'validation-failed']);
            for (const { pointer } of answer.body.errors) {
              assert.ok(pointer === `/${field}` || pointer.startsWith(`/${field}/`), `${field} ${what}: ${pointer}`);
            }
          }
        }
        assert.deepEqual(await target.server.newEvents(), []);
      }));

    test(`${route.method} ${route.url}: no object at all, or one with a field that nobody knows`, () =>
      withTarget(async (target) => {
        const whole = JSON.stringify(good[route.url]);
        const bodies = ['true', '0', '1e999', '"x"', '[]', `[${whole}]`, '[[[]]]'];
        for (const raw of [...bodies, ...(route.bodyOptional === true ? [] : ['null'])]) {
          const answer = await post(target, route, raw);
          assertClear(route, answer, [422, 'validation-failed']);
          assert.deepEqual(answer.body.errors, [{ pointer: '', detail: 'Must be an object.' }], raw);
        }
        for (const field of ['admin', '', 'toString', 'constructor', 'a/b~c', 'x'.repeat(1_000)]) {
          const answer = await post(target, route, JSON.stringify({ ...good[route.url], [field]: 1 }));
          assertClear(route, answer, [422, 'validation-failed']);
        }
        assert.deepEqual(await target.server.newEvents(), []);
      }));
  }
});

test('of thousands of unknown fields, only some are told', () =>
  withTarget(async (target) => {
    for (const route of jsonRoutes) {
      const many = Object.fromEntries(Array.from({ length: 4_000 }, (_, at) => [`k${at}`, 1]));
      const answer = await post(target, route, JSON.stringify(many));
      assertClear(route, answer, [422, 'validation-failed']);
      assert.ok(answer.body.errors.length <= 20);
    }
  }));

describe('a body of another kind or size', () => {
  const types = [
    'text/plain',
    'text/html',
    'application/xml',
    'application/problem+json',
    'application/json-patch+json',
    'application/json; charset=utf-16',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'application/graphql',
    'a/b',
    '*/*',
    'json',
    'application/json, text/plain',
    'x'.repeat(4_000),
  ];
  for (const route of withBody) {
    test(`${route.method} ${route.url}: 415 for each other type, 413 for 3 MB, and an empty body is told so`, () =>
      withTarget(async (target) => {
        const form = 'application/x-www-form-urlencoded';
        const others = [...types, route.bodyType === 'form' ? 'application/json' : form];
        for (const type of others) {
          const answer = await post(target, route, JSON.stringify(good[route.url] ?? {}), type);
          assert.equal(answer.status, 415, type);
          assertClear(route, answer, [415, 'unsupported-media-type']);
        }
        const own = route.bodyType === 'form' ? form : 'application/json';
        const huge = await post(target, route, `"${'x'.repeat(3_000_000)}"`, own);
        assert.equal(huge.status, 413);
        assertClear(route, huge, [413, 'body-too-large']);
        if (route.bodyOptional !== true) assertClear(route, await post(target, route, '', own));
        const { call, token } = target;
        const bare = await call(route.method, addressOf(route), route.access.kind === 'bearer' ? { token } : {});
        assertClear(route, bare);
        assert.deepEqual(await target.server.newEvents(), []);
      }));
  }
});

describe('an address that nobody asked for', () => {
  const odd = [
    '%',
    '%zz',
    '%00',
    '%c0%ae',
    '..',
    '.',
    '\\',
    '~',
    "'",
    '"',
    '%20',
    ';',
    '%0d%0aX:y',
    '🔑',
    'x'.repeat(3_000),
  ];
  test('in the path of every route that takes one: 4xx', () =>
    withTarget(async (target) => {
      const { call, token } = target;
      for (const route of routes.filter(({ url }) => url.includes(':'))) {
        // Within a path a client resolves `.` and `..` before it sends: then it asks for another address.
        for (const part of odd.filter((it) => !['.', '..'].includes(it) || /:\w+$/.test(route.url))) {
          const path = route.url.replace(/:\w+/, part);
          const answer = await call(route.method, path, { token });
          assert.ok(answer.status >= 400 && answer.status < 500, `${route.method} ${path} ${answer.status}`);
          assertProblem(answer, answer.status, answer.body.code);
        }
      }
      assert.deepEqual(await target.server.newEvents(), []);
    }));

  test('behind the path of every route: a query is no input, and repeats nothing', () =>
    withTarget(async (target) => {
      const { call, token } = target;
      // A stream has no end to compare; status-feed.test.ts asks it odd questions. The export tells of its own last time.
      const comparable = routes.filter(
        ({ safe, method, url }) => safe !== false && method === 'GET' && !url.includes(':'),
      );
      for (const route of comparable) {
        const plain = await call('GET', route.url, { token });
        const asked = await call('GET', `${route.url}?__proto__[x]=1&a=%zz&a=%00&${'b'.repeat(2_000)}=<script>`, {
          token,
        });
        if (route.query !== undefined) {
          assertClear(route, asked, [422, 'validation-failed']);
          assert.doesNotMatch(JSON.stringify(asked.body), /script/, 'a value is not repeated');
          continue;
        }
        assert.equal(asked.status, plain.status, route.url);
        if (plain.status === 200) assert.deepEqual(asked.body, plain.body);
      }
    }));
});

describe('whatever comes', () => {
  const anyRoute = fc.constantFrom(...withBody);
  const anyJson = fc.oneof(
    fc.json({ depthSize: 'medium' }),
    fc.json({ stringUnit: 'binary' }),
    fc
      .object({
        key: fc.constantFrom('email', 'username', 'password', 'name', 'permissions', 'refresh_token', 'grant_type'),
      })
      .map((it) => JSON.stringify(it)),
  );

  test('any JSON, on any route: no fault of ours, and every refusal is clear', () =>
    withTarget(async (target) => {
      await fc.assert(
        fc.asyncProperty(anyRoute, anyJson, async (route, raw) => {
          const answer = await post(target, route, raw);
          if (answer.status >= 400) assertClear(route, answer);
        }),
        { numRuns: 300 },
      );
    }));

  test('any values in the right fields: no fault of ours, and every refusal is clear', () =>
    withTarget(async (target) => {
      const text = fc.string({ unit: 'binary', maxLength: 40 });
      const value = fc.oneof({ weight: 4, arbitrary: text }, fc.anything({ withNullPrototype: false }), fc.array(text));
      const bodyOf = ({ url }: Route) =>
        fc.record(Object.fromEntries(Object.keys(good[url] ?? {}).map((field) => [field, value])), {
          requiredKeys: [],
        });
      const attempt = fc.constantFrom(...jsonRoutes).chain((route) => fc.tuple(fc.constant(route), bodyOf(route)));
      await fc.assert(
        fc.asyncProperty(attempt, async ([route, body]) => {
          const answer = await post(target, route, JSON.stringify(body));
          if (answer.status >= 400) assertClear(route, answer);
        }),
        { numRuns: 400 },
      );
    }));

  test('any bytes, under any type: no fault of ours, and every refusal is clear', () =>
    withTarget(async (target) => {
      const type = fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain', 'a/b; c="');
      const bytes = fc.uint8Array({ maxLength: 400 }).map((it) => Buffer.from(it));
      await fc.assert(
        fc.asyncProperty(anyRoute, type, bytes, async (route, contentType, raw) => {
          const answer = await post(target, route, raw, contentType);
          if (answer.status >= 400) assertClear(route, answer);
        }),
        { numRuns: 300 },
      );
    }));

  test('any form, at the token endpoint: no fault of ours, and every refusal is clear', () =>
    withTarget(async (target) => {
      const [route] = withBody.filter(({ bodyType }) => bodyType === 'form');
      assert.ok(route);
      const name = fc.constantFrom(
        'grant_type',
        'username',
        'password',
        'refresh_token',
        'scope',
        'client_id',
        '__proto__',
      );
      const value = fc.oneof(
        fc.constantFrom('password', 'refresh_token', ''),
        fc.string({ unit: 'grapheme' }),
        fc.webQueryParameters(),
      );
      const form = fc
        .array(fc.tuple(name, value), { maxLength: 6 })
        .map((pairs) => pairs.map(([n, v]) => `${n}=${v}`).join('&'));
      await fc.assert(
        fc.asyncProperty(form, async (raw) => {
          const answer = await post(target, route, raw, 'application/x-www-form-urlencoded');
          if (answer.status >= 400) assertClear(route, answer);
        }),
        { numRuns: 300 },
      );
    }));

  test('after all that the server still knows who is who', () =>
    withTarget(async (target) => {
      const { call, token } = target;
      const held = await signUp(call);
      for (const route of withBody) await post(target, route, '{"constructor":{"prototype":{"x":1}}}');
      assert.deepEqual([await lives(call, held), await lives(call, { accessToken: token })], [true, true]);
      const { body } = await call('GET', '/user', { token: held.accessToken });
      assert.deepEqual(Object.keys(body), ['id', 'username', 'email', 'email_verified', 'created_at']);
    }));
});
