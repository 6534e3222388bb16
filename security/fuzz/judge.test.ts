import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { WireAnswer } from '../wire.ts';
import { createJudge } from './judge.ts';
import { type Operation, readApiDocument } from './operations.ts';

const document = readApiDocument();
const judge = createJudge(document);
const operationOf = (id: string): Operation =>
  document.operations.find(({ operationId }) => operationId === id) as Operation;

const headers: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'strict-transport-security': 'max-age=31536000',
};

const instance = 'urn:uuid:5f0c2f3e-7d1a-4c9b-8a53-1f6f2d0f9b11';
const problem = (status: number, code: string, more: object = {}) => ({
  ...{ type: `/problems/${code}`, title: 'No', status, detail: 'No.', code, instance, ...more },
});

function answer(status: number, body: unknown, more: Readonly<Record<string, string | undefined>> = {}): WireAnswer {
  const type = status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8';
  const all = Object.entries({ ...headers, 'content-type': type, ...more });
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    status,
    text,
    headers: all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  };
}

const ask = (id: string, it: WireAnswer, more: { method?: string; onTarget?: boolean; hasToken?: boolean } = {}) => {
  const operation = operationOf(id);
  return judge({ operation, method: operation.method, onTarget: true, hasToken: true, ...more }, it);
};

const user = {
  id: 1,
  username: 'ada',
  email: 'ada@example.com',
  email_verified: false,
  created_at: '2026-01-01T00:00:00.000Z',
};
const challenge = { 'www-authenticate': 'Bearer realm="keyward"' };
const wrong = problem(401, 'invalid-credentials');

describe('nothing is wrong with', () => {
  test('a success as it is declared', () => assert.deepEqual(ask('getCurrentUser', answer(200, user)), []));
  test('a refusal as it is declared', () => assert.deepEqual(ask('logIn', answer(401, wrong, challenge)), []));
  test('a refusal of the edge where the path is another', () => {
    assert.deepEqual(ask('deleteUser', answer(404, problem(404, 'path-not-found')), { onTarget: false }), []);
  });
  test('a pointer that repeats an odd key', () => {
    const errors = [{ pointer: '/SELECT x FROM y', detail: 'This is not known here.' }];
    assert.deepEqual(ask('logIn', answer(422, problem(422, 'validation-failed', { errors }))), []);
  });
});

const faulty: Readonly<Record<string, readonly [answer: WireAnswer, fault: RegExp, id?: string]>> = {
  'a 500': [answer(500, problem(500, 'internal')), /the status is 500/],
  'a 503 that is declared': [answer(503, problem(503, 'overloaded'), { 'retry-after': '1' }), /the status is 503/],
  'a status that is not declared': [answer(418, problem(418, 'teapot')), /418 is not declared/],
  'a type that is not declared': [answer(401, '<p>', { ...challenge, 'content-type': 'text/html' }), /type text\/html/],
  'JSON for a problem': [
    answer(401, wrong, { ...challenge, 'content-type': 'application/json' }),
    /type application\/json/,
  ],
  'a code of another operation': [answer(401, problem(401, 'invalid-token'), challenge), /code invalid-token/],
  'a body of another status': [answer(401, { ...wrong, status: 400 }, challenge), /says 400/],
  'a body that does not fit': [answer(401, { ...wrong, detail: 1 }, challenge), /does not fit/],
  'a user without a name': [answer(200, { id: 1 }), /does not fit/, 'getCurrentUser'],
  'no JSON at all': [answer(200, 'oops'), /does not fit/, 'getCurrentUser'],
  'a missing header': [
    answer(401, wrong, { ...challenge, 'x-content-type-options': undefined }),
    /x-content-type-options/,
  ],
  'no HSTS': [answer(401, wrong, { ...challenge, 'strict-transport-security': undefined }), /strict-transport/],
  'something that caches keep': [
    answer(200, user, { 'cache-control': 'public, max-age=60' }),
    /cache/,
    'getCurrentUser',
  ],
  'a refusal that sets a cookie': [answer(401, wrong, { ...challenge, 'set-cookie': 'a=b' }), /sets a cookie/],
  'no challenge': [answer(401, wrong), /no challenge/],
  'a wait of unknown length': [answer(429, problem(429, 'too-many-attempts')), /no Retry-After/],
  'a server that names itself': [answer(401, wrong, { ...challenge, server: 'x' }), /names the software/],
};
const leaks = [
  'Error: x\n    at run (/srv/x.ts:1:2)',
  'SQLITE_CONSTRAINT: UNIQUE constraint failed: users.email_key',
  'near "x": SELECT id FROM users',
  'open /etc/passwd',
  'connect ECONNREFUSED',
  'undefined is not a function',
];

describe('something is wrong with', () => {
  for (const [what, [it, fault, id = 'logIn']] of Object.entries(faulty)) {
    test(what, () => assert.match(ask(id, it).join('; '), fault));
  }

  for (const leak of leaks) {
    test(`a refusal that tells ${JSON.stringify(leak)}`, () => {
      const told = answer(401, { ...wrong, detail: leak }, challenge);
      assert.match(ask('logIn', told).join('; '), /tells of the inside/);
    });
  }

  test('a success without an access token where one is needed', () => {
    assert.match(ask('getCurrentUser', answer(200, user), { hasToken: false }).join(), /without an access token/);
  });

  test('an error of OAuth that is not declared', () => {
    const body = { error: 'invalid_scope', error_description: 'no', detail: 'no', instance };
    const it = answer(400, body, { 'content-type': 'application/json', pragma: 'no-cache' });
    assert.match(ask('grantToken', it).join(), /error invalid_scope is not declared/);
  });
});
