import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { invalidToken, lackingPermission } from '../kernel/access.ts';
import { refusal } from '../kernel/errors.ts';
import { oauthAnswer } from './oauth-error.ts';
import { missingCredentials } from './refusals.ts';
import { fromRefusal, refusedFrom } from './refused.ts';
import { testApp } from './test-app.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

async function askToken(payload: string, headers: Record<string, string> = form) {
  await using t = await testApp();
  return await t.app.inject({ method: 'POST', url: '/token', headers, payload });
}

describe('the dialect of RFC 6749 §5.2', () => {
  test('a refused password is an invalid grant, in three members and the id in the log', async () => {
    const answer = await askToken('grant_type=password&username=mallory');
    assert.equal(answer.statusCode, 400);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers.pragma, 'no-cache');
    assert.equal(answer.headers['www-authenticate'], undefined);
    const { instance, ...rest } = answer.json();
    assert.match(instance, /^urn:uuid:/);
    assert.deepEqual(rest, {
      error: 'invalid_grant',
      error_description: 'Email or password is wrong.',
      detail: 'Email or password is wrong.',
    });
  });

  const cases: readonly (readonly [what: string, body: string, status: number, error: string])[] = [
    ['an unknown grant type', 'grant_type=magic', 400, 'unsupported_grant_type'],
    ['a parameter that is missing', 'username=ada', 400, 'invalid_request'],
    ['a parameter without a value', 'grant_type=', 400, 'invalid_request'],
    ['a repeated parameter', 'grant_type=password&grant_type=password', 400, 'invalid_request'],
    ['a broken encoding', 'grant_type=%zz', 400, 'invalid_request'],
    ['too many tries', 'grant_type=password&username=hasty', 429, 'temporarily_unavailable'],
    ['an overload', 'grant_type=password&username=busy', 503, 'temporarily_unavailable'],
    ['a fault of ours', 'grant_type=password&username=faulty', 500, 'server_error'],
    ['a huge body', 'x'.repeat(3_000_000), 413, 'invalid_request'],
  ];
  for (const [what, body, status, error] of cases) {
    test(`${what} is ${status} ${error}`, async () => {
      const answer = await askToken(body);
      assert.deepEqual([answer.statusCode, answer.json().error], [status, error]);
      assert.equal(answer.json().detail, answer.json().error_description);
      assert.doesNotMatch(answer.body, /column/);
      assert.equal(answer.headers['retry-after'] !== undefined, status === 429 || status === 503);
    });
  }

  test('JSON, text and no type at all are 415 in this dialect too', async () => {
    for (const headers of [{ 'content-type': 'application/json' }, { 'content-type': 'text/plain' }, {}]) {
      const answer = await askToken('{}', headers);
      assert.deepEqual([answer.statusCode, answer.json().error], [415, 'invalid_request']);
    }
  });

  test('a refused client is 401 with the challenge that it can answer', () => {
    const invalidClient = refusal('invalid-client', 'unauthenticated', 'No such client.', 'None.');
    const answer = oauthAnswer(fromRefusal(invalidClient), 'id');
    assert.equal(answer.status, 401);
    assert.match(answer.headers['www-authenticate'] ?? '', /^Basic realm=/);
  });

  test('who asks without an access token, with a dead one, or without the permission is told so as RFC 6750 §3 has it', () => {
    const route = { bearer: true, permission: 'tokens:introspect' };
    const told = [missingCredentials(), invalidToken(), lackingPermission('tokens:introspect')].map((error) => {
      const { status, headers, body } = oauthAnswer(refusedFrom(error, route), 'id');
      return [status, JSON.parse(body).error, headers['www-authenticate']];
    });
    const realm = 'Bearer realm="keyward"';
    assert.deepEqual(told, [
      [401, 'invalid_token', realm],
      [401, 'invalid_token', `${realm}, error="invalid_token", error_description="The access token is not valid."`],
      [403, 'insufficient_scope', `${realm}, error="insufficient_scope", scope="tokens:introspect"`],
    ]);
  });

  test('a description holds only what §5.2 allows', () => {
    const loud = refusal('loud', 'invalid', 'Say "\u00fc\\".', 'None.');
    const body = JSON.parse(oauthAnswer(refusedFrom(loud(), { bearer: false }), 'id').body);
    assert.equal(body.error_description, "Say '?''.");
  });
});
