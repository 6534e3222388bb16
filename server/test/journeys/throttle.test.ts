import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Database } from '../../src/db/database.ts';
import { overloaded } from '../../src/kernel/overloaded.ts';
import { removable } from '../support/away.ts';
import { behind } from '../support/behind.ts';
import { type Answer, type Call, type CallOptions, createClient } from '../support/client.ts';
import { assertOAuthError, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

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

describe('the counters alone are out of order', () => {
  const signedUp = async (server: TestServer) => {
    const call = createClient(server.url);
    const { body, device } = await call('POST', '/signup', { json: ada });
    return { call, token: body.access_token as string, device };
  };
  const change = { current_password: ada.password, new_password: 'nine grey herons wade' };
  const madeUp = 'AAAAAAAAAAAAAAAAAAAAAA.0.made.up';
  const asks: readonly (readonly [
    what: string,
    path: string,
    (it: { token: string; device: string }) => CallOptions,
  ])[] = [
    ['a login', '/login', () => right],
    ['a login from a known device', '/login', ({ device }) => ({ ...right, device })],
    [
      'OAuth’s login',
      '/token',
      () => ({ form: { grant_type: 'password', username: ada.username, password: ada.password } }),
    ],
    ['a sign-up', '/signup', () => ({ json: { ...ada, username: 'bea', email: 'bea@example.com' } })],
    ['a change of the password', '/user/password', ({ token }) => ({ token, json: change })],
    ['a made-up refresh token', '/refresh-access-token', () => ({ json: { refresh_token: madeUp } })],
    ['a made-up token to end', '/revoke', () => ({ form: { token: madeUp } })],
  ];
  for (const [what, path, options] of asks) {
    test(`${what} gets 503, and nothing is hashed or changed`, async () => {
      await using server = await startServer({ strictReplies: false });
      const { call, token, device = '' } = await signedUp(server);
      await server.newEvents();
      const before = { ...server.hasher.calls };
      await behind(server.db, (db) => db.schema.alterTable('throttle_counters').renameTo('broken') as never);
      const answer = await call('POST', path, options({ token, device }));
      assert.equal(answer.status, 503);
      assert.deepEqual([answer.device, answer.cookie], [undefined, undefined]);
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
      if (path === '/token' || path === '/revoke') assertOAuthError(answer, 503, 'temporarily_unavailable');
      else assertProblem(answer, 503, 'attempts-uncounted');
      assert.deepEqual([server.hasher.calls, await server.newEvents()], [before, []]);
      assert.equal((await call('GET', '/user', { token })).status, 200, 'who is in stays in');
    });
  }
});

test('made-up tokens are slowed down by source, whoever they are shown to; good ones are not', async () => {
  await using server = await startServer(behindProxy);
  const call = createClient(server.url);
  const { body } = await call('POST', '/signup', { json: ada });
  const madeUp = (place: number) => `${'A'.repeat(22)}.${place}.${'B'.repeat(43)}.${'C'.repeat(22)}`;
  const shown: readonly ((token: string, ip: string) => Promise<Answer>)[] = [
    (token, ip) => call('POST', '/refresh-access-token', { json: { refresh_token: token }, headers: from(ip) }),
    (cookie, ip) => call('GET', '/refresh-access-token', { cookie, headers: from(ip) }),
    (token, ip) =>
      call('POST', '/token', { form: { grant_type: 'refresh_token', refresh_token: token }, headers: from(ip) }),
    (token, ip) => call('POST', '/revoke', { form: { token }, headers: from(ip) }),
    (token, ip) => call('POST', '/logout', { json: { refresh_token: token }, headers: from(ip) }),
  ];
  const show = (place: number, ip: string) => shown[place % shown.length]?.(madeUp(place), ip) as Promise<Answer>;
  const statuses = new Set<number>();
  for (let place = 0; place < 300; place += 1) statuses.add((await show(place, '2001:db8:1:2::9')).status);
  assert.deepEqual([...statuses].sort(), [200, 400, 401]);

  await server.newEvents();
  // A new address of the same subscriber is no new source; and what is blocked costs the database nothing.
  const seconds = new Set<string | null>();
  for (let place = 0; place < shown.length; place += 1) {
    const refused = await show(place, `2001:db8:1:2::${place}`);
    assert.equal(refused.status, 429);
    seconds.add(refused.headers.get('retry-after'));
  }
  assert.deepEqual([...seconds], ['30']);
  assert.equal((await show(0, '2001:db8:1:3::9')).status, 401, 'the neighbour');

  const good = { json: { refresh_token: body.refresh_token }, headers: from('2001:db8:1:2::9') };
  assert.equal((await call('POST', '/refresh-access-token', good)).status, 200);
  server.clock.advance(30_000);
  assert.equal((await show(0, '2001:db8:1:2::9')).status, 401);
  assert.deepEqual(await server.newEvents(), []);
});

test('attack: a blocked source that shows made-up tokens costs the database nothing', async () => {
  await using ground = await startServer();
  let transactions = 0;
  const db: Database = {
    ...ground.db,
    transact: (...given) => {
      transactions += 1;
      return ground.db.transact(...given);
    },
  };
  await using server = await startServer({ db, clock: ground.clock });
  const call = createClient(server.url);
  const show = () => call('POST', '/refresh-access-token', { json: { refresh_token: 'made up' } });
  for (let place = 0; place < 301; place += 1) await show();
  transactions = 0;
  const answers = await Promise.all(Array.from({ length: 50 }, show));
  assert.deepEqual([new Set(answers.map(({ status }) => status)), transactions], [new Set([429]), 0]);
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
