import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { insufficientPermission, invalidToken, lackingPermission } from '../kernel/access.ts';
import { DomainError } from '../kernel/errors.ts';
import { bearerToken, takesApiKeys } from './authenticate.ts';
import { challengeFor } from './challenge.ts';
import { missingCredentials } from './refusals.ts';
import { testApp } from './test-app.ts';

type Asked = Parameters<typeof bearerToken>;

function tokenIn(authorization?: string, rawHeaders: string[] = [], isKnown?: Asked[1]): string | undefined {
  const headers = authorization === undefined ? {} : { authorization };
  return bearerToken({ headers, raw: { rawHeaders } } as unknown as Asked[0], isKnown);
}

describe('bearerToken', () => {
  test('takes the scheme in any case and any number of spaces', () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR'])
      assert.equal(tokenIn(`${scheme} a.b-c_~+/=`), 'a.b-c_~+/=');
    assert.equal(tokenIn('Bearer    abc'), 'abc');
  });

  test('another scheme, or none, presents no token', () => {
    for (const header of [undefined, '', 'Basic YTpi', 'Bearerabc', 'DPoP abc', 'abc'])
      assert.equal(tokenIn(header), undefined);
  });

  const unreadable = [
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Bearer a,b',
    'Bearer a, Bearer b',
    'Bearer "a"',
    'Bearer =a',
    'Bearer ä',
  ];
  for (const header of unreadable) {
    test(`refuses the unreadable header ${JSON.stringify(header)}`, () => {
      assert.throws(() => tokenIn(header), { refusal: invalidToken });
    });
  }

  test('asks of a token in the usual form whether it is known, and then looks no further', () => {
    const asked: string[] = [];
    const isKnown = (token: string) => asked.push(token) === 1;
    const tokenOf = (authorization: string) => tokenIn(authorization, [], isKnown);
    assert.equal(tokenOf('Bearer a b'), 'a b');
    assert.throws(() => tokenOf('Bearer a b'), { refusal: invalidToken });
    assert.equal(tokenOf('bearer a'), 'a');
    assert.deepEqual(asked, ['a b', 'a b']);
  });

  test('refuses two Authorization headers, of which Node shows only the first', () => {
    const raw = ['Authorization', 'Bearer a', 'Host', 'x', 'AUTHORIZATION', 'Bearer b'];
    assert.throws(() => tokenIn('Bearer a', raw), { refusal: invalidToken });
    assert.equal(tokenIn('Bearer a', raw.slice(0, 4)), 'a');
  });

  test('refuses a token that no server of ours has made, by its length', () => {
    assert.throws(() => tokenIn(`Bearer ${'a'.repeat(8192)}`), { refusal: invalidToken });
  });

  test('answers in linear time a header made to backtrack', () => {
    assert.throws(() => tokenIn(`Bearer ${'='.repeat(8000)}!`), { refusal: invalidToken });
  });
});

describe('a bearer route', () => {
  const challengeOf = async (url: string, headers: Record<string, string>) => {
    await using t = await testApp();
    const answer = await t.app.inject({ method: url === '/me' ? 'GET' : 'POST', url, headers });
    return [answer.statusCode, answer.json().code, answer.headers['www-authenticate']];
  };

  test('names no error to a client that sent no credentials (RFC 6750 §3.1)', async () => {
    const expected = [401, 'missing-credentials', 'Bearer realm="keyward"'];
    assert.deepEqual(await challengeOf('/me', {}), expected);
    assert.deepEqual(await challengeOf('/me', { authorization: 'Basic YTpi' }), expected);
  });

  test('says invalid_token of a token that was refused', async () => {
    const [status, code, challenge] = await challengeOf('/me', { authorization: 'Bearer bad' });
    assert.deepEqual([status, code], [401, 'invalid-token']);
    const description = 'error_description="The access token is not valid."';
    assert.equal(challenge, `Bearer realm="keyward", error="invalid_token", ${description}`);
  });

  test('says which permission is lacking, whether the edge or the handler asked for it', async () => {
    const [status, , challenge] = await challengeOf('/roles', { authorization: 'Bearer good' });
    assert.equal(status, 403);
    assert.equal(challenge, 'Bearer realm="keyward", error="insufficient_scope", scope="roles:write"');
    await using t = await testApp();
    const byHandler = await t.app.inject({
      method: 'DELETE',
      url: '/users/2',
      headers: { authorization: 'Bearer good' },
    });
    assert.match(String(byHandler.headers['www-authenticate']), /scope="users:delete"$/);
  });

  test('does not read tokens from the address or from the body', async () => {
    await using t = await testApp({ strictReplies: false });
    assert.equal((await t.app.inject('/me?access_token=good')).json().code, 'missing-credentials');
    const inBody = await t.app.inject({ method: 'POST', url: '/roles', payload: { access_token: 'good' } });
    assert.equal(inBody.json().code, 'missing-credentials');
  });

  test('refuses a stranger before it reads the body', async () => {
    await using t = await testApp();
    const headers = { 'content-type': 'application/json' };
    const answer = await t.app.inject({ method: 'POST', url: '/roles', headers, payload: '{"broken' });
    assert.equal(answer.statusCode, 401);
  });
});

describe('an API key', () => {
  const answerTo = async (method: 'GET' | 'POST' | 'DELETE', url: string, key: string) => {
    await using t = await testApp();
    const answer = await t.app.inject({ method, url, headers: { authorization: `Bearer ${key}` } });
    return [answer.statusCode, answer.json().code, answer.headers['www-authenticate']];
  };

  test('passes where a permission guards the route, as far as it holds it', async () => {
    const lacking = 'Bearer realm="keyward", error="insufficient_scope", scope="roles:write"';
    assert.deepEqual(await answerTo('POST', '/roles', 'key-good'), [403, 'insufficient-permission', lacking]);
    assert.deepEqual(await answerTo('POST', '/roles', 'key-bad'), [
      401,
      'invalid-api-key',
      'Bearer realm="keyward", error="invalid_token", error_description="The API key is not valid."',
    ]);
  });

  test('is refused where none does, be it good or bad: the route is for people', async () => {
    for (const key of ['key-good', 'key-bad', 'key-']) {
      assert.deepEqual(await answerTo('GET', '/me', key), [403, 'api-key-not-accepted', undefined]);
      assert.deepEqual(await answerTo('DELETE', '/users/1', key), [403, 'api-key-not-accepted', undefined]);
    }
  });

  test('is taken or refused otherwise where the route says so', () => {
    const takes = (access: object) => takesApiKeys({ kind: 'bearer', ...access });
    assert.deepEqual([takes({}), takes({ permission: 'a:b' })], [false, true]);
    assert.deepEqual([takes({ apiKeys: true }), takes({ permission: 'a:b', apiKeys: false })], [true, false]);
    assert.equal(takesApiKeys({ kind: 'public', why: 'a test' }), false);
  });
});

describe('challengeFor', () => {
  test('writes no quote, backslash or line break into the header', () => {
    const error = invalidToken({ detail: 'a "b" \\ c\r\nSet-Cookie: d ü' });
    const challenge = challengeFor(error, { bearer: true });
    assert.match(String(challenge), /error_description="a 'b' ' c\?\?Set-Cookie: d \?"$/);
  });

  test('leaves out a permission that could break the quotes', () => {
    const scopeOf = (permission: string) => challengeFor(lackingPermission(permission), { bearer: true });
    assert.match(String(scopeOf('posts:publish')), /scope="posts:publish"$/);
    assert.doesNotMatch(String(scopeOf('a" x="')), /scope=/);
  });

  test('gives every 401 a challenge, and other refusals none', () => {
    assert.equal(challengeFor(missingCredentials(), { bearer: true }), 'Bearer realm="keyward"');
    const wrong = new DomainError({ ...invalidToken, kind: 'unauthenticated', code: 'other' } as typeof invalidToken);
    assert.equal(challengeFor(wrong, { bearer: false }), 'Bearer realm="keyward"');
    const forbidden = { ...insufficientPermission, code: 'other', kind: 'forbidden' } as typeof invalidToken;
    assert.equal(challengeFor(new DomainError(forbidden), { bearer: true }), undefined);
  });
});
