import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClient } from '../support/client.ts';
import { startServer } from '../support/server.ts';

const ada = { username: 'ada', email: 'ada@example.com', password: 'correct horse battery' };
const wrong = (email = ada.email) => ({ json: { email, password: 'not the password' } });
const right = { json: { email: ada.email, password: ada.password } };
const from = (ip: string) => ({ 'x-forwarded-for': ip });
const behindProxy = { env: { TRUST_PROXY: '1' } };

describe('guessing the password of one account', () => {
  test('is slowed down after ten attempts, whatever the spelling of the name, and costs no hash from then on', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await call('POST', '/signup', { json: ada });
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const email = attempt % 2 === 0 ? 'ADA@example.com' : 'ada@EXAMPLE.com';
      assert.equal((await call('POST', '/login', wrong(email))).status, 401);
    }
    const hashed = server.hasher.calls.verify;
    const refused = await call('POST', '/login', wrong());
    assert.equal(refused.status, 429);
    assert.equal(refused.body.code, 'too-many-attempts');
    assert.equal(refused.headers.get('retry-after'), '30');
    assert.equal(server.hasher.calls.verify, hashed);
  });

  test('answers alike for an account that does not exist', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 11; attempt += 1) {
      statuses.push((await call('POST', '/login', wrong('nobody@example.com'))).status);
    }
    assert.deepEqual(statuses, [...Array(10).fill(401), 429]);
  });

  test('a hundred guesses at once are a hundred guesses: only ten are heard', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await call('POST', '/signup', { json: ada });
    const answers = await Promise.all(Array.from({ length: 100 }, () => call('POST', '/login', wrong())));
    assert.equal(answers.filter(({ status }) => status === 401).length, 10);
    assert.equal(answers.filter(({ status }) => status === 429).length, 90);
    assert.equal(server.hasher.calls.verify, 10);
  });

  test('the wait doubles, refused attempts make it no longer, and it ends', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await call('POST', '/signup', { json: ada });
    for (let attempt = 0; attempt < 10; attempt += 1) await call('POST', '/login', wrong());
    for (const seconds of [30, 60, 120]) {
      const refused = await call('POST', '/login', wrong());
      assert.equal(refused.headers.get('retry-after'), String(seconds));
      await call('POST', '/login', wrong());
      server.clock.advance(seconds * 1_000);
      assert.equal((await call('POST', '/login', wrong())).status, 401);
    }
    server.clock.advance(240_000);
    assert.equal((await call('POST', '/login', right)).status, 200);
    // A success starts the counter anew.
    assert.equal((await call('POST', '/login', wrong())).status, 401);
    assert.equal((await call('POST', '/login', right)).status, 200);
  });

  test('an enemy cannot lock the owner out: the owner comes from elsewhere', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    await call('POST', '/signup', { json: ada });
    for (let attempt = 0; attempt < 30; attempt += 1) {
      await call('POST', '/login', { ...wrong(), headers: from('198.51.100.66') });
    }
    assert.equal((await call('POST', '/login', { ...right, headers: from('198.51.100.66') })).status, 429);
    assert.equal((await call('POST', '/login', { ...right, headers: from('192.0.2.1') })).status, 200);
  });

  test('a forged X-Forwarded-For is no new source', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await call('POST', '/login', { ...wrong(), headers: from(`203.0.113.${attempt}`) });
    }
    assert.equal((await call('POST', '/login', { ...wrong(), headers: from('203.0.113.99') })).status, 429);
  });

  test('the token endpoint counts on the same counter and says so in the words of OAuth', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    for (let attempt = 0; attempt < 10; attempt += 1) await call('POST', '/login', wrong());
    const form = { grant_type: 'password', username: ada.email, password: 'not the password' };
    const refused = await call('POST', '/token', { form });
    assert.equal(refused.status, 429);
    assert.equal(refused.body.error, 'temporarily_unavailable');
    assert.equal(refused.headers.get('retry-after'), '30');
  });
});

test('spraying many accounts from one source is slowed down, and another source is not', async () => {
  await using server = await startServer(behindProxy);
  const call = createClient(server.url);
  const statuses: number[] = [];
  for (let victim = 0; victim < 101; victim += 1) {
    const headers = from('198.51.100.66');
    statuses.push((await call('POST', '/login', { ...wrong(`victim${victim}@example.com`), headers })).status);
  }
  assert.deepEqual(statuses, [...Array(100).fill(401), 429]);
  const elsewhere = await call('POST', '/login', { ...wrong('victim1@example.com'), headers: from('192.0.2.1') });
  assert.equal(elsewhere.status, 401);
});

test('logins that succeed never add up to a wait', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await call('POST', '/signup', { json: ada });
  for (let login = 0; login < 120; login += 1) assert.equal((await call('POST', '/login', right)).status, 200);
});

test('making accounts by the dozen from one source is slowed down', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const signUp = (name: string) =>
    call('POST', '/signup', { json: { ...ada, username: name, email: `${name}@example.com` } });
  for (let made = 0; made < 60; made += 1) assert.equal((await signUp(`user${made}`)).status, 201);
  const refused = await signUp('onemore');
  assert.deepEqual([refused.status, refused.body.code], [429, 'too-many-attempts']);
});

test('the counters survive a restart, and RATE_LIMITS=off counts nothing', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  for (let attempt = 0; attempt < 10; attempt += 1) await call('POST', '/login', wrong());
  {
    await using restarted = await startServer({ db: server.db, clock: server.clock });
    assert.equal((await createClient(restarted.url)('POST', '/login', wrong())).status, 429);
  }
  await using unlimited = await startServer({ db: server.db, clock: server.clock, env: { RATE_LIMITS: 'off' } });
  assert.equal((await createClient(unlimited.url)('POST', '/login', wrong())).status, 401);
});

test('the table of counters names nobody, and what nobody used for a day is forgotten', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await call('POST', '/login', wrong());
  const counters = () =>
    server.db.query(server.db.dialect.builder.selectFrom('throttle_counters').selectAll()) as Promise<object[]>;
  assert.equal((await counters()).length, 2);
  assert.doesNotMatch(JSON.stringify(await counters()), /ada|example|127\.0\.0\.1/);
  server.clock.advance(86_400_001);
  await server.features.throttle.sweep();
  assert.equal((await counters()).length, 0);
});
