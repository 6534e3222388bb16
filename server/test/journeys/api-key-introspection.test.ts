/** API keys at the endpoints for tokens: what resource servers are told of one (RFC 7662), and that whoever holds one can end it (RFC 7009). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { letMakeKeys, makeApiKey } from '../support/api-keys.ts';
import { createClient } from '../support/client.ts';
import { bea, giveRole, logIn, signUp } from '../support/people.ts';
import { assertOAuthError, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const day = 86_400_000;
const issuer = 'http://localhost:8000';

/** Bea is a resource server and may ask; ada makes keys for it. No events remain unread. */
async function createScene(env: Readonly<Record<string, string>> = {}) {
  const server = await startServer({ env });
  const call = createClient(server.url);
  const gateway = await signUp(call, bea);
  await giveRole(server, gateway.id, 'resource-server', ['tokens:introspect']);
  const ada = await signUp(call);
  await letMakeKeys(server, ada.id, ['posts:publish', 'posts:read']);
  const ask = async (token: string, as = gateway.accessToken) =>
    call('POST', '/introspect', { token: as, form: { token } });
  const revoke = (token: string) => call('POST', '/revoke', { form: { token } });
  return { server, call, ada, gateway, ask, revoke, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe('introspection of a key', () => {
  test('says whose it is, until when, and what it may do now', async () => {
    await using scene = await createScene();
    const { server, call, ada, ask } = scene;
    const iat = server.clock.now() / 1_000;
    const { id, key } = await makeApiKey(call, ada.accessToken, ['posts:publish', 'posts:read'], {
      expires_in_days: 7,
    });
    const about = {
      active: true,
      token_type: 'api_key',
      username: 'ada',
      sub: String(ada.id),
      iss: issuer,
      aud: issuer,
      iat,
      exp: iat + (7 * day) / 1_000,
      jti: id,
    };
    const { status, body, headers } = await ask(key);
    assert.deepEqual([status, body], [200, { ...about, permissions: ['posts:publish', 'posts:read'] }]);
    assert.equal(headers.get('cache-control'), 'no-store');

    await server.features.roles.changeRole.unassign({ user: ada.id, role: `maker ${ada.id}` });
    await giveRole(server, ada.id, 'reader', ['posts:read', 'posts:delete']);
    assert.deepEqual((await ask(key)).body, { ...about, permissions: ['posts:read'] });
  });

  test('names no end of one that never expires', async () => {
    await using scene = await createScene({ API_KEY_NEVER_EXPIRES: 'on' });
    const { call, ada, ask } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['posts:read'], { expires_in_days: null });
    const { body } = await ask(key);
    assert.deepEqual([body.active, 'exp' in body], [true, false]);
  });

  test('counts as a use of it', async () => {
    await using scene = await createScene();
    const { server, call, ada, ask } = scene;
    const { id, key } = await makeApiKey(call, ada.accessToken, ['posts:read']);
    await ask(key);
    await server.features.apiKeys.recordUses();
    const { body } = await call('GET', `/api-keys/${id}`, { token: ada.accessToken });
    assert.equal(body.last_used_at, new Date(server.clock.now()).toISOString());
  });

  test('says of one that is good for nothing only that, for whatever reason', async () => {
    await using scene = await createScene();
    const { server, call, ada, ask } = scene;
    const make = () => makeApiKey(call, ada.accessToken, ['posts:read'], { expires_in_days: 1 });
    const [revoked, living, other] = [await make(), await make(), await make()];
    await call('DELETE', `/api-keys/${revoked.id}`, { token: ada.accessToken });
    const mixed = living.key.slice(0, 24) + other.key.slice(24);
    const wrong = [revoked.key, living.key.slice(0, -1), mixed, 'kw_live_', `kw_live_${'x'.repeat(65)}`];
    for (const text of wrong) assert.deepEqual((await ask(text)).body, { active: false }, text);
    assert.equal((await ask(living.key)).body.active, true);
    await server.features.accounts.disabling.disable({ id: ada.id, by: undefined });
    assert.deepEqual((await ask(living.key)).body, { active: false });
    await server.features.accounts.disabling.enable({ id: ada.id, by: undefined });
    server.clock.advance(day - 1);
    const { accessToken } = await logIn(call, bea);
    assert.equal((await ask(living.key, accessToken)).body.active, true);
    server.clock.advance(1);
    assert.deepEqual((await ask(living.key, accessToken)).body, { active: false });
  });

  test('strangers’ wrong keys, of which a resource server asks, do not slow it down', async () => {
    await using scene = await createScene();
    const { call, ada, ask } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['posts:read']);
    await call('DELETE', '/api-keys', { token: ada.accessToken });
    for (let time = 0; time < 40; time += 1) assert.deepEqual((await ask(key)).body, { active: false });
  });

  test('can be asked for with a key, so that a resource server needs no password', async () => {
    await using scene = await createScene();
    const { server, call, ada, gateway, ask } = scene;
    await letMakeKeys(server, gateway.id, []);
    const asking = await makeApiKey(call, gateway.accessToken, ['tokens:introspect']);
    const { key } = await makeApiKey(call, ada.accessToken, ['posts:read']);
    assert.equal((await ask(key, asking.key)).body.active, true);
    assert.equal((await ask(ada.accessToken, asking.key)).body.active, true);
    assert.deepEqual((await ask(asking.key, asking.key)).body.permissions, ['tokens:introspect']);
    assertOAuthError(await ask(key, key), 403, 'insufficient_scope');
    assertOAuthError(await ask(key, `${asking.key}0`), 401, 'invalid_token');
    await call('DELETE', `/api-keys/${asking.id}`, { token: gateway.accessToken });
    assertOAuthError(await ask(key, asking.key), 401, 'invalid_token');
  });
});

describe('a key that is presented to POST /revoke', () => {
  test('dies, whoever presents it, and the record says that it was presented', async () => {
    await using scene = await createScene();
    const { server, call, ada, ask, revoke } = scene;
    const { id, key } = await makeApiKey(call, ada.accessToken, ['posts:read']);
    const spared = await makeApiKey(call, ada.accessToken, ['posts:read']);
    await server.newEvents();
    const answer = await revoke(key);
    assert.deepEqual([answer.status, answer.body], [200, '']);
    assert.deepEqual(await server.newEvents(), [
      {
        event: 'api-key.revoked',
        outcome: 'success',
        actor: ada.id,
        apiKey: id,
        subject: ada.id,
        object: id,
        reason: 'presented',
        ip: '127.0.0.1',
      },
    ]);
    assert.deepEqual((await ask(key)).body, { active: false });
    assert.equal((await ask(spared.key)).body.active, true);
    assert.equal((await call('GET', '/user', { token: ada.accessToken })).status, 200, 'no session ends with it');
    assert.equal((await revoke(key)).status, 200, 'RFC 7009 §2.2: what is dead already is no error');
    assert.deepEqual(await server.newEvents(), []);
  });

  test('also while its owner is disabled, so that it does not wake with them', async () => {
    await using scene = await createScene();
    const { server, call, ada, ask, revoke } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['posts:read']);
    await server.features.accounts.disabling.disable({ id: ada.id, by: undefined });
    assert.equal((await revoke(key)).status, 200);
    await server.features.accounts.disabling.enable({ id: ada.id, by: undefined });
    assert.deepEqual((await ask(key)).body, { active: false });
  });

  test('with a wrong secret ends nothing, and too many of those are slowed down', async () => {
    await using scene = await createScene();
    const { server, call, ada, ask, revoke } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['posts:read']);
    const gone = await makeApiKey(call, ada.accessToken, ['posts:read']);
    await call('DELETE', `/api-keys/${gone.id}`, { token: ada.accessToken });
    server.clock.advance(31 * day);
    await server.features.apiKeys.sweep();
    await server.newEvents();
    assert.equal((await revoke(`${key.slice(0, -1)}é`)).status, 200);
    // One that was swept is one that nobody has.
    for (let time = 0; time < 300; time += 1) assert.equal((await revoke(gone.key)).status, 200);
    assertOAuthError(await revoke(gone.key), 429, 'temporarily_unavailable');
    assert.deepEqual(await server.newEvents(), []);
    const { accessToken } = await logIn(call, bea);
    assert.equal((await ask(key, accessToken)).body.active, true);
    assert.equal((await revoke(key)).status, 200, 'and whoever has a real one can still end it');
    assert.deepEqual((await ask(key, accessToken)).body, { active: false });
  });

  test('a key is not revoked with the sessions of its owner, nor they with it', async () => {
    await using scene = await createScene();
    const { call, ada, ask, revoke } = scene;
    const { key } = await makeApiKey(call, ada.accessToken, ['posts:read']);
    assert.equal((await revoke(ada.refreshToken)).status, 200);
    assertProblem(await call('GET', '/user', { token: ada.accessToken }), 401, 'invalid-token');
    assert.equal((await ask(key)).body.active, true);
  });
});
