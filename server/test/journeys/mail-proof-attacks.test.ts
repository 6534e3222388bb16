/** What an enemy tries with the mails that let somebody in: those of a reset and those to sign in with. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { overloaded } from '../../src/kernel/overloaded.ts';
import { type Answer, type Call, type CallOptions, createClient } from '../support/client.ts';
import { type ReadMail, tokenOf } from '../support/mails.ts';
import { ada, bea, type Held, lives, logIn, signUp, verifyAddress } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { send } from '../support/wire.ts';

const next = 'nine grey herons wade';
const minute = 60_000;
const behindProxy = { env: { TRUST_PROXY: '1' } };
const from = (ip: string) => ({ 'x-forwarded-for': ip });

const doors = {
  reset: {
    ask: '/password/forgot',
    path: '/password/reset',
    body: (mail: ReadMail | undefined) => ({ token: tokenOf(mail), new_password: next }),
  },
  link: {
    ask: '/login/email',
    path: '/login/email/verify',
    body: (mail: ReadMail | undefined) => ({ token: tokenOf(mail) }),
  },
  code: {
    ask: '/login/email',
    path: '/login/email/verify',
    body: (mail: ReadMail | undefined) => ({ email: mail?.to, code: codeOf(mail) }),
  },
} as const;
type Door = keyof typeof doors;
const doorNames = Object.keys(doors) as Door[];

const codeOf = (mail: ReadMail | undefined): string =>
  (mail?.template === 'sign-in' ? mail.data.code : undefined) ?? assert.fail('no code');

interface World {
  readonly server: TestServer;
  readonly call: Call;
  /** Ada, who has verified her address. */
  readonly held: Held;
}

async function withAda(attack: (world: World) => Promise<void>, options: Parameters<typeof startServer>[0] = {}) {
  await using server = await startServer(options);
  const call = createClient(server.url);
  const held = await signUp(call);
  await verifyAddress(server, held.id);
  await server.newEvents();
  await server.newMails();
  await attack({ server, call, held });
}

const ask = (call: Call, door: Door, email = ada.email, options: CallOptions = {}) =>
  call('POST', doors[door].ask, { json: { email }, ...options });

/** The newest mail that comes of asking. */
async function mailFor({ server, call }: World, door: Door, email = ada.email): Promise<ReadMail | undefined> {
  await server.newMails();
  assert.equal((await ask(call, door, email)).status, 202);
  return (await server.newMails())[0];
}

const present = (call: Call, door: Door, mail: ReadMail | undefined, options: CallOptions = {}) =>
  call('POST', doors[door].path, { json: doors[door].body(mail), ...options });

const isWorthless = (answer: Answer) => {
  assertProblem(answer, 422, 'invalid-one-time-token');
  assert.equal(answer.device, undefined);
};

const opens = async (call: Call, password: string, email = ada.email, options: CallOptions = {}) =>
  (await call('POST', '/login', { json: { email, password }, ...options })).status === 200;

describe('twenty parallel uses of one mail: one succeeds', () => {
  for (const door of doorNames) {
    test(`by its ${door}`, () =>
      withAda(
        async (world) => {
          const { server, call, held } = world;
          const mail = await mailFor(world, door);
          await server.newEvents();
          const answers = await Promise.all(Array.from({ length: 20 }, () => present(call, door, mail)));
          assert.equal(answers.filter(({ status }) => status === 200).length, 1);
          for (const answer of answers.filter(({ status }) => status !== 200)) {
            // Of tries at a code more than fifteen at once have to wait.
            if (door === 'code' && answer.status === 429) continue;
            isWorthless(answer);
          }
          const done = (await server.newEvents())
            .filter(({ outcome }) => outcome === 'success')
            .map(({ event }) => event);
          const expected = door === 'reset' ? ['password.reset', 'session.ended'] : ['session.started'];
          assert.deepEqual(done, expected);
          assert.equal(await lives(call, held), door !== 'reset');
          isWorthless(await present(call, door === 'code' ? 'link' : door, mail));
        },
        { env: { RATE_LIMITS: 'on' } },
      ));
  }

  test('by its link and its code at once', () =>
    withAda(async (world) => {
      const mail = await mailFor(world, 'link');
      const ways = Array.from({ length: 10 }, (_, place) => (place % 2 === 0 ? 'link' : 'code') as Door);
      const answers = await Promise.all(ways.map((door) => present(world.call, door, mail)));
      assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    }));
});

describe('a scanner that opens links uses nothing up', () => {
  for (const door of doorNames) {
    test(`of a mail for its ${door}: GET, HEAD, and whatever a scanner may send`, () =>
      withAda(async (world) => {
        const { call, server } = world;
        const mail = await mailFor(world, door);
        await server.newEvents();
        const { pathname, hash } = new URL((mail && 'link' in mail.data && mail.data.link) || 'http://none');
        assert.match(hash, /^#token=/, 'the token is in the fragment, which is sent to no server');
        const token = encodeURIComponent(tokenOf(mail));
        for (const method of ['GET', 'HEAD', 'OPTIONS']) {
          for (const path of [
            pathname,
            `${pathname}?token=${token}`,
            doors[door].path,
            `${doors[door].path}?token=${token}`,
          ]) {
            await call(method, path);
          }
        }
        const prefetch = { 'sec-purpose': 'prefetch', 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' };
        await call('GET', doors[door].path, { headers: prefetch });
        assert.deepEqual(await server.newEvents(), []);
        assert.equal((await present(call, door, mail)).status, 200);
      }));
  }
});

describe('somebody else’s mail', () => {
  test('the code of one address opens no other', () =>
    withAda(async (world) => {
      await signUp(world.call, bea);
      const code = codeOf(await mailFor(world, 'code'));
      const json = { email: bea.email, code };
      isWorthless(await world.call('POST', '/login/email/verify', { json }));
    }));

  test('a link signs in the account that it was made for, whoever opens it, and resets no other', () =>
    withAda(async (world) => {
      const { call, held } = world;
      const other = await signUp(call, bea);
      const mail = await mailFor(world, 'link');
      const { body } = await present(call, 'link', mail, { token: other.accessToken, cookie: other.refreshToken });
      assert.equal(body.data.id, held.id);
      await present(call, 'reset', await mailFor(world, 'reset'), { token: other.accessToken });
      assert.deepEqual([await opens(call, next), await opens(call, bea.password, bea.email)], [true, true]);
    }));

  for (const door of doorNames) {
    test(`by its ${door}, after the address has changed hands`, () =>
      withAda(async (world) => {
        const { server, call, held } = world;
        const mail = await mailFor(world, door);
        await server.features.accounts.renameUser({ id: held.id, email: 'countess@example.com', by: undefined });
        // As if the days were over in which it is kept for whoever had it.
        await server.db.transact((tx) => server.features.oneTimeCodes.revoke(tx, held.id, ['undo-email']));
        const heir = await signUp(call, { ...bea, email: ada.email });
        await server.newEvents();
        isWorthless(await present(call, door, mail));
        assert.deepEqual([await lives(call, held), await lives(call, heir)], [true, true]);
        assert.equal(await opens(call, bea.password), true);
      }));

    test(`by its ${door}, when the account is deleted, restored, or somebody else’s`, () =>
      withAda(async (world) => {
        const { server, call, held } = world;
        const mail = await mailFor(world, door);
        await server.features.accounts.delete({ id: held.id, by: undefined });
        isWorthless(await present(call, door, mail));
        const heir = await signUp(call);
        isWorthless(await present(call, door, mail));
        assert.equal(await lives(call, heir), true);
      }));

    test(`by its ${door}, when there is a newer one`, () =>
      withAda(async (world) => {
        const older = await mailFor(world, door);
        const newer = await mailFor(world, door);
        if (codesDiffer(older, newer)) isWorthless(await present(world.call, door, older));
        assert.equal((await present(world.call, door, newer)).status, 200);
      }));
  }

  /** Once in a million two codes are the same. */
  const codesDiffer = (one: ReadMail | undefined, other: ReadMail | undefined) =>
    one?.template !== 'sign-in' || codeOf(one) !== codeOf(other);
});

test('two askings at the same moment leave one mail that is good', () =>
  withAda(async ({ server, call }) => {
    await Promise.all([ask(call, 'reset'), ask(call, 'reset'), ask(call, 'reset')]);
    const mails = await server.newMails();
    assert.equal(mails.length, 3);
    const statuses = [];
    for (const mail of mails) statuses.push((await present(call, 'reset', mail)).status);
    assert.deepEqual(statuses.sort(), [200, 422, 422]);
  }));

describe('host header poisoning: links lead to PUBLIC_URL alone', () => {
  const poisons: readonly (readonly [string, string])[][] = [
    [['Host', 'evil.example']],
    [['X-Forwarded-Host', 'evil.example']],
    [
      ['X-Forwarded-Host', 'evil.example'],
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-Port', '444'],
    ],
    [['Forwarded', 'host=evil.example;proto=https']],
    [
      ['X-Original-URL', '//evil.example/'],
      ['X-Rewrite-URL', '//evil.example/'],
    ],
    [
      ['Origin', 'http://evil.example'],
      ['Referer', 'http://evil.example/'],
    ],
  ];
  for (const env of [{}, { TRUST_PROXY: '1' }] as Readonly<Record<string, string>>[]) {
    test(`with TRUST_PROXY ${env.TRUST_PROXY ?? 'off'}`, () =>
      withAda(
        async ({ server }) => {
          for (const [place, poison] of poisons.entries()) {
            for (const { ask: path } of [doors.reset, doors.link]) {
              const headers = [
                ['Content-Type', 'application/json'],
                ['X-Forwarded-For', `192.0.2.${place}`],
                ...poison,
              ] as const;
              const body = JSON.stringify({ email: ada.email });
              const { status } = await send(server.url, { method: 'POST', path, headers: [...headers], body });
              for (const mail of await server.newMails()) {
                assert.doesNotMatch(JSON.stringify(mail), /evil/);
                assert.ok('link' in mail.data && mail.data.link.startsWith('http://localhost:9000/mail/'));
              }
              assert.ok(status === 202 || status === 400 || status === 429, `${status}`);
            }
          }
        },
        { env: { ...env, PUBLIC_URL: 'http://localhost:9000' } },
      ));
  }
});

describe('an enemy who wants in by codes', () => {
  test('with ever new mails and addresses hears fifteen answers, and the owner signs in by the link all the same', () =>
    withAda(async (world) => {
      const { server, call } = world;
      const answers: number[] = [];
      let newest: ReadMail | undefined;
      for (let guess = 0; guess < 60; guess += 1) {
        const headers = from(`203.0.113.${guess}`);
        await ask(call, 'code', ada.email, { headers });
        newest = (await server.newMails())[0] ?? newest;
        const code = String((Number(codeOf(newest)) + 1 + guess) % 1_000_000).padStart(6, '0');
        const { status } = await call('POST', '/login/email/verify', { json: { email: ada.email, code }, headers });
        answers.push(status);
      }
      assert.deepEqual([...new Set(answers)].sort(), [422, 429]);
      assert.equal(answers.filter((status) => status === 422).length, 15);
      assert.equal((await present(call, 'link', newest, { headers: from('192.0.2.7') })).status, 200);
    }, behindProxy));
});

describe('mail bombing', () => {
  test('an inbox gets five mails of a sort at once, fifteen in the first hour and then six an hour, from however many sources', () =>
    withAda(async ({ server, call }) => {
      const sent: number[] = [];
      for (let asking = 0; asking < 900; asking += 1) {
        await ask(call, 'reset', ada.email, { headers: from(`203.0.${asking >> 8}.${asking & 255}`) });
        const hour = Math.floor(asking / 300);
        sent[hour] = (sent[hour] ?? 0) + (await server.newMails()).length;
        server.clock.advance(minute / 5);
      }
      const [first = 0, second = 0, third = 0] = sent;
      assert.ok(first >= 5 && first <= 15, `${first} mails in the first hour`);
      assert.ok(second <= 7 && third <= 7, `${second} and ${third} mails in the hours after it`);
    }, behindProxy));

  test('keeps the owner out of nothing: the newest mail is in their inbox and lets them in', () =>
    withAda(async ({ server, call }) => {
      let newest: ReadMail | undefined;
      for (let asking = 0; asking < 400; asking += 1) {
        await ask(call, 'reset', ada.email, { headers: from(`203.0.${asking >> 8}.${asking & 255}`) });
        newest = (await server.newMails())[0] ?? newest;
        server.clock.advance(minute / 2);
      }
      assertProblem(await ask(call, 'reset', ada.email, { headers: from('192.0.2.7') }), 429, 'too-many-attempts');
      assert.equal((await present(call, 'reset', newest, { headers: from('192.0.2.7') })).status, 200);
      assert.equal(await opens(call, next, ada.email, { headers: from('192.0.2.7') }), true);
    }, behindProxy));

  test('with mails of one sort does not use up those of another', () =>
    withAda(async ({ server, call }) => {
      for (let asking = 0; asking < 20; asking += 1) await ask(call, 'link');
      await server.newMails();
      assert.equal((await ask(call, 'reset')).status, 202);
      assert.equal((await server.newMails()).length, 1);
    }));

  test('of many inboxes from one source ends after thirty mails', () =>
    withAda(async ({ server, call }) => {
      await server.newMails();
      let heard = 0;
      for (let asking = 0; asking < 60; asking += 1) {
        heard += (await ask(call, 'reset', `user${asking}@example.com`)).status === 202 ? 1 : 0;
      }
      assert.equal(heard, 30);
    }));
});

describe('a thief who is in', () => {
  test('is out with the reset: access tokens at once, refresh tokens, and what refreshes at that moment', () =>
    withAda(async (world) => {
      const { call, held } = world;
      const stolen = await logIn(call);
      const mail = await mailFor(world, 'reset');
      const refresh = () => call('POST', '/refresh-access-token', { json: { refresh_token: stolen.refreshToken } });
      const [reset, ...refreshed] = await Promise.all([present(call, 'reset', mail), refresh(), refresh(), refresh()]);
      assert.equal(reset?.status, 200);
      for (const { status, body } of refreshed) {
        if (status !== 200) continue;
        assert.equal(await lives(call, { accessToken: body.access_token }), false);
        const json = { refresh_token: body.refresh_token };
        assertProblem(await call('POST', '/refresh-access-token', { json }), 401, 'invalid-refresh-token');
      }
      for (const it of [held, stolen]) {
        assert.equal(await lives(call, it), false);
        const json = { refresh_token: it.refreshToken };
        assertProblem(await call('POST', '/refresh-access-token', { json }), 401, 'invalid-refresh-token');
      }
    }));

  test('cannot log in with the old password at that moment and stay', () =>
    withAda(async (world) => {
      const { call } = world;
      const mail = await mailFor(world, 'reset');
      const json = { email: ada.email, password: ada.password };
      const attempts = Array.from({ length: 8 }, () => call('POST', '/login', { json }));
      const [reset, ...logins] = await Promise.all([present(call, 'reset', mail), ...attempts]);
      assert.equal(reset?.status, 200);
      for (const { status, body } of logins) {
        if (status === 200) assert.equal(await lives(call, { accessToken: body.access_token }), false);
      }
      assert.equal(await opens(call, ada.password), false);
    }));

  test('has no mail left to come back with', () =>
    withAda(async (world) => {
      const [link, reset] = [await mailFor(world, 'link'), await mailFor(world, 'reset')];
      await present(world.call, 'reset', reset);
      for (const door of ['link', 'code'] as const) isWorthless(await present(world.call, door, link));
    }));
});

describe('after a reset', () => {
  const office = { headers: from('192.0.2.7') };
  const guess = (call: Call, ip: string, options: CallOptions = {}) =>
    call('POST', '/login', { json: { email: ada.email, password: 'wrong' }, headers: from(ip), ...options });

  async function besiege(call: Call): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt += 1) await guess(call, `203.0.113.${attempt}`);
    assert.equal((await guess(call, '203.0.113.99')).status, 429);
  }

  test('the owner gets in through a siege from the browser that reset, and the siege goes on for strangers', () =>
    withAda(async (world) => {
      const { call } = world;
      await besiege(call);
      const { device } = await present(call, 'reset', await mailFor(world, 'reset'), office);
      assert.match(device ?? '', /^[\w-]{22}\.\d+\.[\w-]{22}$/);
      assert.equal(await opens(call, next, ada.email, { ...office, device }), true);
      // Else whoever besieges a name would learn from a reset that there is an account, and guess on.
      assert.equal((await guess(call, '203.0.113.99')).status, 429);
      assert.equal((await guess(call, '203.0.113.100')).status, 429);
    }, behindProxy));

  test('known devices of before are strangers', () =>
    withAda(async (world) => {
      const { call } = world;
      const json = { email: ada.email, password: ada.password };
      const { device } = await call('POST', '/login', { json, ...office });
      const renewed = await present(call, 'reset', await mailFor(world, 'reset'), { ...office, device });
      assert.notEqual(renewed.device, device);
      await besiege(call);
      assert.equal((await guess(call, '192.0.2.8', { device })).status, 429);
      assert.equal(await opens(call, next, ada.email, { headers: from('192.0.2.8'), device: renewed.device }), true);
    }, behindProxy));

  test('the owner’s own mistakes from there are forgiven, also for clients without cookies', () =>
    withAda(async (world) => {
      const { call } = world;
      for (let attempt = 0; attempt < 12; attempt += 1) await guess(call, '192.0.2.7');
      assert.equal((await guess(call, '192.0.2.7')).status, 429);
      await present(call, 'reset', await mailFor(world, 'reset'), office);
      assert.equal(await opens(call, next, ada.email, office), true);
    }, behindProxy));
});

test('twenty new passwords are looked at for one token: more have to wait', () =>
  withAda(async (world) => {
    const { server, call } = world;
    const mail = await mailFor(world, 'reset');
    const { hash } = server.hasher;
    let hashes = 0;
    server.hasher.hash = () => {
      hashes += 1;
      return Promise.reject(overloaded({ retryAfterSeconds: 1 }));
    };
    const answers = await Promise.all(Array.from({ length: 40 }, () => present(call, 'reset', mail)));
    assert.equal(hashes, 20);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array(20).fill(429), ...Array(20).fill(503)]);
    server.hasher.hash = hash;
    assertProblem(await present(call, 'reset', mail), 429, 'too-many-attempts');
    server.clock.advance(minute);
    assert.equal((await present(call, 'reset', mail)).status, 200);
  }));
