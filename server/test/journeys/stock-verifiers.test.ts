/**
 * Libraries that know nothing of us, given nothing but the issuer's URL: they find the metadata (RFC 8414) and the keys, and verify our
 * access tokens (RFC 9068), over HTTP, behind a proxy, with and without a path. jose and oauth4webapi, for each algorithm.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import { algorithmNames } from '../../src/features/keys/algorithms.ts';
import { publishedAheadMs, signCompact } from '../../src/features/keys/index.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { type Call, createClient } from '../support/client.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { takeApart, withChar } from '../support/forge.ts';
import { startFront } from '../support/front.ts';
import { ada, giveRole, lives, logIn, signUp } from '../support/people.ts';
import { createTestClock } from '../support/ports.ts';
import { startServer } from '../support/server.ts';

const insecure = { [oauth.allowInsecureRequests]: true };
const client: oauth.Client = { client_id: 'some-client' };
const formerAlgorithm = { ES256: 'EdDSA', EdDSA: 'RS256', RS256: 'ES256' } as const;

/** A server behind its proxy, and a client that speaks to it by the public URL. */
async function createScene(env: Readonly<Record<string, string>>, path = '/auth') {
  const front = await startFront(path);
  const world = { db: await openTestDatabase(), clock: createTestClock() };
  const settings = { PUBLIC_URL: front.issuer, ...env };
  const server = await startServer({ ...world, env: settings });
  front.leadTo(server.url);
  return {
    ...front,
    ...world,
    server,
    settings,
    call: createClient(front.issuer),
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await world.db.close();
    },
  };
}

/** More than the 30 seconds for which oauth4webapi forgives an expiry. */
const toleratedSeconds = 60;

/** RFC 8414 §3.1. */
function metadataUrl(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`;
}

const seconds = (clock: Clock) => Math.round((clock.now() - Date.now()) / 1_000);

async function discover(issuer: string): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer);
  const answer = await oauth.discoveryRequest(url, { algorithm: 'oauth2', ...insecure });
  return oauth.processDiscoveryResponse(url, answer);
}

async function josesKeys(issuer: string) {
  const metadata = (await (await fetch(metadataUrl(issuer))).json()) as { issuer: string; jwks_uri: string };
  assert.equal(metadata.issuer, issuer, 'RFC 8414 §3.3');
  return createRemoteJWKSet(new URL(metadata.jwks_uri));
}

type Verify = (issuer: string, token: string, clock: Clock) => Promise<JWTPayload>;

/** Each begins with nothing, and so fetches the keys as they are published now. */
const verifiers: Readonly<Record<string, Verify>> = {
  async jose(issuer, token, clock) {
    const options = { issuer, audience: issuer, typ: 'at+jwt', currentDate: new Date(clock.now()) };
    return (await jwtVerify(token, await josesKeys(issuer), options)).payload;
  },
  async oauth4webapi(issuer, token, clock) {
    const request = new Request('https://resource.example', { headers: { authorization: `Bearer ${token}` } });
    const options = { ...insecure, [oauth.clockSkew]: seconds(clock) };
    return { ...(await oauth.validateJwtAccessToken(await discover(issuer), request, issuer, options)) };
  },
};

const refresh = async (call: Call, refreshToken: string): Promise<{ accessToken: string; refreshToken: string }> => {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const { status, body } = await call('POST', '/token', { form });
  assert.equal(status, 200);
  return { accessToken: body.access_token, refreshToken: body.refresh_token };
};

for (const algorithm of algorithmNames) {
  for (const [name, verify] of Object.entries(verifiers)) {
    describe(`${algorithm}, ${name}`, () => {
      test('the claims of RFC 9068 §2.2 are read, and no token passes that is not ours, whole, for them, and good', async () => {
        await using scene = await createScene({ SIGNING_ALGORITHM: algorithm });
        const { issuer, clock, call, server } = scene;
        const { accessToken, refreshToken, id, sessionId } = await signUp(call);
        const { header, payload, segments } = takeApart(accessToken);
        const { current } = await server.features.keys.ring();
        assert.deepEqual(header, { alg: algorithm, typ: 'at+jwt', kid: current.kid });

        const { iat, exp, jti, status: _status, ...claims } = await verify(issuer, accessToken, clock);
        assert.deepEqual(claims, {
          iss: issuer,
          aud: issuer,
          sub: String(id),
          sid: sessionId,
          client_id: 'keyward',
          roles: [],
          permissions: [],
        });
        assert.deepEqual([iat, exp, typeof jti], [clock.now() / 1_000, clock.now() / 1_000 + 900, 'string']);

        const typed = (typ: 'at+jwt' | 'statuslist+jwt', claimed: object = payload) =>
          signCompact(current.headers[typ], claimed, current);
        assert.equal((await verify(issuer, typed('at+jwt'), clock)).sub, String(id));
        const [h, p, s] = segments;
        const refused: Readonly<Record<string, string>> = {
          'a status list with its claims': typed('statuslist+jwt'),
          'one for another audience': typed('at+jwt', { ...payload, aud: 'https://other.example' }),
          'one of another issuer': typed('at+jwt', { ...payload, iss: 'https://other.example' }),
          'one that has expired': typed('at+jwt', { ...payload, exp: Number(iat) - toleratedSeconds }),
          'one with another signature': `${h}.${p}.${withChar(s, 0, s[0] === 'A' ? 'B' : 'A')}`,
          'a refresh token': refreshToken,
        };
        for (const [what, token] of Object.entries(refused)) {
          await assert.rejects(verify(issuer, token, clock), Error, what);
        }
        clock.advance(900_000 + toleratedSeconds * 1_000);
        await assert.rejects(verify(issuer, accessToken, clock));
      });

      test('a rotation: old and new tokens pass, before, at, and after the turn', async () => {
        await using scene = await createScene({ SIGNING_ALGORITHM: algorithm, ACCESS_TOKEN_EXPIRE_MINUTES: '60' });
        const { issuer, clock, call, server } = scene;
        const old = await signUp(call);
        await server.features.keys.rotate();
        clock.advance(publishedAheadMs - 1);
        const last = await logIn(call);
        assert.equal(takeApart(last.accessToken).header.kid, takeApart(old.accessToken).header.kid);
        clock.advance(1);
        const fresh = await logIn(call);
        assert.notEqual(takeApart(fresh.accessToken).header.kid, takeApart(old.accessToken).header.kid);
        for (const { accessToken, sessionId } of [old, last, fresh]) {
          assert.equal((await verify(issuer, accessToken, clock)).sid, sessionId);
        }
      });

      test('an emergency: tokens of the revoked key are refused, those of the next pass at once', async () => {
        await using scene = await createScene({ SIGNING_ALGORITHM: algorithm });
        const { issuer, clock, call, server } = scene;
        const old = await signUp(call);
        await verify(issuer, old.accessToken, clock);
        await server.features.keys.revoke(String(takeApart(old.accessToken).header.kid));
        clock.advance(1_000);
        await assert.rejects(verify(issuer, old.accessToken, clock));
        assert.equal(await lives(call, old), false);
        const { accessToken } = await refresh(call, old.refreshToken);
        assert.equal((await verify(issuer, accessToken, clock)).sid, old.sessionId);
      });

      test('another algorithm by setting: tokens of both pass', async () => {
        await using scene = await createScene({
          SIGNING_ALGORITHM: formerAlgorithm[algorithm],
          ACCESS_TOKEN_EXPIRE_MINUTES: '60',
        });
        const { issuer, clock, call, db, settings, leadTo } = scene;
        const old = await signUp(call);
        await using restarted = await startServer({ db, clock, env: { ...settings, SIGNING_ALGORITHM: algorithm } });
        leadTo(restarted.url);
        await restarted.features.keys.upkeep();
        clock.advance(publishedAheadMs);
        const fresh = await logIn(call);
        assert.equal(takeApart(fresh.accessToken).header.alg, algorithm);
        for (const { accessToken, sessionId } of [old, fresh]) {
          assert.equal((await verify(issuer, accessToken, clock)).sid, sessionId);
        }
      });
    });
  }
}

test('a verifier that fetched the keys after a rotation began needs no more of them when the new one signs', async () => {
  await using scene = await createScene({});
  const { issuer, clock, call, server, asked } = scene;
  const old = await signUp(call);
  await server.features.keys.rotate();
  clock.advance(1_000);
  const keys = await josesKeys(issuer);
  const verify = (token: string) =>
    jwtVerify(token, keys, { issuer, audience: issuer, currentDate: new Date(clock.now()) });
  await verify(old.accessToken);
  clock.advance(publishedAheadMs);
  await verify((await logIn(call)).accessToken);
  assert.equal(asked.filter((path) => path.endsWith('/jwks.json')).length, 1);
});

describe('the kinds of token that one key signs', () => {
  test('a genuine status list is no access token, and an access token no status list', async () => {
    await using scene = await createScene({});
    const { issuer, clock, call } = scene;
    const { accessToken } = await signUp(call);
    const metadata = (await (await fetch(metadataUrl(issuer))).json()) as Record<string, string>;
    const lists = (await (await fetch(String(metadata.status_list_aggregation_endpoint))).json()) as {
      status_lists: string[];
    };
    const statusList = await (await fetch(String(lists.status_lists[0]))).text();
    const keys = await josesKeys(issuer);
    const asStatusList = (token: string) =>
      jwtVerify(token, keys, { issuer, typ: 'statuslist+jwt', currentDate: new Date(clock.now()) });
    assert.equal((await asStatusList(statusList)).payload.sub, lists.status_lists[0]);
    await assert.rejects(asStatusList(accessToken), { code: 'ERR_JWT_CLAIM_VALIDATION_FAILED' });
    for (const verify of Object.values(verifiers)) await assert.rejects(verify(issuer, statusList, clock));
    assert.equal(await lives(call, { accessToken: statusList }), false);
  });

  test('attack: a status list with every claim of an access token opens nothing', async () => {
    await using scene = await createScene({});
    const { call, server } = scene;
    const held = await signUp(call);
    const { payload } = takeApart(held.accessToken);
    const { current } = await server.features.keys.ring();
    const confused = signCompact(current.headers['statuslist+jwt'], payload, current);
    assert.equal(await lives(call, { accessToken: confused }), false);
    assert.equal((await call('POST', '/logout', { token: confused })).status, 401);
    assert.equal((await call('POST', '/introspect', { token: confused, form: { token: 'x' } })).status, 401);
    assert.equal(await lives(call, held), true);
  });
});

for (const path of ['', '/auth']) {
  test(`oauth4webapi does everything else by the document alone, for an issuer with the path "${path}"`, async () => {
    await using scene = await createScene({}, path);
    const { issuer, call, server } = scene;
    const { id } = await signUp(call);
    await giveRole(server, id, 'resource-server', ['tokens:introspect']);
    const as = await discover(issuer);
    const none = oauth.None();

    const credentials = { username: ada.email, password: ada.password };
    const granted = await oauth.genericTokenEndpointRequest(as, client, none, 'password', credentials, insecure);
    const tokens = await oauth.processGenericTokenEndpointResponse(as, client, granted);
    assert.deepEqual([tokens.token_type, tokens.expires_in], ['bearer', 900]);
    const again = await oauth.refreshTokenGrantRequest(as, client, none, String(tokens.refresh_token), insecure);
    const renewed = await oauth.processRefreshTokenResponse(as, client, again);

    const asBearer: oauth.ClientAuth = (_as, _client, _body, headers) =>
      headers.set('authorization', `Bearer ${renewed.access_token}`);
    const introspect = async (token: string) => {
      const answer = await oauth.introspectionRequest(as, client, asBearer, token, insecure);
      return oauth.processIntrospectionResponse(as, client, answer);
    };
    const { accessToken } = await logIn(call);
    const { active, iss, username, token_type } = await introspect(accessToken);
    assert.deepEqual([active, iss, username, token_type], [true, issuer, 'ada', 'Bearer']);
    const revoke = async (token: string) =>
      oauth.processRevocationResponse(await oauth.revocationRequest(as, client, none, token, insecure));
    await revoke(accessToken);
    await revoke('no token of anybody');
    assert.deepEqual(await introspect(accessToken), { active: false });

    await revoke(String(renewed.refresh_token));
    await assert.rejects(introspect(accessToken), (error) => {
      assert.ok(error instanceof oauth.WWWAuthenticateChallengeError);
      const [challenge] = error.cause;
      assert.deepEqual(
        [error.status, challenge?.scheme, challenge?.parameters.error],
        [401, 'bearer', 'invalid_token'],
      );
      return true;
    });
    const refused = await oauth.genericTokenEndpointRequest(
      as,
      client,
      none,
      'password',
      { username: 'ada' },
      insecure,
    );
    await assert.rejects(oauth.processGenericTokenEndpointResponse(as, client, refused), { error: 'invalid_request' });
  });
}
