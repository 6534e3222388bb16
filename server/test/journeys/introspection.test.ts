/**
 * POST /introspect: RFC 7662. Active tokens of both kinds; every way to be inactive, all with one answer; who may ask; and that
 * asking changes nothing.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { signCompact } from '../../src/features/keys/index.ts';
import { removable } from '../support/away.ts';
import { behind } from '../support/behind.ts';
import { type Answer, type Call, type CallOptions, createClient } from '../support/client.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { encode, takeApart, withChar } from '../support/forge.ts';
import { ada, bea, giveRole, type Held, lives, logIn, signUp } from '../support/people.ts';
import { createTestClock } from '../support/ports.ts';
import { assertOAuthError } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const formType = 'application/x-www-form-urlencoded';
const issuer = 'http://localhost:8000';
const path = '/refresh-access-token';
const gateway = { username: 'gateway', email: 'gateway@example.com', password: 'nobody walks the wall tonight' };

/** A resource server with its own account, and what it asks with. */
async function signUpGateway(server: TestServer, call: Call) {
  const held = await signUp(call, gateway);
  await giveRole(server, held.id, 'resource-server', ['tokens:introspect']);
  return {
    held,
    ask: (token: string, more: Readonly<Record<string, string>> = {}): Promise<Answer> =>
      call('POST', '/introspect', { token: held.accessToken, form: { token, ...more } }),
  };
}

async function createScene(env: Readonly<Record<string, string>> = {}) {
  const server = await startServer({ env });
  const call = createClient(server.url);
  const { ask, held: asker } = await signUpGateway(server, call);
  const held = await signUp(call);
  await server.newEvents();
  return { server, call, ask, asker, held, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

type Scene = Awaited<ReturnType<typeof createScene>>;

async function assertInactive(ask: Scene['ask'], token: string, what: string): Promise<void> {
  const { status, body, headers } = await ask(token);
  assert.deepEqual([status, body], [200, { active: false }], what);
  assert.equal(headers.get('cache-control'), 'no-store');
}

const isActive = async (ask: Scene['ask'], token: string): Promise<boolean> => (await ask(token)).body.active;

describe('an active token', () => {
  test('access: what was signed, and what its user may do now', async () => {
    await using scene = await createScene();
    const { server, ask, held } = scene;
    await giveRole(server, held.id, 'editor', ['posts:publish']);
    const { status, body, headers, cookie } = await ask(held.accessToken);
    const { iat, exp, jti } = takeApart(held.accessToken).payload;
    assert.deepEqual(
      [status, body],
      [
        200,
        {
          active: true,
          token_type: 'Bearer',
          client_id: 'keyward',
          username: 'ada',
          sub: String(held.id),
          aud: issuer,
          iss: issuer,
          iat,
          exp,
          jti,
          sid: held.sessionId,
          roles: ['editor'],
          permissions: ['posts:publish'],
        },
      ],
    );
    assert.deepEqual(takeApart(held.accessToken).payload.roles, [], 'the token itself is older than the role');
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    assert.deepEqual(
      [headers.get('cache-control'), headers.get('pragma'), cookie],
      ['no-store', 'no-cache', undefined],
    );

    await server.features.roles.changeRole.unassign({ user: held.id, role: 'editor' });
    assert.deepEqual((await ask(held.accessToken)).body.permissions, []);
  });

  test('access, with more permissions than fit into a token: here they are whole', async () => {
    await using scene = await createScene();
    const { server, call, ask, held } = scene;
    const many = Array.from({ length: 120 }, (_, place) => `resource-${String(place).padStart(3, '0')}:publish`);
    await giveRole(server, held.id, 'everything', many);
    const { accessToken } = await logIn(call);
    assert.equal(takeApart(accessToken).payload.permissions_omitted, true);
    const { body } = await ask(accessToken);
    assert.deepEqual([body.permissions, body.permissions_omitted], [many, undefined]);
  });

  test('refresh: whose it is and until when, and nothing that would let its bearer in', async () => {
    await using scene = await createScene({ SESSION_IDLE_DAYS: '7' });
    const { server, ask, held } = scene;
    const { status, body } = await ask(held.refreshToken);
    const exp = server.clock.now() / 1_000 + 7 * 86_400;
    const { id, sessionId: sid } = held;
    const about = { username: 'ada', sub: String(id), iss: issuer, exp, sid };
    assert.deepEqual([status, body], [200, { active: true, token_type: 'refresh_token', ...about }]);
  });

  test('is found whatever the hint says', async () => {
    await using scene = await createScene();
    for (const token of [scene.held.accessToken, scene.held.refreshToken]) {
      const { body } = await scene.ask(token);
      for (const token_type_hint of ['access_token', 'refresh_token', 'nonsense', '\0', 'x'.repeat(256)]) {
        assert.deepEqual((await scene.ask(token, { token_type_hint })).body, body, token_type_hint);
      }
    }
  });

  test("the asker's own, with parameters that nobody knows, and a cookie that nobody reads", async () => {
    await using scene = await createScene();
    const { call, asker, held } = scene;
    const form = { token: asker.accessToken, client_id: 'x', client_secret: 'y', resource: 'z' };
    const answer = await call('POST', '/introspect', { token: asker.accessToken, cookie: held.refreshToken, form });
    assert.deepEqual([answer.body.active, answer.body.username, answer.cookie], [true, 'gateway', undefined]);
    assert.deepEqual(await scene.server.newEvents(), []);
  });
});

describe('a refresh token', () => {
  const refresh = async (call: Call, refreshToken: string): Promise<string> => {
    const { status, body } = await call('POST', path, { json: { refresh_token: refreshToken } });
    assert.equal(status, 200);
    return body.refresh_token;
  };

  test('is active while it is the newest, or its parent within the grace', async () => {
    await using scene = await createScene();
    const { server, call, ask, held } = scene;
    const second = await refresh(call, held.refreshToken);
    server.clock.advance(9_999);
    assert.deepEqual([await isActive(ask, held.refreshToken), await isActive(ask, second)], [true, true]);
    server.clock.advance(1);
    await assertInactive(ask, held.refreshToken, 'after the grace');
    const third = await refresh(call, second);
    assert.deepEqual([await isActive(ask, second), await isActive(ask, third)], [true, true]);
    await assertInactive(ask, held.refreshToken, 'the grandparent, within the grace of the parent');
  });

  test('is never active as a parent when there is no grace', async () => {
    await using scene = await createScene({ REFRESH_GRACE_SECONDS: '0' });
    const second = await refresh(scene.call, scene.held.refreshToken);
    await assertInactive(scene.ask, scene.held.refreshToken, 'the parent');
    assert.equal(await isActive(scene.ask, second), true);
  });

  test('attack: asking for old ones is no theft, rotates nothing, and writes nothing', async () => {
    await using scene = await createScene();
    const { server, call, ask, held } = scene;
    const second = await refresh(call, held.refreshToken);
    server.clock.advance(60_000);
    const third = await refresh(call, second);
    server.clock.advance(60_000);
    const rows = () => behind(server.db, (db) => db.selectFrom('sessions').selectAll().orderBy('id'));
    const before = await rows();
    for (let time = 0; time < 3; time += 1) {
      for (const token of [held.refreshToken, second, third, held.accessToken]) await ask(token);
    }
    assert.deepEqual(await rows(), before);
    assert.deepEqual(await server.newEvents(), []);
    await refresh(call, third);
  });

  test('of a database that was restored from before it was made is inactive', async () => {
    await using scene = await createScene();
    const { server, call, ask, held } = scene;
    const [before] = await behind(server.db, (db) =>
      db.selectFrom('sessions').selectAll().where('id', '=', held.sessionId),
    );
    const second = await refresh(call, held.refreshToken);
    const { generation, token_hash, rotated_at } = before ?? {};
    await behind(server.db, (db) =>
      db.updateTable('sessions').set({ generation, token_hash, rotated_at }).where('id', '=', held.sessionId),
    );
    await assertInactive(ask, second, 'the successor');
    assert.equal(await isActive(ask, held.refreshToken), true);
  });
});

describe('inactive, and nothing but that:', () => {
  test('what is no token of ours', async () => {
    await using scene = await createScene();
    await using theirs = await startServer({ secretKey: 'another secret key, also long enough' });
    const { server, ask, held } = scene;
    const foreign = await signUp(createClient(theirs.url));
    const { header, payload, segments } = takeApart(held.accessToken);
    const { current } = await server.features.keys.ring();
    const [session, generation, secret, tag = ''] = held.refreshToken.split('.');
    const strangers: Readonly<Record<string, string>> = {
      'a word': 'x',
      'a JSON object': '{"active":true}',
      'a NUL': '\0',
      'a newline behind a good token': `${held.accessToken}\n`,
      'a space before a good token': ` ${held.refreshToken}`,
      'the scheme with it': `Bearer ${held.accessToken}`,
      'an access token of another server': foreign.accessToken,
      'a refresh token of another server': foreign.refreshToken,
      'an unsigned access token': `${encode({ ...header, alg: 'none' })}.${segments[1]}.`,
      'an access token of other words': `${segments[0]}.${encode({ ...payload, sub: '1' })}.${segments[2]}`,
      'a refresh token of another generation': `${session}.1.${secret}.${tag}`,
      'a refresh token with another tag': `${session}.${generation}.${secret}.${withChar(tag, 0, tag[0] === 'A' ? 'B' : 'A')}`,
      'the session alone': held.sessionId,
      'sixty thousand letters': 'a'.repeat(60_000),
      'ten thousand dots': '.'.repeat(10_000),
      'a status list with the claims of an access token': signCompact(
        current.headers['statuslist+jwt'],
        payload,
        current,
      ),
    };
    for (const [what, token] of Object.entries(strangers)) await assertInactive(ask, token, what);
    assert.equal(
      await isActive(ask, signCompact(current.headers['at+jwt'], payload, current)),
      true,
      'but for its typ',
    );
    assert.deepEqual(await server.newEvents(), []);
  });

  test('an access token that has expired, while its session lives on', async () => {
    await using scene = await createScene();
    scene.server.clock.advance(15 * 60_000 - 1);
    const { held: asker, ask } = { held: scene.asker, ask: scene.ask };
    assert.equal(await isActive(ask, scene.held.accessToken), true);
    scene.server.clock.advance(1);
    const { accessToken } = await logIn(scene.call, gateway);
    const again = (token: string) => scene.call('POST', '/introspect', { token: accessToken, form: { token } });
    await assertInactive(again, scene.held.accessToken, 'the access token');
    await assertInactive(again, asker.accessToken, "the asker's former one");
    assert.equal(await isActive(again, scene.held.refreshToken), true);
  });

  const day = 86_400_000;
  const ends: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
    logout: ({ call, held }) => call('POST', '/logout', { token: held.accessToken }),
    'logout of all devices, from another': async ({ call }) => {
      const { accessToken: token } = await logIn(call);
      assert.equal((await call('POST', '/logout', { token, json: { all_devices: true } })).status, 200);
    },
    'a change of the password, from another device': async ({ call }) => {
      const { accessToken: token } = await logIn(call);
      const json = { current_password: ada.password, new_password: 'nine lamps along the quay' };
      assert.equal((await call('POST', '/user/password', { token, json })).status, 200);
    },
    'an administrator who disables the account': async ({ server, call, held }) =>
      assert.equal((await call('POST', `/users/${held.id}/disable`, { token: await server.admin() })).status, 200),
    'an administrator who ends the sessions': async ({ server, call, held }) =>
      assert.equal((await call('DELETE', `/users/${held.id}/sessions`, { token: await server.admin() })).status, 200),
    'revocation of the access token': ({ call, held }) =>
      call('POST', '/revoke', { form: { token: held.accessToken } }),
    'revocation of the refresh token': ({ call, held }) =>
      call('POST', '/revoke', { form: { token: held.refreshToken } }),
    'ending it from another device': async ({ call, held }) => {
      const { accessToken: token } = await logIn(call);
      await call('DELETE', `/sessions/${held.sessionId}`, { token });
    },
    'ending all but another': async ({ call }) => {
      const { accessToken: token } = await logIn(call);
      await call('DELETE', '/sessions', { token });
    },
    'deleting the account': ({ call, held }) => call('DELETE', `/users/${held.id}`, { token: held.accessToken }),
    'an administrator who deletes it': async ({ server, call, held }) =>
      call('DELETE', `/users/${held.id}`, { token: await server.admin() }),
    'disabling the user': ({ server, held }) =>
      behind(server.db, (db) => db.updateTable('users').set({ disabled_at: 1 }).where('id', '=', held.id)),
    theft: async ({ server, call, held }) => {
      await call('POST', path, { json: { refresh_token: held.refreshToken } });
      server.clock.advance(10_000);
      assert.equal((await call('POST', path, { json: { refresh_token: held.refreshToken } })).status, 401);
    },
    'its absolute end': ({ server, held }) =>
      behind(server.db, (db) =>
        db.updateTable('sessions').set({ expires_at: server.clock.now() }).where('id', '=', held.sessionId),
      ),
    'its idle end': ({ server, held }) =>
      behind(server.db, (db) =>
        db.updateTable('sessions').set({ idle_expires_at: server.clock.now() }).where('id', '=', held.sessionId),
      ),
    'the sweep': async ({ server, held }) => {
      await behind(server.db, (db) =>
        db
          .updateTable('sessions')
          .set({ expires_at: server.clock.now() - 8 * day })
          .where('id', '=', held.sessionId),
      );
      await server.features.sessions.sweep();
    },
  };
  for (const [what, end] of Object.entries(ends)) {
    test(`both tokens, with the next request after ${what}, and after a restart`, async () => {
      const world = {
        db: await openTestDatabase(),
        clock: createTestClock(),
        secretKey: 'one key for both of them, long',
      };
      try {
        await using server = await startServer(world);
        const call = createClient(server.url);
        const { ask, held: asker } = await signUpGateway(server, call);
        const held = await signUp(call);
        assert.deepEqual([await isActive(ask, held.accessToken), await isActive(ask, held.refreshToken)], [true, true]);
        await end({ server, call, ask, asker, held } as Scene);
        await using restarted = await startServer(world);
        const elsewhere = createClient(restarted.url);
        const askAgain = (token: string) =>
          elsewhere('POST', '/introspect', { token: asker.accessToken, form: { token } });
        for (const token of [held.accessToken, held.refreshToken]) {
          await assertInactive(ask, token, 'on the node');
          await assertInactive(askAgain, token, 'after a restart');
        }
        assert.equal(await isActive(ask, asker.accessToken), true);
      } finally {
        await world.db.close();
      }
    });
  }

  test('an access token whose session is of another user, as nothing ever makes it', async () => {
    await using scene = await createScene();
    const { server, ask, asker, held } = scene;
    await behind(server.db, (db) =>
      db.updateTable('sessions').set({ user_id: asker.id }).where('id', '=', held.sessionId),
    );
    await assertInactive(ask, held.accessToken, 'the access token');
  });

  test('an access token whose key was revoked; the refresh token is not signed with it and lives', async () => {
    await using scene = await createScene();
    const { server, call, held, asker } = scene;
    await server.features.keys.revoke(String(takeApart(held.accessToken).header.kid));
    server.clock.advance(1_000);
    assert.equal(await lives(call, asker), false);
    const { accessToken } = await logIn(call, gateway);
    const ask = (token: string) => call('POST', '/introspect', { token: accessToken, form: { token } });
    await assertInactive(ask, held.accessToken, 'the access token');
    assert.equal(await isActive(ask, held.refreshToken), true);
  });
});

describe('who may ask', () => {
  const challenge = (answer: Answer) => answer.headers.get('www-authenticate') ?? '';
  const ask = (call: Call, held: Held, options: CallOptions = {}) =>
    call('POST', '/introspect', { form: { token: held.accessToken }, ...options });

  test('nobody without an access token: 401, and the challenge names no error (RFC 6750 §3.1)', async () => {
    await using scene = await createScene();
    const { call, held, asker } = scene;
    const withBasic = { headers: { authorization: `Basic ${btoa('gateway:secret')}` } };
    const inBody = { form: { token: held.accessToken, access_token: asker.accessToken } };
    for (const options of [{}, { cookie: asker.refreshToken }, withBasic, inBody, { json: { token: 'x' } }]) {
      const answer = await ask(call, held, options);
      assertOAuthError(answer, 401, 'invalid_token');
      assert.equal(challenge(answer), 'Bearer realm="keyward"');
    }
    const inAddress = await call('POST', `/introspect?access_token=${asker.accessToken}`, { form: { token: 'x' } });
    assertOAuthError(inAddress, 401, 'invalid_token');
  });

  test('nobody whose own token is dead, expired, made up, or no access token: 401 invalid_token', async () => {
    await using scene = await createScene();
    const { server, call, held, asker } = scene;
    const ended = await logIn(call, gateway);
    await call('POST', '/logout', { token: ended.accessToken });
    for (const token of [ended.accessToken, asker.refreshToken, 'x', `${asker.accessToken}x`]) {
      const answer = await ask(call, held, { token });
      assertOAuthError(answer, 401, 'invalid_token');
      assert.match(challenge(answer), /^Bearer realm="keyward", error="invalid_token", error_description="[^"]+"$/);
    }
    server.clock.advance(15 * 60_000);
    assertOAuthError(await ask(call, held, { token: asker.accessToken }), 401, 'invalid_token');
  });

  test('nobody without the permission, not even about their own token: 403, and the challenge names it', async () => {
    await using scene = await createScene();
    const { server, call, held } = scene;
    const other = await signUp(call, bea);
    await giveRole(server, other.id, 'editor', ['posts:publish', 'permissions:read']);
    for (const about of [held.accessToken, other.accessToken, other.refreshToken, 'x', undefined]) {
      const form: Record<string, string> = about === undefined ? {} : { token: about };
      const answer = await ask(call, held, { token: other.accessToken, form });
      assertOAuthError(answer, 403, 'insufficient_scope');
      assert.equal(challenge(answer), 'Bearer realm="keyward", error="insufficient_scope", scope="tokens:introspect"');
    }
    await server.features.roles.changeRole.assign({ user: other.id, role: 'resource-server' });
    assert.equal((await ask(call, held, { token: other.accessToken })).status, 200);
    await server.features.roles.changeRole.unassign({ user: other.id, role: 'resource-server' });
    assert.equal((await ask(call, held, { token: other.accessToken })).status, 403);
  });

  test('an administrator, who holds every permission', async () => {
    await using scene = await createScene();
    const answer = await ask(scene.call, scene.held, { token: await scene.server.admin() });
    assert.deepEqual([answer.status, answer.body.active], [200, true]);
  });
});

test('what is no request of RFC 7662 §2.1 is refused in the dialect of RFC 6749 §5.2', async (t) => {
  await using scene = await createScene();
  const { call, asker, held } = scene;
  const raw = (text: string): CallOptions => ({ raw: text, headers: { 'content-type': formType } });
  const good = `token=${held.accessToken}`;
  const refused: readonly (readonly [why: string, sent: CallOptions, status?: number, query?: string])[] = [
    ['no token', { form: { token_type_hint: 'access_token' } }],
    ['an empty token', { form: { token: '' } }],
    ['a token twice', raw(`${good}&${good}`)],
    ['a token in two spellings', raw(`${good}&%74oken=x`)],
    ['a hint twice', raw(`${good}&token_type_hint=a&token_type_hint=b`)],
    ['a broken percent-encoding', raw('token=%zz')],
    ['bytes that are no UTF-8', raw('token=%ff')],
    ['no body', { headers: { 'content-type': formType } }],
    ['an empty body', raw('')],
    ['the token in the address', raw(''), 400, `?${good}`],
    ['JSON', { json: { token: held.accessToken } }, 415],
    ['plain text', { raw: good, headers: { 'content-type': 'text/plain' } }, 415],
    ['more than 64 KiB', raw(`token=${'x'.repeat(70_000)}`), 413],
  ];
  for (const [why, sent, status = 400, query = ''] of refused) {
    await t.test(why, async () => {
      const answer = await call('POST', `/introspect${query}`, { ...sent, token: asker.accessToken });
      assertOAuthError(answer, status, 'invalid_request');
      assert.equal(answer.headers.get('www-authenticate'), null);
    });
  }
  assert.equal((await call('GET', `/introspect?${good}`, { token: asker.accessToken })).status, 405);
});

test('without its database the server says so, and not that a token is dead', async () => {
  const removed = removable(await openTestDatabase());
  try {
    await using server = await startServer({ db: removed.db, strictReplies: false });
    const call = createClient(server.url);
    const { ask } = await signUpGateway(server, call);
    const held = await signUp(call);
    removed.away = true;
    for (const token of [held.accessToken, held.refreshToken, 'x']) {
      const answer = await ask(token);
      assertOAuthError(answer, 503, 'temporarily_unavailable');
      assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
    }
    removed.away = false;
    assert.deepEqual([await isActive(ask, held.accessToken), await isActive(ask, held.refreshToken)], [true, true]);
  } finally {
    await removed.db.close();
  }
});
