/**
 * While accounts have hashes of other systems, each with a time of its own, a name that nobody has takes the time of one of them
 * (docs/decisions/0014). What is hashed is asserted here, since time says no more.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { behind } from '../support/behind.ts';
import { type Call, createClient } from '../support/client.ts';
import { startServer, type TestServer, type TestServerOptions } from '../support/server.ts';

/** The hashes that are verified, in their order. */
function watch({ hasher }: TestServer): string[] {
  const verified: string[] = [];
  const { verify } = hasher;
  hasher.verify = (stored, password) => {
    verified.push(stored);
    return verify(stored, password);
  };
  return verified;
}

/** Users `user-1` … with these hashes; ids begin at 1. */
async function importAll({ features, db }: TestServer, hashes: readonly string[]): Promise<void> {
  for (const [place, passwordHash] of hashes.entries()) {
    const names = { username: `user-${place + 1}`, email: `user-${place + 1}@example.com` };
    const account = await features.accounts.create.prepareWithHash({ ...names, passwordHash });
    await db.transact((tx) => features.accounts.create.insert(tx, account, { admin: false, how: 'cli' }));
  }
}

const logIn = (call: Call, name: string, password = 'a guess') =>
  call('POST', '/login', { json: { email: `${name}@example.com`, password } });

/** What is verified for so many names that nobody has. */
async function drawn(server: TestServer, names: number): Promise<(string | undefined)[]> {
  const call = createClient(server.url);
  const { verify } = server.hasher;
  const verified = watch(server);
  for (let name = 0; name < names; name += 1) assert.equal((await logIn(call, `nobody-${name}`)).status, 401);
  server.hasher.verify = verify;
  assert.equal(verified.length, names, 'each is verified once');
  return verified;
}

const start = (options: TestServerOptions = {}) => startServer({ env: { RATE_LIMITS: 'off' }, ...options });
const hashOf = (id: number) => `old$password of ${id}`;
const many = (count: number) => Array.from({ length: count }, (_, at) => hashOf(at + 1));

describe('a name that nobody has', () => {
  test('does the work of a living account’s hash, always of the same one, and different names of different ones', async () => {
    await using server = await start();
    await importAll(server, many(20));
    const verified = await drawn(server, 60);
    assert.ok(
      verified.every((hash) => many(20).includes(hash ?? '')),
      'nothing but what is stored',
    );
    assert.ok(new Set(verified).size > 12, `${new Set(verified).size} of 20`);
    assert.deepEqual(await drawn(server, 60), verified);
  });

  test('has the format of a living account as often as the accounts have it', async () => {
    await using server = await start();
    const hashes = await Promise.all(
      many(40).map((old, at) => (at % 4 === 0 ? old : server.hasher.hash(`password of ${at}`))),
    );
    await importAll(server, hashes);
    const share = (await drawn(server, 200)).filter((hash) => hash?.startsWith('old$')).length / 200;
    assert.ok(share > 0.15 && share < 0.35, `a quarter of the accounts, ${share} of the names`);
  });

  test('becomes argon2id when its stand-in does, and so says nothing of when somebody logs in', async () => {
    await using server = await start();
    const call = createClient(server.url);
    await importAll(server, many(5));
    const verified = watch(server);
    await logIn(call, 'nobody');
    const id = many(5).indexOf(verified[0] ?? '') + 1;
    assert.equal((await logIn(call, `user-${id}`, `password of ${id}`)).status, 200);
    verified.length = 0;
    await logIn(call, 'nobody');
    assert.deepEqual(verified, [await server.hasher.hash(`password of ${id}`)]);
  });

  test('is let in by no password, not even by its stand-in’s', async () => {
    await using server = await start();
    const call = createClient(server.url);
    await importAll(server, [hashOf(1)]);
    await server.newEvents();
    const verified = watch(server);
    assert.equal((await logIn(call, 'nobody', 'password of 1')).status, 401);
    assert.deepEqual(verified, [hashOf(1)]);
    assert.deepEqual(
      (await server.newEvents()).map(({ event, subject }) => [event, subject]),
      [['login.failed', undefined]],
    );
  });

  test('looks at both forms of a password even where the first is its stand-in’s', async () => {
    await using server = await start();
    const call = createClient(server.url);
    await importAll(server, ['old$five lanterns']);
    const verified = watch(server);
    assert.equal((await logIn(call, 'nobody', 'ﬁve lanterns')).status, 401);
    assert.equal(verified.length, 2);
  });

  test('is stood in for by nobody who is deleted, and finds another', async () => {
    await using server = await start();
    await importAll(server, many(10));
    for (let id = 1; id <= 9; id += 1) await server.features.accounts.delete({ id: id as never, by: undefined });
    assert.deepEqual(new Set(await drawn(server, 20)), new Set([hashOf(10)]));
  });

  test('keeps its stand-in when accounts come, but for those that fall to the new ones', async () => {
    await using server = await start();
    await importAll(server, many(20));
    const before = await drawn(server, 60);
    await server.features.accounts.create
      .prepareWithHash({ username: 'late', email: 'late@example.com', passwordHash: 'old$late' })
      .then((account) =>
        server.db.transact((tx) => server.features.accounts.create.insert(tx, account, { admin: false, how: 'cli' })),
      );
    server.clock.advance(60_000);
    for (const [name, hash] of (await drawn(server, 60)).entries())
      assert.ok(hash === before[name] || hash === 'old$late', `name ${name}`);
  });

  test('has the same one on every node, and another under another key', async () => {
    await using server = await start();
    await importAll(server, many(20));
    const here = await drawn(server, 30);
    await using node = await start({ db: server.db });
    assert.deepEqual(await drawn(node, 30), here);
    await using stranger = await start({
      db: server.db,
      secretKey: 'another secret key for tests, long enough',
      formerSecretKeys: ['a secret key for tests, long enough'],
    });
    assert.notDeepEqual(await drawn(stranger, 30), here);
  });

  test('where nobody has a password, the dummy’s', async () => {
    await using server = await start();
    assert.deepEqual(new Set(await drawn(server, 3)), new Set([server.hasher.dummy]));
  });
});

test('an account without a password, or with one of no known hash, does the work of the stand-in of its name', async () => {
  await using server = await start();
  const call = createClient(server.url);
  await importAll(server, many(8));
  const verified = watch(server);
  for (const change of ['none', 'broken']) {
    await behind(server.db, (db) =>
      change === 'none'
        ? db.deleteFrom('passwords').where('user_id', '=', 8)
        : db.insertInto('passwords').values({ user_id: 8, hash: '!', changed_at: 1 }),
    );
    verified.length = 0;
    await logIn(call, 'user-8');
    assert.ok(many(7).includes(verified[0] ?? ''), `${change}: ${verified}`);
  }
});

test('a disabled account does the work of its own hash, and no more with the right password than with a wrong one', async () => {
  await using server = await start();
  const call = createClient(server.url);
  await importAll(server, many(8));
  await server.features.accounts.disabling.disable({ id: 3 as never, by: undefined });
  const verified = watch(server);
  const { hash } = server.hasher.calls;
  assert.equal((await logIn(call, 'user-3', 'password of 3')).status, 401);
  assert.equal((await logIn(call, 'user-3')).status, 401);
  assert.deepEqual([verified, server.hasher.calls.hash], [[hashOf(3), hashOf(3)], hash]);
});
