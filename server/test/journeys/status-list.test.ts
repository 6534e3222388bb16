/** draft-ietf-oauth-status-list: what a verifier elsewhere learns of sessions that have ended, without asking for each. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { writeLastId } from '../../src/db/copy/last-id.ts';
import { behind } from '../support/behind.ts';
import { type Call, createClient } from '../support/client.ts';
import { ada, bea, type Held, logIn, signUp } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { bitOf, statusOf } from '../support/status.ts';

/** What a list says may be five seconds old. */
const listAgeMs = 5_000;

async function bitNow(server: TestServer, held: Pick<Held, 'accessToken'>): Promise<number> {
  server.clock.advance(listAgeMs);
  return bitOf(server.url, statusOf(held), server.clock.now());
}

const refresh = (call: Call, { refreshToken }: Held) =>
  call('POST', '/refresh-access-token', { json: { refresh_token: refreshToken } });

describe('the list that an access token points to', () => {
  test('is a JWT of its own type, which caches keep for thirty seconds', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { uri, idx } = statusOf(await signUp(call));
    assert.deepEqual([uri, idx], ['http://localhost:8000/status/lists/0', 1]);
    for (const accept of ['*/*', 'application/statuslist+jwt', 'application/json', 'text/html;q=0']) {
      const { status, headers, body } = await call('GET', '/status/lists/0', { headers: { accept } });
      assert.equal(status, 200);
      assert.equal(headers.get('content-type'), 'application/statuslist+jwt');
      assert.equal(headers.get('cache-control'), 'public, max-age=30');
      const keys = await call('GET', '/.well-known/jwks.json');
      const { kid } = keys.body.keys[0];
      assert.deepEqual(decodeProtectedHeader(body), { alg: 'ES256', typ: 'statuslist+jwt', kid });
      const { status_list: _, ...claims } = decodeJwt(body);
      const iat = server.clock.now() / 1_000;
      assert.deepEqual(claims, { iss: 'http://localhost:8000', sub: uri, iat, exp: iat + 300, ttl: 30 });
    }
  });

  const endings: Readonly<Record<string, (call: Call, held: Held, server: TestServer) => Promise<unknown>>> = {
    'logging out': (call, { accessToken }) => call('POST', '/logout', { token: accessToken }),
    'logging out by refresh token': (call, { refreshToken }) =>
      call('POST', '/logout', { json: { refresh_token: refreshToken } }),
    'ending it from another device': async (call, { sessionId }) => {
      const { accessToken } = await logIn(call);
      return call('DELETE', `/sessions/${sessionId}`, { token: accessToken });
    },
    'ending all but another': async (call) => call('DELETE', '/sessions', { token: (await logIn(call)).accessToken }),
    'deleting the account': (call, { id, accessToken }) => call('DELETE', `/users/${id}`, { token: accessToken }),
    'an administrator who deletes the account': async (call, { id }, server) =>
      call('DELETE', `/users/${id}`, { token: await server.admin() }),
    'logging out on all devices': async (call) =>
      call('POST', '/logout', { token: (await logIn(call)).accessToken, json: { all_devices: true } }),
    'handing a token back': (call, { refreshToken }) => call('POST', '/revoke', { form: { token: refreshToken } }),
    'changing the password elsewhere': async (call) =>
      call('POST', '/user/password', {
        token: (await logIn(call)).accessToken,
        json: { current_password: ada.password, new_password: 'eleven slow herons wade' },
      }),
    'an administrator who ends it': async (call, { id }, server) =>
      call('DELETE', `/users/${id}/sessions`, { token: await server.admin() }),
    'disabling the user': async (call, { id }, server) =>
      call('POST', `/users/${id}/disable`, { token: await server.admin() }),
    theft: async (call, held, server) => {
      await refresh(call, held);
      server.clock.advance(10_000);
      assertProblem(await refresh(call, held), 401, 'refresh-token-reused');
      return { status: 200 };
    },
  };
  for (const [what, end] of Object.entries(endings)) {
    test(`${what} sets the bit of the session, and of no other`, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      const [held, neighbour] = [await signUp(call), await signUp(call, bea)];
      assert.equal(await bitNow(server, held), 0);
      const answer = (await end(call, held, server)) as { status: number };
      assert.equal(answer.status, 200);
      assert.equal(await bitNow(server, held), 1);
      assert.equal(await bitNow(server, neighbour), 0);
    });
  }

  test('keeps the place of a session over its refreshes', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const { body } = await refresh(call, held);
    assert.deepEqual(statusOf({ accessToken: body.access_token }), statusOf(held));
  });

  test('a session of an older release gets a place with its next refresh', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    await behind(server.db, (builder) => builder.updateTable('sessions').set({ status_index: null }));
    const { body } = await refresh(call, held);
    const status = statusOf({ accessToken: body.access_token });
    assert.equal(status.idx, 2);
    await call('POST', '/logout', { token: body.access_token });
    assert.equal(await bitNow(server, { accessToken: body.access_token }), 1);
  });

  test('is signed by the key that signs now: a revoked one takes it along, at once', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    assert.equal(await bitOf(server.url, statusOf(held), server.clock.now()), 0);
    const [key] = (await call('GET', '/.well-known/jwks.json')).body.keys;
    await server.features.keys.revoke(key.kid);
    server.clock.advance(1_000);
    const { body } = await call('GET', '/status/lists/0');
    assert.notEqual(decodeProtectedHeader(body).kid, key.kid);
    assert.equal(await bitOf(server.url, statusOf(held), server.clock.now()), 0);
  });
});

test('the places of three lists are given out once, each list is published, and none twice', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const sessions: Held[] = [await signUp(call)];
  for (const last of [32_766, 65_535, 98_302]) {
    await writeLastId(server.db, 'status_indexes', last);
    sessions.push(await logIn(call), await logIn(call));
  }
  const places = sessions.map(statusOf).map(({ uri, idx }) => [uri.split('/').at(-1), idx]);
  const expected = [
    [0, 1],
    [0, 32_767],
    [1, 0],
    [2, 0],
    [2, 1],
    [2, 32_767],
    [3, 0],
  ] as const;
  assert.deepEqual(
    places,
    expected.map(([list, idx]) => [String(list), idx]),
  );
  const { body } = await call('GET', '/status/lists');
  assert.deepEqual(body, { status_lists: [0, 1, 2, 3].map((list) => `http://localhost:8000/status/lists/${list}`) });

  for (const held of sessions.slice(1, 5)) await call('POST', '/logout', { token: held.accessToken });
  server.clock.advance(listAgeMs);
  const bits = await Promise.all(sessions.map((held) => bitOf(server.url, statusOf(held), server.clock.now())));
  assert.deepEqual(bits, [0, 1, 1, 1, 1, 0, 0]);
});

describe('an address of no list', () => {
  test('is 404, whatever stands there', async (t) => {
    await using server = await startServer();
    const call = createClient(server.url);
    const list = () => call('GET', '/status/lists/0');
    assertProblem(await list(), 404, 'status-list-not-found');
    await signUp(call);
    assert.equal((await list()).status, 200);
    for (const name of [
      '1',
      '00',
      '-1',
      '0x0',
      '1e1',
      'NaN',
      '%00',
      '0%20',
      '9'.repeat(10),
      '9'.repeat(400),
      '__proto__',
    ]) {
      await t.test(name.slice(0, 20), async () => {
        const answer = await call('GET', `/status/lists/${name}`);
        assertProblem(answer, 404, 'status-list-not-found');
        assert.equal(answer.headers.get('cache-control'), 'no-store');
      });
    }
  });

  test('is also that of a list whose last session was swept: no token can point there any more', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await signUp(call);
    await writeLastId(server.db, 'status_indexes', 40_000);
    server.clock.advance(8 * 86_400_000);
    await signUp(call, bea);
    server.clock.advance(30 * 86_400_000);
    await server.features.sessions.sweep();
    assertProblem(await call('GET', '/status/lists/0'), 404, 'status-list-not-found');
    assert.equal((await call('GET', '/status/lists/1')).status, 200);
    const { body } = await call('GET', '/status/lists');
    assert.deepEqual(body, { status_lists: ['http://localhost:8000/status/lists/1'] });
  });
});

test('pages of any origin may read the lists, the keys and why not; with credentials nobody but those of listed ones', async () => {
  const listed = 'https://app.example.com';
  await using server = await startServer({ env: { CORS_ORIGINS: listed } });
  const call = createClient(server.url);
  await signUp(call);
  const paths = ['/status/lists', '/status/lists/0', '/status/lists/9', '/.well-known/jwks.json'];
  for (const path of paths) {
    const allowed = async (origin: string) => {
      const { headers } = await call('GET', path, { headers: { origin } });
      return [headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')];
    };
    assert.deepEqual(await allowed('https://stranger.test'), ['*', null], path);
    assert.deepEqual(await allowed(listed), [listed, 'true'], path);
  }
  for (const path of ['/user', '/openapi.json']) {
    const { headers } = await call('GET', path, { headers: { origin: 'https://stranger.test' } });
    assert.equal(headers.get('access-control-allow-origin'), null, path);
  }
});

test('nobody needs an account to read them, and nothing in them names anybody', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { sessionId } = await signUp(call);
  const { body } = await call('GET', '/status/lists/0');
  const said = `${JSON.stringify(decodeJwt(body))}${JSON.stringify((await call('GET', '/status/lists')).body)}`;
  for (const secret of [sessionId, ada.username, ada.email]) assert.ok(!said.includes(secret));
});
