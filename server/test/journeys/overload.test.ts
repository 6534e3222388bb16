/** When no core is free to hash a password in time: 503 at once with `Retry-After`, nothing changed, and a repeat is safe. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Database } from '../../src/db/database.ts';
import { asUserId } from '../../src/kernel/ids.ts';
import { overloaded } from '../../src/kernel/overloaded.ts';
import { behind } from '../support/behind.ts';
import { type Answer, type Call, type CallOptions, createClient } from '../support/client.ts';
import { createHandDrivenHasher } from '../support/hashing-by-hand.ts';
import { ada, bea, lives, signUp } from '../support/people.ts';
import { createTestClock } from '../support/ports.ts';
import { assertOAuthError, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from './keyward.ts';

const { email, password } = ada;
const form = { grant_type: 'password', username: email, password };

/** Each endpoint that hashes: what it is asked, and what it answers when there is room again. */
const endpoints: Readonly<
  Record<string, readonly [ask: (call: Call, setupToken: string) => Promise<Answer>, status: number]>
> = {
  '/login': [(call) => call('POST', '/login', { json: { email, password } }), 200],
  '/token': [(call) => call('POST', '/token', { form }), 200],
  '/signup': [(call) => call('POST', '/signup', { json: bea }), 201],
  '/setup': [(call, token) => call('POST', '/setup', { json: { ...bea, setup_token: token } }), 201],
};

describe('no core is free', () => {
  for (const [path, [ask, status]] of Object.entries(endpoints)) {
    test(`POST ${path}`, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      const held = await signUp(call);
      const token = (await server.features.accounts.setupToken.issue())?.reveal() ?? '';
      await server.newEvents();
      const { hash, verify } = server.hasher;
      server.hasher.hash = server.hasher.verify = async () => {
        throw overloaded({ retryAfterSeconds: 1.2 });
      };

      const answer = await ask(call, token);
      if (path === '/token') assertOAuthError(answer, 503, 'temporarily_unavailable');
      else assertProblem(answer, 503, 'overloaded');
      assert.equal(answer.headers.get('retry-after'), '2', 'whole seconds, rounded up');
      assert.deepEqual([await server.newEvents(), await lives(call, held)], [[], true]);

      Object.assign(server.hasher, { hash, verify });
      assert.equal((await ask(call, token)).status, status, 'the same request again is good');
    });
  }

  for (const [path, [ask]] of Object.entries(endpoints)) {
    test(`POST ${path} when not even a place in the queue is free: refused before any transaction, counted nowhere, hashed nowhere`, async () => {
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
      await signUp(call);
      const token = (await server.features.accounts.setupToken.issue())?.reveal() ?? '';
      const counters = () => behind(ground.db, (builder) => builder.selectFrom('throttle_counters').selectAll());
      const before = { calls: { ...server.hasher.calls }, counters: await counters() };
      const { admit } = server.hasher;
      server.hasher.admit = () => {
        throw overloaded({ retryAfterSeconds: 1 });
      };
      transactions = 0;
      const answers = await Promise.all(Array.from({ length: 30 }, () => ask(call, token)));
      assert.deepEqual([new Set(answers.map(({ status }) => status)), transactions], [new Set([503]), 0]);
      assert.deepEqual({ calls: server.hasher.calls, counters: await counters() }, before);
      server.hasher.admit = admit;
    });
  }

  test('an outdated hash that cannot be renewed now is no reason to keep its owner out', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await signUp(call);
    await behind(server.db, (db) => db.updateTable('passwords').set({ hash: `old$${password}` }));
    await server.newEvents();
    server.hasher.hash = async () => {
      throw overloaded();
    };
    assert.equal((await call('POST', '/login', { json: { email, password } })).status, 200);
    const events = (await server.newEvents()).map(({ event }) => event);
    assert.deepEqual(events, ['session.started']);
  });
});

/** A server with one core, whose hashing is driven by hand; ada has an account. */
async function startWithOneCore() {
  const clock = createTestClock();
  const hashing = createHandDrivenHasher(clock);
  const server = await startServer({ clock, passwordHasher: hashing.hasher, env: { TRUST_PROXY: '1' } });
  const call = createClient(server.url);
  const account = await server.features.accounts.create.prepare(ada);
  await server.db.transact((tx) => server.features.accounts.create.insert(tx, account, { admin: false, how: 'test' }));
  await server.newEvents();
  const { quick } = hashing.lanes;
  const pending: Promise<Answer>[] = [];

  /** Sends a login that will be answered later. Its password is by what the hasher tells it from others. */
  const send = (label: string, ip: string, options: CallOptions = {}) => {
    const json = { email: `${label.replaceAll(' ', '-')}@example.com`, password: label };
    const answer = call('POST', '/login', { json, headers: { 'x-forwarded-for': ip }, ...options });
    pending.push(answer);
    return answer;
  };
  return {
    server,
    call,
    ...hashing,
    send,
    /** Fills the one core and the queue, from 21 addresses. */
    async fill() {
      for (let at = 0; at <= 20; at += 1) {
        void send(`crowd ${at}`, `198.51.100.${at}`);
        await until(() => hashing.ready.includes(`crowd ${at}`));
      }
    },
    async [Symbol.asyncDispose]() {
      hashing.endAll();
      await Promise.allSettled(pending);
      assert.deepEqual([quick.inFlight, quick.waiting], [0, 0], 'every place is left in the end');
      await server[Symbol.asyncDispose]();
    },
  };
}

const countersOf = ({ db }: TestServer) =>
  behind<{ counter: string; attempts: number }>(db, (builder) =>
    builder.selectFrom('throttle_counters').select(['counter', 'attempts']).orderBy('counter'),
  );

describe('a storm of logins', () => {
  test('who cannot be served in time is refused at once, before anything is counted or written, sign-ups as well', async () => {
    await using world = await startWithOneCore();
    const { server, call, send, fill } = world;
    await fill();
    const before = await countersOf(server);
    const refused = [
      await send('one too many', '192.0.2.1'),
      await call('POST', '/login', { json: { email, password }, headers: { 'x-forwarded-for': '192.0.2.2' } }),
      await call('POST', '/signup', { json: bea, headers: { 'x-forwarded-for': '192.0.2.3' } }),
    ];
    for (const answer of refused) {
      assertProblem(answer, 503, 'overloaded');
      assert.equal(answer.headers.get('retry-after'), '2');
    }
    assert.deepEqual(await countersOf(server), before);
    assert.deepEqual(await server.newEvents(), []);
    assert.deepEqual(world.begun, ['crowd 0']);
  });

  test('reading goes on meanwhile: no token waits behind a password', async () => {
    await using world = await startWithOneCore();
    const { call, endOne, fill } = world;
    const first = call('POST', '/login', { json: { email, password } });
    await until(() => world.begun.length === 1);
    endOne();
    const token = (await first).body.access_token;
    await fill();
    assert.equal((await call('GET', '/user', { token })).status, 200);
    assert.equal((await call('GET', '/readyz')).status, 200);
  });

  test('attack: an address that logs in without end is refused, and delays everybody else by one', async () => {
    await using world = await startWithOneCore();
    const { begun, endOne, ready, send } = world;
    const flood = [send('flood', '203.0.113.66')];
    await until(() => begun.length === 1);
    flood.push(...Array.from({ length: 29 }, (_, at) => send(`flood ${at}`, '203.0.113.66')));
    const refused: number[] = [];
    for (const answer of flood) void answer.then(({ status }) => status === 503 && refused.push(status));
    await until(() => refused.length === 9 && ready.length === 21);
    const owner = send('owner', '192.0.2.1');
    await until(() => ready.includes('owner'));
    for (let ended = 0; ended < 3; ended += 1) {
      const already = begun.length;
      endOne();
      await until(() => begun.length === already + 1 || begun.includes('owner'));
    }
    assert.ok(begun.indexOf('owner') === 1 || begun.indexOf('owner') === 2, `${begun}`);
    world.endAll();
    assert.equal((await owner).status, 401);
    await Promise.all(flood);
    assert.equal(refused.length, 9, 'and of those that were let in none');
  });

  test('a burst from one address, as of an office or of a proxy that hides its clients: all that can start in time are served', async () => {
    await using world = await startWithOneCore();
    const burst = Array.from({ length: 21 }, (_, at) => world.send(`colleague ${at}`, '192.0.2.7'));
    await until(() => world.ready.length === 21);
    world.endAll();
    assert.deepEqual(new Set((await Promise.all(burst)).map(({ status }) => status)), new Set([401]));
  });

  test('an administrator who makes many accounts keeps another waiting for one of them, and no login for all', async () => {
    await using world = await startWithOneCore();
    const { begun, call, endOne, ready, server } = world;
    await server.features.roles.changeRole.assign({ user: asUserId(1), role: 'admin' });
    const first = call('POST', '/login', { json: { email, password } });
    await until(() => begun.length === 1);
    endOne();
    const token = (await first).body.access_token;
    const make = (name: string, ip: string) => {
      const json = { username: name, email: `${name}@example.com`, password: `${name} over the amber hill` };
      return call('POST', '/users', { token, json, headers: { 'x-forwarded-for': ip } });
    };
    void world.send('runs', '192.0.2.9');
    await until(() => begun.length === 2);
    const made: Promise<Answer>[] = [];
    // None of these passwords is ada's: hers was ready before.
    for (const name of ['goshawk', 'merlin', 'hobby']) {
      made.push(make(name, '192.0.2.1'));
      await until(() => ready.includes(`${name} over the amber hill`));
    }
    made.push(make('osprey', '192.0.2.2'));
    await until(() => ready.includes('osprey over the amber hill'));
    assert.equal(begun.length, 2, 'none is hashed beside the queue');
    for (const name of ['goshawk', 'osprey', 'merlin']) {
      endOne();
      await until(() => begun.at(-1) === `${name} over the amber hill`);
    }
    world.endAll();
    assert.deepEqual(new Set((await Promise.all(made)).map(({ status }) => status)), new Set([201]));
  });

  test('a known device goes ahead of all strangers, and one of another account does not', async () => {
    await using world = await startWithOneCore();
    const { begun, call, endOne, ready, send } = world;
    const first = call('POST', '/login', { json: { email, password } });
    await until(() => begun.length === 1);
    endOne();
    const { device } = await first;
    await world.fill();
    const json = { email, password };
    const stranger = await send('of ada’s device', '192.0.2.1', { device });
    assert.equal(stranger.status, 503, 'the device is ada’s, the name is not');
    const owner = send('owner', '192.0.2.1', { json, device });
    await until(() => ready.at(-1) === password);
    endOne();
    await until(() => begun.length === 3);
    assert.deepEqual([begun[1], begun[2]], ['crowd 0', password]);
    world.endAll();
    assert.equal((await owner).status, 200);
  });

  test('whose turn did not come in time after all is refused, and that was no attempt', async () => {
    await using world = await startWithOneCore();
    const { server, send, endOne } = world;
    const first = send('runs', '192.0.2.1');
    await until(() => world.begun.length === 1);
    const late = send('late', '192.0.2.2');
    await until(() => world.ready.includes('late'));
    server.clock.advance(3_001);
    endOne();
    assertProblem(await late, 503, 'overloaded');
    assert.equal((await first).status, 401);
    assert.deepEqual(world.begun, ['runs']);
    const attempts = (await countersOf(server)).filter(({ counter }) => !counter.startsWith('failures'));
    assert.deepEqual(attempts.map((row) => Number(row.attempts)).sort(), [0, 0, 0, 0, 1, 1, 1, 1]);
    assert.deepEqual((await server.newEvents()).length, 1);
  });

  test('who is refused by the throttle leaves the place that was taken', async () => {
    await using world = await startWithOneCore();
    const { call, lanes, endAll } = world;
    endAll();
    const json = { email, password: 'not the password' };
    for (let attempt = 0; attempt < 10; attempt += 1)
      assert.equal((await call('POST', '/login', { json })).status, 401);
    for (let attempt = 0; attempt < 30; attempt += 1)
      assert.equal((await call('POST', '/login', { json })).status, 429);
    assert.deepEqual([lanes.quick.inFlight, lanes.quick.waiting], [0, 0]);
  });
});
