/** Signing keys come and go: nobody who is honest notices, and a key that has leaked is dead within a second. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keyNotFound } from '../../src/features/keys/errors.ts';
import { publishedAheadMs } from '../../src/features/keys/index.ts';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { takeApart } from '../support/forge.ts';
import { bea, lives, logIn, signUp } from '../support/people.ts';
import { createTestClock } from '../support/ports.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { refusedWith } from '../support/store-contract.ts';

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;

const kidOf = ({ accessToken }: { accessToken: string }) => String(takeApart(accessToken).header.kid);

const published = async (server: TestServer): Promise<string[]> => {
  const { body } = await createClient(server.url)('GET', '/.well-known/jwks.json');
  return body.keys.map(({ kid }: { kid: string }) => kid);
};

const stateOf = async ({ features }: TestServer, kid: string) =>
  (await features.keys.list()).find((key) => key.kid === kid)?.state;

const refresh = async (server: TestServer, refreshToken: string) => {
  const json = { refresh_token: refreshToken };
  const { status, body } = await createClient(server.url)('POST', '/refresh-access-token', { json });
  assert.equal(status, 200);
  return { accessToken: body.access_token as string, refreshToken: body.refresh_token as string };
};

/** Two nodes on one database, under one clock. */
async function twoNodes(env: Readonly<Record<string, string>> = {}) {
  const world = { db: await openTestDatabase(), clock: createTestClock(), env };
  const [here, there] = [await startServer(world), await startServer(world)];
  return {
    here,
    there,
    clock: world.clock,
    world,
    async [Symbol.asyncDispose]() {
      for (const node of [here, there]) await node[Symbol.asyncDispose]();
      await world.db.close();
    },
  };
}

describe('rotation', () => {
  test('publishes a key before it signs; the old one verifies as long as its tokens live, and is retired then', async () => {
    await using nodes = await twoNodes({ ACCESS_TOKEN_EXPIRE_MINUTES: '1440', SIGNING_KEY_ROTATION_DAYS: '2' });
    const { here, there, clock } = nodes;
    const call = createClient(here.url);
    const first = await signUp(call);
    const old = kidOf(first);
    await here.newEvents();

    clock.advance(2 * dayMs - publishedAheadMs - 1);
    await here.features.keys.upkeep();
    assert.deepEqual(await published(here), [old], 'not a moment too early');
    clock.advance(1);
    await Promise.all([here.features.keys.upkeep(), there.features.keys.upkeep()]);
    clock.advance(1_000);
    const [next = '', ...rest] = (await published(here)).filter((kid) => kid !== old);
    assert.deepEqual(rest, [], 'of two nodes that find it due at once, one makes it');
    assert.deepEqual(await published(there), await published(here));
    assert.deepEqual(await here.newEvents(), [{ event: 'key.published', object: next, outcome: 'success' }]);

    const before = await logIn(call);
    assert.equal(kidOf(before), old, 'it is published, and does not sign yet');
    clock.advance(publishedAheadMs);
    const after = await logIn(createClient(there.url));
    assert.equal(kidOf(after), next);
    for (const node of [here, there]) {
      for (const held of [before, after]) assert.equal(await lives(createClient(node.url), held), true);
    }
    assert.deepEqual([await stateOf(here, old), await stateOf(here, next)], ['verifying', 'signing']);

    clock.advance(dayMs - 1_000);
    await here.features.keys.upkeep();
    assert.equal(await lives(call, after), true);
    assert.equal((await published(here)).includes(old), true, 'no token of it can be refused');
    clock.advance(6 * minuteMs);
    await here.features.keys.upkeep();
    clock.advance(1_000);
    assert.equal((await published(there)).includes(old), false);
    assert.equal(await stateOf(there, old), 'retired');
  });

  test('by hand: one key waits at a time', async () => {
    await using nodes = await twoNodes();
    const { here, there, clock } = nodes;
    const [one, other] = await Promise.all([here.features.keys.rotate(), there.features.keys.rotate()]);
    assert.equal(one.key.kid, other.key.kid);
    assert.deepEqual([one.made, other.made].sort(), [false, true]);
    clock.advance(publishedAheadMs);
    const held = await signUp(createClient(there.url));
    assert.equal(kidOf(held), one.key.kid);
    assert.equal((await here.features.keys.rotate()).made, true);
  });

  test('another algorithm is taken up by a rotation, and tokens of both verify meanwhile', async () => {
    await using nodes = await twoNodes();
    await signUp(createClient(nodes.here.url));
    for (const [algorithm, person] of [
      ['EdDSA', bea],
      ['RS256', { ...bea, username: 'cleo', email: 'cleo@example.com' }],
    ] as const) {
      await using changed = await startServer({ ...nodes.world, env: { SIGNING_ALGORITHM: algorithm } });
      await changed.features.keys.upkeep();
      nodes.clock.advance(publishedAheadMs - 1);
      assert.notEqual(takeApart((await logIn(createClient(changed.url))).accessToken).header.alg, algorithm);
      nodes.clock.advance(1);
      const other = await signUp(createClient(changed.url), person);
      assert.equal(takeApart(other.accessToken).header.alg, algorithm);
      for (const node of [changed, nodes.here, nodes.there]) {
        assert.equal(await lives(createClient(node.url), other), true, algorithm);
      }
    }
  });

  test('a key that a release without rotation has made signs and verifies on', async () => {
    await using nodes = await twoNodes();
    const held = await signUp(createClient(nodes.here.url));
    await behind(nodes.world.db, (db) => db.updateTable('signing_keys').set({ signs_from: null }));
    await using restarted = await startServer(nodes.world);
    assert.equal(await lives(createClient(restarted.url), held), true);
    assert.equal(await stateOf(restarted, kidOf(held)), 'signing');
  });
});

test('whoever can write the database, but has no SECRET_KEY, cannot have a key of theirs published', async () => {
  await using server = await startServer();
  const [genuine] = (await createClient(server.url)('GET', '/.well-known/jwks.json')).body.keys;
  const forged = { ...genuine, x: genuine.y, y: genuine.x, d: 'private', kid: 'evil' };
  await behind(server.db, (builder) => builder.updateTable('signing_keys').set({ public_jwk: JSON.stringify(forged) }));
  await using restarted = await startServer({ db: server.db, clock: server.clock });
  const { body } = await createClient(restarted.url)('GET', '/.well-known/jwks.json');
  assert.deepEqual(body, { keys: [genuine] });
});

describe('in an emergency', () => {
  test('a revoked key is dead within a second on every node; sessions go on by a refresh', async () => {
    await using nodes = await twoNodes();
    const { here, there, clock } = nodes;
    const held = await signUp(createClient(here.url));
    for (const node of [here, there]) assert.equal(await lives(createClient(node.url), held), true, 'cached on both');
    await here.newEvents();
    const { signer } = await here.features.keys.revoke(kidOf(held));
    clock.advance(1_000);
    for (const node of [here, there]) {
      assert.equal(await lives(createClient(node.url), held), false);
      assert.deepEqual(await published(node), [signer.kid]);
    }
    const renewed = await refresh(there, held.refreshToken);
    assert.equal(kidOf(renewed), signer.kid);
    for (const node of [here, there]) assert.equal(await lives(createClient(node.url), renewed), true);
    const events = (await here.newEvents()).filter(({ event }) => event.startsWith('key.'));
    assert.deepEqual(events, [
      { event: 'key.revoked', object: kidOf(held), outcome: 'success' },
      { event: 'key.published', object: signer.kid, outcome: 'success' },
    ]);
    assert.equal(await stateOf(there, kidOf(held)), 'revoked');
  });

  test('a key that waits for its turn signs at once instead of a new one', async () => {
    await using nodes = await twoNodes();
    const held = await signUp(createClient(nodes.here.url));
    const waiting = await nodes.here.features.keys.rotate();
    const { signer } = await nodes.there.features.keys.revoke(kidOf(held));
    assert.equal(signer.kid, waiting.key.kid);
    nodes.clock.advance(1_000);
    assert.equal(kidOf(await refresh(nodes.here, held.refreshToken)), waiting.key.kid);
  });

  test('a token of a key that another node has made this moment is known to be good', async () => {
    await using nodes = await twoNodes();
    const held = await signUp(createClient(nodes.here.url));
    await nodes.here.features.keys.revoke(kidOf(held));
    nodes.clock.advance(1_000);
    const renewed = await refresh(nodes.here, held.refreshToken);
    nodes.clock.advance(-900);
    assert.equal(await lives(createClient(nodes.there.url), renewed), true);
  });

  test('a key that only verifies is revoked without another', async () => {
    await using nodes = await twoNodes();
    const held = await signUp(createClient(nodes.here.url));
    await nodes.here.features.keys.rotate();
    nodes.clock.advance(publishedAheadMs);
    const { accessToken } = await refresh(nodes.here, held.refreshToken);
    await nodes.there.features.keys.revoke(kidOf(held));
    nodes.clock.advance(1_000);
    assert.equal(await lives(createClient(nodes.here.url), { accessToken }), true);
    assert.equal((await nodes.here.features.keys.list()).length, 2);
  });

  test('what is revoked already, or was never there, is refused', async () => {
    await using nodes = await twoNodes();
    const [key] = await nodes.here.features.keys.list();
    await nodes.here.features.keys.revoke(key?.kid ?? '');
    await assert.rejects(nodes.there.features.keys.revoke(key?.kid ?? ''), refusedWith(keyNotFound));
    await assert.rejects(nodes.there.features.keys.revoke('nothing'), refusedWith(keyNotFound));
    assert.equal((await nodes.here.features.keys.list()).length, 2, 'no key was made for it');
  });

  test('of two that revoke it at once, one does, and one key takes its place', async () => {
    await using nodes = await twoNodes();
    const { here, there } = nodes;
    const kid = kidOf(await signUp(createClient(here.url)));
    const outcomes = await Promise.allSettled([here.features.keys.revoke(kid), there.features.keys.revoke(kid)]);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal((await here.features.keys.list()).length, 2);
  });
});

describe('SECRET_KEY', () => {
  const [older, newer] = ['the older secret key of this house', 'the newer secret key of this house'];

  test('is changed without anybody noticing, and the old one is then forgotten', async () => {
    const world = { db: await openTestDatabase(), clock: createTestClock() };
    await using _ = { [Symbol.asyncDispose]: () => world.db.close() };
    await using before = await startServer({ ...world, secretKey: older });
    const held = await signUp(createClient(before.url));
    await using both = await startServer({ ...world, secretKey: newer, formerSecretKeys: [older] });
    assert.equal(await lives(createClient(both.url), held), true);
    const renewed = await refresh(both, held.refreshToken);
    await using after = await startServer({ ...world, secretKey: newer });
    assert.equal(await lives(createClient(after.url), held), true, 'the signing key is sealed anew');
    assert.equal(await lives(createClient(after.url), await refresh(after, renewed.refreshToken)), true);
  });

  test('two nodes in the midst of the change give one living chain to parallel tabs', async () => {
    const world = { db: await openTestDatabase(), clock: createTestClock() };
    await using _ = { [Symbol.asyncDispose]: () => world.db.close() };
    await using here = await startServer({ ...world, secretKey: older, formerSecretKeys: [newer] });
    await using there = await startServer({ ...world, secretKey: newer, formerSecretKeys: [older] });
    let { refreshToken } = await signUp(createClient(here.url));
    for (let round = 0; round < 4; round += 1) {
      const tabs = await Promise.all([here, there, here, there].map((node) => refresh(node, refreshToken)));
      const chains = new Set(tabs.map((tab) => tab.refreshToken.split('.').slice(0, 3).join('.')));
      assert.equal(chains.size, 1, 'the tags may differ, the token is one');
      refreshToken = tabs[round]?.refreshToken ?? '';
    }
  });

  test('another one alone does not start', async () => {
    const world = { db: await openTestDatabase(), clock: createTestClock() };
    await using _ = { [Symbol.asyncDispose]: () => world.db.close() };
    await using before = await startServer({ ...world, secretKey: older });
    await signUp(createClient(before.url));
    for (const formerSecretKeys of [[], ['a third secret key of this house']]) {
      const start = startServer({ ...world, secretKey: newer, formerSecretKeys });
      await assert.rejects(start, { name: 'WrongSecretKey' });
    }
  });
});
