/**
 * The same attacks through nginx and haproxy as docs/proxies has them, with connections to the server that stay open and are shared by
 * all clients. Nothing is done that the proxy did not pass on as a request, and whoever asks next gets their own answer.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createClient } from '../support/client.ts';
import { followFeed, revokes } from '../support/feed.ts';
import { ada, type Held, logIn, signUp } from '../support/people.ts';
import { proxyKinds, type RunningProxy, replaceAll } from '../support/proxies.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { statusOf } from '../support/status.ts';
import { framingAttacks } from './framing-attacks.ts';
import { skipWithoutLoopbacks } from './loopback.ts';
import { converse, rawRequest, signUpRequest } from './raw.ts';
import { startTap, type Tap } from './tap.ts';

/** Where enemies come from, as the proxy sees it. */
const enemy = '127.0.0.66';
/** For an attack that leaves the proxy waiting: long enough that all it passes on has been passed on. */
const patienceMs = 250;

interface Rig {
  readonly server: TestServer;
  readonly tap: Tap;
  readonly proxy: RunningProxy;
  readonly victim: Held;
}

for (const kind of proxyKinds) {
  const skip = kind.isHere() ? skipWithoutLoopbacks : `NOT RUN: ${kind.name} was not found`;
  describe(`behind ${kind.name}`, { skip }, () => {
    const running = new AsyncDisposableStack();
    let rig: Rig;
    before(async () => {
      const server = running.use(await startServer({ env: { TRUST_PROXY: '1', RATE_LIMITS: 'off' } }));
      const tap = running.use(await startTap(server.url));
      const starting = kind.start([tap.port], (configuration) =>
        // The connections of all clients are mixed as much as can be: haproxy is more careful by default.
        kind.name === 'haproxy' ? replaceAll(configuration, [['http-reuse safe', 'http-reuse always']]) : configuration,
      );
      const proxy = running.use(await starting);
      const victim = await signUp(createClient(`http://127.0.0.1:${proxy.port}`));
      rig = { server, tap, proxy, victim };
      await server.newEvents();
    });
    after(() => running.disposeAsync());

    test('clients share connections to the server', async () => {
      await assertInStep(rig);
      const before = rig.tap.connections();
      for (let turn = 0; turn < 5; turn += 1) await assertInStep(rig);
      assert.equal(rig.tap.connections(), before);
    });

    for (const [at, { name, bytes }] of framingAttacks.entries()) {
      test(`attack: ${name}`, async () => {
        await assertInStep(rig);
        const forged = ['X-Forwarded-For: 203.0.113.66'];
        const hidden = signUpRequest(`mallory-${at}`, forged);
        const { answers } = await converse({ port: rig.proxy.port, from: enemy, patienceMs }, bytes(hidden));
        assert.ok(answers.every(({ status }) => status < 500 || status === 501 || status === 505));
        await assertInStep(rig);
        await assertNothingPast(rig);
      });
    }

    test('attack: a request whose end never comes keeps nobody waiting', async () => {
      const unfinished = signUpRequest('never').slice(0, -5);
      const waiting = Promise.all(
        Array.from({ length: 20 }, () => converse({ port: rig.proxy.port, from: enemy, patienceMs }, unfinished)),
      );
      await assertInStep(rig);
      await waiting;
      await assertInStep(rig);
      await assertNothingPast(rig);
    });

    test('what came past the proxy would be seen', async () => {
      const direct = Number(new URL(rig.server.url).port);
      const past = signUpRequest(`past-${kind.name}`);
      assert.equal((await converse({ port: direct, upTo: 1 }, past)).answers[0]?.status, 201);
      await assert.rejects(assertNothingPast(rig), /came past the proxy/);
    });

    test('attack: whatever a client says of its address, the proxy’s word counts', async () => {
      const said = [
        'X-Forwarded-For: 203.0.113.66',
        'X-Forwarded-For: 203.0.113.66, 203.0.113.67',
        'x-forwarded-for: 127.0.0.1',
        'X-Forwarded-For:',
        'X-Forwarded-For: ,,,',
        'X-Forwarded-For: unknown',
        'X-Forwarded-For: 203.0.113.66\r\nX-Forwarded-For: 203.0.113.67',
        'X_Forwarded_For: 203.0.113.66',
        'Forwarded: for=203.0.113.66',
        'X-Real-IP: 203.0.113.66',
        'Client-IP: 203.0.113.66\r\nTrue-Client-IP: 203.0.113.66\r\nCF-Connecting-IP: 203.0.113.66',
        'Connection: X-Forwarded-For\r\nX-Forwarded-For: 203.0.113.66',
        'Connection: close, X-Forwarded-For',
        `X-Forwarded-For: ${'203.0.113.66, '.repeat(400)}203.0.113.67`,
      ];
      for (const [at, headers] of said.entries()) {
        const request = signUpRequest(`liar-${at}`, headers.split('\r\n'));
        const { answers } = await converse({ port: rig.proxy.port, from: enemy, upTo: 1 }, request);
        assert.equal(answers[0]?.status, 201, headers.slice(0, 80));
        const addresses = (await rig.server.newEvents()).map(({ ip }) => ip);
        assert.deepEqual(new Set(addresses), new Set([enemy]), headers.slice(0, 80));
      }
    });

    test('10,000 addresses in one header are too much', async () => {
      const headers = [`X-Forwarded-For: ${'1.1.1.1,'.repeat(10_000)}1.1.1.1`];
      const request = signUpRequest('crowd', headers);
      const { answers } = await converse({ port: rig.proxy.port, from: enemy, patienceMs: 2_000 }, request);
      assert.ok([400, 414, 431].includes(answers[0]?.status ?? 0));
      assert.deepEqual(await rig.server.newEvents(), []);
      await assertInStep(rig);
    });

    test('the status feed comes as it happens', async () => {
      const url = `http://127.0.0.1:${rig.proxy.port}`;
      const call = createClient(url);
      const gone = await logIn(call, ada);
      await using feed = await followFeed(url);
      await feed.until(({ name }) => name === 'keys');
      await call('POST', '/logout', { token: gone.accessToken });
      await feed.until(revokes(statusOf(gone)));
      await rig.server.newEvents();
    });
  });
}

/** Several clients ask for several things, each on a connection of its own: each gets what it asked for. */
async function assertInStep({ proxy, victim }: Rig): Promise<void> {
  const ask = async (request: string) => (await converse({ port: proxy.port, upTo: 1 }, request)).answers[0];
  for (const code of ['conflict', 'malformed-json', 'username-taken', 'body-too-large']) {
    const answer = await ask(rawRequest(`GET /problems/${code}`, ['Connection: close']));
    if (answer?.status === 200) assert.ok(answer.body.includes(`\`${code}\``), `${code}: ${answer.body}`);
    else assert.equal(JSON.parse(answer?.body ?? '{}').code, 'path-not-found');
  }
  const me = await ask(rawRequest('GET /user', [`Authorization: Bearer ${victim.accessToken}`]));
  assert.equal(JSON.parse(me?.body ?? '{}').username, ada.username);
}

/** Each event of the record bears the address that the proxy gave. What the proxy did not see bears its own, or a forged one. */
async function assertNothingPast({ server }: Rig): Promise<void> {
  const events = await server.newEvents();
  const past = events.filter(({ ip }) => ip !== enemy);
  assert.deepEqual(past, [], 'came past the proxy');
}
