import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { AccessClaims } from './claims.ts';
import { withToken } from './fetch.ts';
import { createGuard, type Denial } from './guard.ts';
import { requireToken } from './node.ts';
import { type RefusalCode, TokenRefused } from './refused.ts';

const claims = { sub: '7', permissions: ['posts:publish'] } as unknown as AccessClaims;
const omitted = { sub: '7', permissions_omitted: true } as unknown as AccessClaims;

const answering = (answer: AccessClaims | RefusalCode) => ({
  verify: async (): Promise<AccessClaims> => {
    if (typeof answer === 'string') throw new TokenRefused(answer, new Error('a secret of the log'));
    return answer;
  },
});

async function denialOf(denied: Promise<{ readonly denial?: Denial }>) {
  const { denial } = await denied;
  assert.ok(denial);
  assert.equal(denial.headers['content-type'], 'application/problem+json');
  return {
    status: denial.status,
    challenge: denial.headers['www-authenticate'],
    headers: denial.headers,
    body: JSON.parse(denial.body),
  };
}

describe('the header', () => {
  const guard = createGuard(answering(claims));

  test('the scheme is read in any case, with any number of spaces', async () => {
    for (const header of ['Bearer a.b.c', 'bearer a.b.c', 'BEARER   a.b.c']) {
      assert.deepEqual(await guard([header]), { claims });
    }
  });

  test('none, or one of another scheme, is told of the scheme and of no error (RFC 6750 §3.1)', async () => {
    for (const headers of [[], ['Basic YTpi'], ['Bearerx a.b.c'], ['a.b.c']]) {
      const { status, challenge, body } = await denialOf(guard(headers));
      assert.deepEqual([status, challenge, body.code], [401, 'Bearer', 'missing-token']);
    }
  });

  test('two are refused, even when both are good', async () => {
    const { status, challenge } = await denialOf(guard(['Bearer a.b.c', 'Bearer a.b.c']));
    assert.equal(status, 400);
    assert.match(challenge ?? '', /^Bearer error="invalid_request"/);
  });

  test('two that a platform has joined, and tokens with anything else in them, are malformed', async () => {
    for (const header of [
      'Bearer a.b.c, Bearer a.b.c',
      'Bearer ',
      'Bearer',
      'Bearer a b',
      'Bearer a"b',
      'Bearer a.b.c ',
    ]) {
      const { status, body } = await denialOf(guard([header]));
      assert.deepEqual([status, body.code], [401, 'malformed'], header);
    }
  });

  test('a Fetch handler sees two headers joined, and refuses them', async () => {
    const handler = withToken(
      { ...answering(claims), ready: async () => {}, close() {}, state: () => assert.fail() },
      () => new Response(),
    );
    const headers = new Headers([
      ['authorization', 'Bearer a.b.c'],
      ['authorization', 'Bearer a.b.c'],
    ]);
    assert.equal((await handler(new Request('http://localhost', { headers }))).status, 401);
  });
});

describe('a refusal', () => {
  test('of the token is 401 with its code and a sentence, and nothing of its cause', async () => {
    const { status, challenge, headers, body } = await denialOf(createGuard(answering('revoked'))(['Bearer a.b.c']));
    assert.equal(status, 401);
    assert.equal(challenge, 'Bearer error="invalid_token", error_description="The token was revoked."');
    assert.equal(headers['cache-control'], 'no-store');
    assert.deepEqual(body, {
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      detail: 'The token was revoked.',
      code: 'revoked',
    });
  });

  test('that is not the fault of the token is 503 with Retry-After and without a challenge', async () => {
    for (const code of ['revocation-unknown', 'issuer-unavailable'] as const) {
      const { status, challenge, headers, body } = await denialOf(createGuard(answering(code))(['Bearer a.b.c']));
      assert.deepEqual([status, challenge, headers['retry-after'], body.code], [503, undefined, '2', code]);
      assert.doesNotMatch(JSON.stringify(body), /secret/);
    }
  });

  test('of a request that a time limit has answered meanwhile takes no process down', async () => {
    const gate = Promise.withResolvers<AccessClaims>();
    const verifier = { verify: () => gate.promise, ready: async () => {}, close() {}, state: () => assert.fail() };
    const guard = requireToken(verifier);
    const server = createServer((request, response) => {
      guard(request, response, () => assert.fail());
      response.writeHead(504).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const faults: unknown[] = [];
    const onFault = (fault: unknown) => faults.push(fault);
    process.on('unhandledRejection', onFault);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { status } = await fetch(url, { headers: { authorization: 'Bearer a.b.c', connection: 'close' } });
    gate.reject(new TokenRefused('issuer-unavailable'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', onFault);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(status, 504);
    assert.deepEqual(faults, []);
  });

  test('any other error is not turned into one', async () => {
    const guard = createGuard({ verify: () => Promise.reject(new Error('a fault')) });
    await assert.rejects(guard(['Bearer a.b.c']), /a fault/);
  });
});

describe('a permission', () => {
  test('that the token holds lets pass; one that it lacks is 403 and is named', async () => {
    assert.deepEqual(await createGuard(answering(claims), { permission: 'posts:publish' })(['Bearer a']), { claims });
    const { status, challenge, body } = await denialOf(
      createGuard(answering(claims), { permission: 'users:delete' })(['Bearer a']),
    );
    assert.deepEqual([status, body.code], [403, 'insufficient-permission']);
    assert.match(challenge ?? '', /error="insufficient_scope".*scope="users:delete"$/);
  });

  test('of a token that could not carry its permissions is unknown: refused as such, or decided by whom you ask', async () => {
    const wanted = { permission: 'users:delete' };
    const { status, body } = await denialOf(createGuard(answering(omitted), wanted)(['Bearer a']));
    assert.deepEqual([status, body.code], [403, 'permissions-omitted']);
    const asked: unknown[] = [];
    const deciding = (answer: boolean) =>
      createGuard(answering(omitted), {
        ...wanted,
        whenPermissionsOmitted(...args) {
          asked.push(args);
          return answer;
        },
      });
    assert.deepEqual(await deciding(true)(['Bearer a']), { claims: omitted });
    assert.deepEqual(asked, [[omitted, 'users:delete', 'a']]);
    assert.equal((await denialOf(deciding(false)(['Bearer a']))).body.code, 'insufficient-permission');
  });

  test('whose name could break out of the header is refused when the guard is made', () => {
    for (const permission of ['', 'a b', 'a"', 'a\\', 'a\r\nset-cookie: x', 'é']) {
      assert.throws(() => createGuard(answering(claims), { permission }), TypeError);
    }
  });
});
