import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { overloaded } from '../../src/kernel/overloaded.ts';
import { removable } from '../support/away.ts';
import { behind } from '../support/behind.ts';
import { type Call, type CallOptions, createClient } from '../support/client.ts';
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

test('the table of counters names nobody, and each is forgotten when it holds nothing any more', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const start = server.clock.now();
  await call('POST', '/login', wrong());
  const counters = () =>
    behind<{ counter: string }>(server.db, (db) => db.selectFrom('throttle_counters').selectAll().orderBy('counter'));
  const kinds = async () => (await counters()).map(({ counter }) => counter.split(':')[0]);
  assert.deepEqual(await kinds(), ['account', 'failures', 'name', 'own', 'source']);
  assert.doesNotMatch(JSON.stringify(await counters()), /ada|example|127\.0\.0\.1/);
  for (const [minutes, left] of [
    [19, ['account', 'failures', 'name', 'own', 'source']],
    [24, ['account', 'name', 'own', 'source']],
    [26, ['account', 'name', 'own']],
    [24 * 60 + 9, ['account', 'name', 'own']],
    [24 * 60 + 11, []],
  ] as const) {
    server.clock.advance(minutes * 60_000 - (server.clock.now() - start));
    await server.features.throttle.sweep();
    assert.deepEqual(await kinds(), left, `after ${minutes} minutes`);
  }
});

test('attack: thousands of names that nobody has are gone after a day, whatever else is counted', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const rows = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, place) => ({
      counter: `name:${String(from + place).padStart(5, '0')}`,
      attempts: 1,
      last_at: server.clock.now(),
      blocked_until: 0,
    }));
  for (const from of [0, 1_000, 2_000]) {
    await behind(server.db, (db) => db.insertInto('throttle_counters').values(rows(from, from + 1_000)));
  }
  server.clock.advance(86_400_000 + 599_000);
  for (let guess = 0; guess < 3; guess += 1) await call('POST', '/login', wrong());
  server.clock.advance(1_001);
  await server.features.throttle.sweep();
  const left = await behind<{ counter: string; attempts: number }>(server.db, (db) =>
    db.selectFrom('throttle_counters').selectAll().where('counter', 'like', 'name:%'),
  );
  assert.deepEqual(
    left.map(({ attempts }) => Number(attempts)),
    [3],
  );
});

test('a success leaves none of its maker’s mistakes behind, and all that were made at other names: a sprayer may have one account of their own', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await call('POST', '/signup', { json: ada });
  for (let mistake = 0; mistake < 5; mistake += 1) await call('POST', '/login', wrong());
  for (const name of ['bea', 'cleo']) {
    await call('POST', '/login', { json: { email: `${name}@example.com`, password: 'a guess' } });
  }
  assert.equal((await call('POST', '/login', right)).status, 200);
  server.clock.advance(1_200_001);
  await server.features.throttle.sweep();
  const left = await behind<{ counter: string; attempts: number }>(server.db, (db) =>
    db.selectFrom('throttle_counters').selectAll().orderBy('counter'),
  );
  assert.deepEqual(
    left.map(({ counter, attempts }) => [counter.split(':')[0], Number(attempts)]),
    [
      ['account', 1],
      ['account', 1],
      ['name', 1],
      ['name', 1],
      ['own', 1],
      ['own', 1],
      ['signup', 1],
      ['source', 2],
    ],
  );
});

describe('the database of the counters is away', () => {
  const asks: readonly (readonly [path: string, options: CallOptions])[] = [
    ['/login', right],
    ['/token', { form: { grant_type: 'password', username: ada.email, password: ada.password } }],
    ['/signup', { json: { ...ada, username: 'bea', email: 'bea@example.com' } }],
  ];
  for (const [path, options] of asks) {
    test(`${path} answers 503 and hashes nothing: it fails closed`, async () => {
      await using behindIt = await startServer();
      const removed = removable(behindIt.db);
      await using server = await startServer({ db: removed.db, strictReplies: false });
      const call = createClient(server.url);
      await call('POST', '/signup', { json: ada });
      const before = { ...server.hasher.calls };
      removed.away = true;
      const answer = await call('POST', path, options);
      assert.deepEqual([answer.status, answer.device], [503, undefined]);
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
      assert.deepEqual(server.hasher.calls, before);
      removed.away = false;
      assert.ok([200, 201].includes((await call('POST', path, options)).status));
    });
  }
});

describe('spraying: few guesses at each of many accounts, from many sources', () => {
  const spray = async (call: Call, guesses: number) => {
    for (let guess = 0; guess < guesses; guess += 1) {
      const headers = from(`10.${guess >> 8}.${guess & 255}.1`);
      assert.equal((await call('POST', '/login', { ...wrong(`victim${guess}@example.com`), headers })).status, 401);
    }
  };
  const wrongFrom = async (call: Call, ip: string, times: number) => {
    const statuses: number[] = [];
    for (let guess = 0; guess < times; guess += 1) {
      statuses.push((await call('POST', '/login', { ...wrong(), headers: from(ip) })).status);
    }
    return statuses;
  };

  test('makes strangers wait sooner, keeps nobody out whose password is right, and is over when it is over', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    await call('POST', '/signup', { json: ada });
    await spray(call, 300);
    server.clock.advance(5_000);
    assert.deepEqual(await wrongFrom(call, '192.0.2.1', 6), [...Array(5).fill(401), 429]);
    assert.equal((await call('POST', '/login', { ...right, headers: from('192.0.2.2') })).status, 200);
    server.clock.advance(600_000);
    assert.deepEqual(await wrongFrom(call, '192.0.2.3', 8), Array(8).fill(401));
  });

  test('below the threshold nothing changes', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    await spray(call, 299);
    server.clock.advance(5_000);
    assert.deepEqual(await wrongFrom(call, '192.0.2.1', 6), Array(6).fill(401));
  });
});

test('no core was free to look at the password: that is no attempt', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { device } = await call('POST', '/signup', { json: ada });
  const { verify } = server.hasher;
  server.hasher.verify = async () => {
    throw overloaded({ retryAfterSeconds: 1 });
  };
  for (let attempt = 0; attempt < 30; attempt += 1) {
    assert.equal((await call('POST', '/login', { ...right, ...(attempt % 2 === 0 ? { device } : {}) })).status, 503);
  }
  server.hasher.verify = verify;
  for (const it of [device, undefined])
    assert.equal((await call('POST', '/login', { ...right, device: it })).status, 200);
});

test('attack: of a password in two forms one was looked at before the cores were gone: that is an attempt', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await call('POST', '/signup', { json: ada });
  const { verify } = server.hasher;
  let looks = 0;
  server.hasher.verify = (stored, password) => {
    looks += 1;
    return looks % 2 === 1 ? verify(stored, password) : Promise.reject(overloaded({ retryAfterSeconds: 1 }));
  };
  const json = { email: ada.email, password: 'ｃｏｒｒｅｃｔ horse' };
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 11; attempt += 1) statuses.push((await call('POST', '/login', { json })).status);
  assert.deepEqual(statuses, [...Array(10).fill(503), 429]);
});
