/**
 * One account under attack from everywhere: strangers wait, the owner's known device does not (issue: "attackers slow down, owners stay
 * in"). OWASP "Slow Down Online Guessing Attacks with Device Cookies", NIST SP 800-63B-4 §3.2.2.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Database, Tx } from '../../src/db/database.ts';
import { behind } from '../support/behind.ts';
import { type Answer, type Call, type CallOptions, createClient } from '../support/client.ts';
import { createPausingDatabase, type Pause } from '../support/pausing-database.ts';
import { ada, bea, signUp } from '../support/people.ts';
import { createTestClock } from '../support/ports.ts';
import { assertOAuthError, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const behindProxy = { env: { TRUST_PROXY: '1' } };
const from = (ip: string) => ({ 'x-forwarded-for': ip });
const minute = 60_000;
const day = 24 * 60 * minute;

const right = { json: { email: ada.email, password: ada.password } };
const wrong = (email = ada.email) => ({ json: { email, password: 'not the password' } });
const logIn = (call: Call, options: CallOptions = {}) => call('POST', '/login', { ...right, ...options });
const guess = (call: Call, options: CallOptions = {}) => call('POST', '/login', { ...wrong(), ...options });

/** The device token of somebody who has just signed up. */
async function ownersDevice(call: Call): Promise<string> {
  const { device } = await call('POST', '/signup', { json: ada });
  assert.ok(device);
  return device;
}

const forgetAll = ({ db }: TestServer) => behind(db, (builder) => builder.deleteFrom('throttle_counters'));

/** Guesses from ever new addresses until the account is blocked for all strangers. */
async function besiege(call: Call, email = ada.email): Promise<Answer> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    assert.equal(
      (await call('POST', '/login', { ...wrong(email), headers: from(`203.0.113.${attempt}`) })).status,
      401,
    );
  }
  const refused = await call('POST', '/login', { ...wrong(email), headers: from('203.0.113.99') });
  assertProblem(refused, 429, 'too-many-attempts');
  return refused;
}

describe('an enemy with 1,000 wrong guesses from 100 addresses', () => {
  for (const [how, pauseMs] of [
    ['at once', 0],
    ['within a day', day / 1_000],
    ['within thirty days', (30 * day) / 1_000],
  ] as const) {
    test(`${how}: fewer than 100 are heard, and the owner's device logs in all along`, async () => {
      await using server = await startServer(behindProxy);
      const call = createClient(server.url);
      let device = await ownersDevice(call);
      const owner = async () => {
        const answer = await logIn(call, { device, headers: from('203.0.113.7') });
        assert.equal(answer.status, 200);
        device = answer.device ?? '';
      };
      let heard = 0;
      for (let attempt = 0; attempt < 1_000; attempt += 1) {
        const before = server.hasher.calls.verify;
        const { status } = await guess(call, { headers: from(`203.0.113.${attempt % 100}`) });
        const hashed = server.hasher.calls.verify - before;
        assert.deepEqual([status, hashed], hashed === 1 ? [401, 1] : [429, 0]);
        heard += hashed;
        if (attempt % 50 === 49) await owner();
        server.clock.advance(pauseMs);
      }
      assert.ok(heard >= 20 && heard < 100, `${heard} were heard`);
      await owner();
    });
  }

  test('who waits each wait out gets 50 in a day, and the owner comes in from a new device when it is over', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    await ownersDevice(call);
    const end = server.clock.now() + day;
    let heard = 0;
    for (let attempt = 0; server.clock.now() < end; attempt += 1) {
      const answer = await guess(call, { headers: from(`203.0.113.${attempt % 100}`) });
      if (answer.status === 401) heard += 1;
      else server.clock.advance(Number(answer.headers.get('retry-after')) * 1_000);
    }
    assert.ok(heard <= 50, `${heard} were heard`);
    await guess(call, { headers: from('203.0.113.1') });
    const refused = await logIn(call, { headers: from('192.0.2.1') });
    assertProblem(refused, 429, 'too-many-attempts');
    const seconds = Number(refused.headers.get('retry-after'));
    assert.ok(seconds <= 3_600);
    server.clock.advance(seconds * 1_000);
    assert.equal((await logIn(call, { headers: from('192.0.2.1') })).status, 200);
  });
});

describe('strangers', () => {
  test('are answered alike whether or not the account exists, to the byte, and cost no hash', async () => {
    const observe = async (email: string) => {
      await using server = await startServer(behindProxy);
      const call = createClient(server.url);
      await signUp(call);
      const { calls } = server.hasher;
      const before = { ...calls };
      const refused = await besiege(call, email);
      const headers = [...refused.headers].filter(([name]) => name !== 'date');
      return { headers, body: { ...refused.body, instance: '' }, hashed: calls.verify - before.verify };
    };
    const [known, unknown] = [await observe(ada.email), await observe('nobody@example.com')];
    assert.deepEqual(known, unknown);
    assert.equal(known.hashed, 20);
    assert.equal(
      known.headers.some(([name]) => name === 'set-cookie'),
      false,
    );
  });

  test('find all spellings of a name on one counter', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    await signUp(call);
    const spellings = ['ADA@example.com', 'ada@EXAMPLE.COM', 'ａｄａ@example.com', 'Ada@Example.Com'];
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const email = spellings[attempt % spellings.length] ?? '';
      await call('POST', '/login', { ...wrong(email), headers: from(`203.0.113.${attempt}`) });
    }
    for (const email of spellings) {
      assert.equal((await call('POST', '/login', { ...wrong(email), headers: from('192.0.2.9') })).status, 429);
    }
  });

  test('a success takes its own mistakes back, and none of somebody else', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    await signUp(call);
    for (let attempt = 0; attempt < 15; attempt += 1) await guess(call, { headers: from(`203.0.113.${attempt}`) });
    for (const _ of [1, 2, 3]) await guess(call, { headers: from('192.0.2.1') });
    assert.equal((await logIn(call, { headers: from('192.0.2.1') })).status, 200);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      statuses.push((await guess(call, { headers: from(`198.51.100.${attempt}`) })).status);
    }
    assert.deepEqual(statuses, [...Array(5).fill(401), 429]);
  });

  test('the counter of an account holds on every node and after a restart', async () => {
    await using one = await startServer(behindProxy);
    await using other = await startServer({ ...behindProxy, db: one.db, clock: one.clock });
    const calls = [createClient(one.url), createClient(other.url)];
    await signUp(createClient(one.url));
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 22; attempt += 1) {
      const call = calls[attempt % 2] as Call;
      statuses.push((await guess(call, { headers: from(`203.0.113.${attempt}`) })).status);
    }
    assert.deepEqual(statuses, [...Array(20).fill(401), 429, 429]);
    await using third = await startServer({ ...behindProxy, db: one.db, clock: one.clock });
    assert.equal((await guess(createClient(third.url), { headers: from('192.0.2.1') })).status, 429);
  });

  test('a hundred at once from a hundred addresses: twenty are heard', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    await signUp(call);
    const guesses = Array.from({ length: 100 }, (_, it) => guess(call, { headers: from(`203.0.113.${it}`) }));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 401).length, 20);
    assert.equal(server.hasher.calls.verify, 20);
  });
});

describe('the address and the username of one account', () => {
  const token = (call: Call, username: string, password: string, ip: string, device?: string) =>
    call('POST', '/token', { form: { grant_type: 'password', username, password }, headers: from(ip), device });

  test('share their guesses: with those of one used up, not even the right password is heard under the other', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const device = await ownersDevice(call);
    await besiege(call);
    assertOAuthError(await token(call, 'ada', ada.password, '192.0.2.1'), 400, 'invalid_grant');
    assert.equal((await token(call, 'ada', ada.password, '192.0.2.1', device)).status, 200);
    server.clock.advance(30_000);
    assert.equal((await token(call, 'ada', ada.password, '192.0.2.1')).status, 200);
  });

  test('attack: nobody learns from the answers which username goes with which address, or that either exists', async () => {
    const observe = async (email: string, username: string) => {
      await using server = await startServer(behindProxy);
      const call = createClient(server.url);
      await signUp(call);
      await signUp(call, bea);
      await besiege(call, email);
      const before = server.hasher.calls.verify;
      const answers: unknown[] = [];
      for (let attempt = 0; attempt < 22; attempt += 1) {
        const { status, headers, body } = await token(call, username, 'not the password', `198.51.100.${attempt}`);
        answers.push([status, [...headers].filter(([name]) => name !== 'date'), { ...body, instance: '' }]);
      }
      return { answers, hashed: server.hasher.calls.verify - before };
    };
    const own = await observe(ada.email, 'ada');
    assert.deepEqual(own, await observe(ada.email, 'bea'));
    assert.deepEqual(own, await observe('nobody@example.com', 'nobody'));
    assert.equal(own.hashed, 20);
  });
});

test('nobody, somebody and somebody who is not heard cost the same statements', async () => {
  await using ground = await startServer();
  const counted = countingStatements(ground.db);
  await using server = await startServer({ ...behindProxy, db: counted.db });
  const call = createClient(server.url);
  await signUp(call);
  await besiege(call);
  const costOf = async (username: string) => {
    const ask = (ip: string) =>
      call('POST', '/token', {
        form: { grant_type: 'password', username, password: 'not the password' },
        headers: from(ip),
      });
    // The first makes the rows of the counters.
    await ask('192.0.2.1');
    counted.reset();
    assertOAuthError(await ask('192.0.2.1'), 400, 'invalid_grant');
    return counted.statements();
  };
  const costs = [await costOf('nobody'), await costOf('nobody@example.com'), await costOf('ada')];
  assert.deepEqual(new Set(costs).size, 1, `${costs}`);
});

/** A database that counts what is asked of it. */
function countingStatements(db: Database) {
  let statements = 0;
  const asking: ReadonlySet<string | symbol> = new Set(['all', 'first', 'execute', 'insert', 'query']);
  const counting = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(it, name) {
        const value: unknown = Reflect.get(it, name, it);
        if (typeof value !== 'function') return value;
        return (...sent: unknown[]) => {
          if (asking.has(name)) statements += 1;
          if (name !== 'transact') return value.apply(it, sent);
          const [work, options] = sent as [(tx: Tx) => Promise<unknown>, object | undefined];
          return value.call(it, (tx: Tx) => work(counting(tx)), options);
        };
      },
    });
  return {
    db: counting(db),
    statements: () => statements,
    reset: () => {
      statements = 0;
    },
  };
}

describe('a known device', () => {
  test('passes while its owner is besieged, also where the siege comes from, and is renewed', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const device = await ownersDevice(call);
    await besiege(call);
    const again = await logIn(call, { device, headers: from('203.0.113.1') });
    assert.equal(again.status, 200);
    assert.notEqual(again.device, device);
    assert.equal((await logIn(call, { device: again.device, headers: from('192.0.2.1') })).status, 200);
    assert.equal((await logIn(call, { headers: from('192.0.2.1') })).status, 429);
  });

  test('passes at the token endpoint too, by either name; that gives no cookie of its own', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const device = await ownersDevice(call);
    await besiege(call);
    for (const username of [ada.email, ada.username]) {
      const form = { grant_type: 'password', username, password: ada.password };
      const answer = await call('POST', '/token', { form, device, headers: from('192.0.2.1') });
      assert.deepEqual([answer.status, answer.headers.getSetCookie()], [200, []], username);
    }
  });

  test('a success there opens no door to strangers', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const device = await ownersDevice(call);
    await besiege(call);
    await logIn(call, { device });
    assert.equal((await guess(call, { headers: from('192.0.2.1') })).status, 429);
  });

  test('attack: ten wrong guesses from it, and it is a stranger, for itself alone', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const stolen = await ownersDevice(call);
    const { device: own } = await logIn(call);
    await besiege(call);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1) {
      statuses.push((await guess(call, { device: stolen, headers: from(`198.51.100.${attempt}`) })).status);
    }
    assert.deepEqual(statuses, [...Array(10).fill(401), 429, 429]);
    assertProblem(await logIn(call, { device: stolen, headers: from('192.0.2.1') }), 429, 'too-many-attempts');
    // However long the thief waits.
    server.clock.advance(300 * day);
    await besiege(call);
    assert.equal((await guess(call, { device: stolen, headers: from('192.0.2.1') })).status, 429);
    assert.equal((await logIn(call, { device: own, headers: from('192.0.2.1') })).status, 200);
  });

  test('attack: fifty guesses at once from it: ten are heard there, and then those of a stranger', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const device = await ownersDevice(call);
    const answers = await Promise.all(Array.from({ length: 50 }, () => guess(call, { device })));
    assert.equal(answers.filter(({ status }) => status === 401).length, 20);
    assert.equal(server.hasher.calls.verify, 20);
  });

  test('mistakes of the owner are forgotten with the next success', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    let device = await ownersDevice(call);
    await besiege(call);
    for (let round = 0; round < 3; round += 1) {
      for (let mistake = 0; mistake < 9; mistake += 1) assert.equal((await guess(call, { device })).status, 401);
      const answer = await logIn(call, { device });
      assert.equal(answer.status, 200);
      device = answer.device ?? '';
    }
  });

  test('stays known after a logout, and for a year', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const device = await ownersDevice(call);
    const { body } = await logIn(call);
    const loggedOut = await call('POST', '/logout', { token: body.access_token, device });
    assert.deepEqual([loggedOut.status, loggedOut.device], [200, undefined]);
    server.clock.advance(364 * day);
    await besiege(call);
    assert.equal((await logIn(call, { device })).status, 200);
    server.clock.advance(day);
    for (const ip of ['198.51.100.1', '198.51.100.2']) await guess(call, { headers: from(ip) });
    assert.equal((await logIn(call, { device, headers: from('192.0.2.1') })).status, 429);
  });

  test('knows one account: another’s refusals are what a stranger gets', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    await signUp(call);
    const { device } = await call('POST', '/signup', { json: bea });
    await besiege(call);
    assert.equal((await logIn(call, { device, headers: from('192.0.2.1') })).status, 429);
  });
});

describe('changing the password', () => {
  const next = 'nine grey herons wade';
  const change = (call: Call, token: string, options: CallOptions = {}) =>
    call('POST', '/user/password', {
      token,
      json: { current_password: ada.password, new_password: next },
      ...options,
    });
  const withNew = { json: { email: ada.email, password: next } };

  test('makes strangers of all devices but the one that did it', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const thiefs = await ownersDevice(call);
    const { body } = await logIn(call);
    server.clock.advance(1_000);
    const { device } = await change(call, body.access_token);
    await besiege(call);
    assert.equal((await logIn(call, { ...withNew, device: thiefs, headers: from('192.0.2.1') })).status, 429);
    assert.equal((await logIn(call, { ...withNew, device, headers: from('192.0.2.1') })).status, 200);
  });

  test('by the operator makes strangers of them all', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const device = await ownersDevice(call);
    server.clock.advance(1_000);
    await server.features.accounts.setPassword({ id: 1 as never, password: next });
    await besiege(call);
    assert.equal((await logIn(call, { ...withNew, device, headers: from('192.0.2.1') })).status, 429);
  });

  for (const point of ['begin', 'committed'] as const) {
    const when = point === 'begin' ? 'when its password was proven' : 'when it was decided, but not answered';
    test(`overtakes a login that was under way, ${when}: that gets nobody past a siege`, async () => {
      await using owner = await startServer(behindProxy);
      const { db, pauseAt } = createPausingDatabase(owner.db);
      await using server = await startServer({ ...behindProxy, db, clock: owner.clock });
      const call = createClient(owner.url);
      const { accessToken } = await signUp(call);
      const login = Promise.withResolvers<Pause>();
      const { verify } = server.hasher;
      server.hasher.verify = (...given) => {
        login.resolve(pauseAt(point));
        return verify(...given);
      };
      const thief = logIn(createClient(server.url), { headers: from('198.51.100.1') });
      const pause = await login.promise;
      await pause.reached;
      const { device } = await change(call, accessToken);
      owner.clock.advance(1);
      pause.resume();
      const stolen = await thief;
      assert.deepEqual([stolen.status, stolen.device !== undefined], point === 'begin' ? [401, false] : [200, true]);
      await forgetAll(owner);
      await besiege(call);
      const entering = { ...withNew, headers: from('192.0.2.1') };
      assertProblem(await logIn(call, { ...entering, device: stolen.device }), 429, 'too-many-attempts');
      assert.equal((await logIn(call, { ...entering, device })).status, 200);
    });
  }

  for (const [what, aheadMs] of [
    ['ahead', day],
    ['behind', -day],
    ['the same, to the millisecond', 0],
  ] as const) {
    test(`on a node to which the clock of another is ${what}: the old cookies are worth nothing, the new one is good on both`, async () => {
      await using one = await startServer(behindProxy);
      const clock = createTestClock(one.clock.now() + aheadMs);
      await using other = await startServer({ ...behindProxy, db: one.db, clock });
      const calls = [createClient(one.url), createClient(other.url)] as const;
      const { accessToken } = await signUp(calls[0]);
      const old = [(await logIn(calls[1])).device, (await logIn(calls[0])).device];
      const { device } = await change(calls[0], accessToken);
      for (const [call, node] of [
        [calls[0], one],
        [calls[1], other],
      ] as const) {
        await besiege(call);
        for (const it of old) {
          const refused = await logIn(call, { ...withNew, device: it, headers: from('192.0.2.1') });
          assertProblem(refused, 429, 'too-many-attempts');
        }
        const answer = await logIn(call, { ...withNew, device, headers: from('192.0.2.1') });
        assert.equal(answer.status, 200);
        await forgetAll(node);
      }
    });
  }

  test('back to a former one revives no cookie of its time', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const { body, device } = await call('POST', '/signup', { json: ada });
    await change(call, body.access_token);
    const json = { current_password: next, new_password: ada.password };
    assert.equal((await change(call, body.access_token, { json })).status, 200);
    await besiege(call);
    assert.equal((await logIn(call, { device, headers: from('192.0.2.1') })).status, 429);
  });

  test('can be kept from its owner by no siege', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const { accessToken } = await signUp(call);
    await besiege(call);
    assert.equal((await change(call, accessToken, { headers: from('192.0.2.1') })).status, 200);
  });

  test('that is refused makes nothing known', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { accessToken } = await signUp(call);
    const json = { current_password: 'not the password', new_password: next };
    const refused = await change(call, accessToken, { json });
    assert.deepEqual([refused.status, refused.headers.getSetCookie()], [422, []]);
  });
});

describe('attacks on the cookie: each is a stranger', () => {
  const flip = (text: string) => `${text.slice(0, -2)}${text.at(-2) === 'A' ? 'B' : 'A'}${text.at(-1)}`;
  const attacks: readonly (readonly [what: string, cookie: (own: string, bea: string) => string])[] = [
    ['none', () => ''],
    ['a made-up one', () => `device=${'A'.repeat(22)}.1767225600000.${'A'.repeat(22)}`],
    ['a tag with one bit changed', (own) => `device=${flip(own)}`],
    ['another id under the tag', (own) => `device=${'A'.repeat(22)}${own.slice(22)}`],
    ['a later instant under the tag', (own) => `device=${own.replace(/\.(\d+)\./, (_, at) => `.${Number(at) + 1}.`)}`],
    ['an instant in another spelling', (own) => `device=${own.replace(/\.(\d+)\./, '.0$1.')}`],
    ['without its tag', (own) => `device=${own.split('.').slice(0, 2).join('.')}`],
    ['of another account', (_, beas) => `device=${beas}`],
    ['two, the right one first', (own, beas) => `device=${own}; device=${beas}`],
    ['two, the right one last', (own, beas) => `device=${beas}; device=${own}`],
    ['under the name of production', (own) => `__Host-device=${own}`],
    ['as the refresh token', (own) => `refresh_token=${own}`],
    ['something very long', () => `device=${'A'.repeat(8_000)}`],
  ];
  test('refused with 429 while the account is besieged', async (t) => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const own = await ownersDevice(call);
    const { device: beas = '' } = await call('POST', '/signup', { json: bea });
    await besiege(call);
    for (const [what, cookie] of attacks) {
      await t.test(what, async () => {
        const headers = { ...from('192.0.2.1'), cookie: cookie(own, beas) };
        const refused = await logIn(call, { headers });
        assertProblem(refused, 429, 'too-many-attempts');
        assert.deepEqual(refused.headers.getSetCookie(), []);
      });
    }
    assert.equal((await logIn(call, { device: own })).status, 200, 'the control');
  });

  test('says nothing of whose it is', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const tokens = [await ownersDevice(call), (await logIn(call)).device ?? ''];
    for (const token of tokens) assert.match(token, /^[\w-]{22}\.\d{13}\.[\w-]{22}$/);
    assert.notEqual(tokens[0]?.split('.')[0], tokens[1]?.split('.')[0]);
  });

  test('a SECRET_KEY that was replaced is still believed as a former one, and not when it is gone', async () => {
    const [old, young] = ['the old secret key of this server', 'the young secret key of this server'];
    await using first = await startServer({ ...behindProxy, secretKey: old });
    const device = await ownersDevice(createClient(first.url));
    const statusWith = async (options: Parameters<typeof startServer>[0]) => {
      await using server: TestServer = await startServer({
        ...behindProxy,
        db: first.db,
        clock: first.clock,
        ...options,
      });
      const call = createClient(server.url);
      await besiege(call);
      const { status } = await logIn(call, { device, headers: from('192.0.2.1') });
      server.clock.advance(day * 30);
      return status;
    };
    assert.equal(await statusWith({ secretKey: young, formerSecretKeys: [old] }), 200);
    assert.equal(await statusWith({ secretKey: young }), 429);
  });
});
