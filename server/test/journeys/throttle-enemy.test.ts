/**
 * One enemy who does all at once what an enemy can do: several nodes whose clocks differ and jump, nodes that restart, ever new IPv6
 * networks, all spellings of both names, `/login`, `/token`, and `/user/password` with a stolen session.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Call, createClient } from '../support/client.ts';
import { ada, type Held, signUp } from '../support/people.ts';
import { createTestClock, type TestClock } from '../support/ports.ts';
import { startServer, type TestServer } from '../support/server.ts';

const behindProxy = { env: { TRUST_PROXY: '1' } };
const hour = 3_600_000;
const day = 24 * hour;
const from = (ip: string) => ({ 'x-forwarded-for': ip });

const addresses = ['ada@example.com', 'ADA@EXAMPLE.COM', 'ａｄａ@example.com', 'Ada@Example.Com'];
const usernames = ['ada', 'ADA', 'ａｄａ', 'Ａda'];

interface Node {
  server: TestServer;
  call: Call;
  readonly clock: TestClock;
}

/** Nodes of one installation, which count the guesses that are heard: those by which the first user would be let in, were they right. */
async function startNodes(first: TestServer, skews: readonly number[]) {
  const heard = { count: 0 };
  const start = async (clock: TestClock): Promise<TestServer> => {
    const server = await startServer({ ...behindProxy, db: first.db, clock });
    const { passwords } = server.features;
    const { admit } = passwords;
    // Not the hasher's calls: what is not heard costs the same work, over the same hash.
    const counting: typeof admit = (atHand, asker) => {
      const check = admit(atHand, asker);
      const verify: typeof check.verify = (password, options) => {
        if (atHand.found?.userId === 1 && options.heard && password !== ada.password) heard.count += 1;
        return check.verify(password, options);
      };
      return { verify, [Symbol.dispose]: () => check[Symbol.dispose]() };
    };
    Object.assign(passwords, { admit: counting });
    return server;
  };
  const nodes: Node[] = [];
  for (const skew of skews) {
    const clock = createTestClock(first.clock.now() + skew);
    const server = await start(clock);
    nodes.push({ server, call: createClient(server.url), clock });
  }
  const restart = async (node: Node): Promise<void> => {
    await node.server[Symbol.asyncDispose]();
    node.server = await start(node.clock);
    node.call = createClient(node.server.url);
  };
  return {
    nodes,
    heard,
    restart,
    async [Symbol.asyncDispose]() {
      for (const { server } of nodes) await server[Symbol.asyncDispose]();
    },
  };
}

/** A network that nobody has come from yet, or an address of one that is known already. */
const networkOf = (guess: number) =>
  from(`2001:db8:${(guess % 997).toString(16)}:${(guess % 89).toString(16)}::${guess}`);

/** Guesses with a stolen session, as long as it lives. */
async function guessWithSession(call: Call, stolen: { refreshToken: string }, guess: number): Promise<number> {
  const refreshed = await call('POST', '/refresh-access-token', { json: { refresh_token: stolen.refreshToken } });
  assert.equal(refreshed.status, 200);
  stolen.refreshToken = refreshed.body.refresh_token;
  const json = { current_password: `guess ${guess}`, new_password: 'nine grey herons wade' };
  const token: string = refreshed.body.access_token;
  return (await call('POST', '/user/password', { token, json, headers: networkOf(guess) })).status;
}

describe('an enemy with more than 1,000 guesses', () => {
  for (const [what, steps, pauseMs] of [
    ['at once', 350, 0],
    ['within a day', 350, Math.floor(day / 350)],
    ['within 29 days', 350, Math.floor((29 * day) / 350)],
  ] as const) {
    test(`${what}: fewer than 100 are heard in all, and the owner's device logs in on every node`, async () => {
      await using first = await startServer(behindProxy);
      const stolen: Held & { refreshToken: string } = { ...(await signUp(createClient(first.url))) };
      const login = { json: { email: ada.email, password: ada.password } };
      let { device } = await createClient(first.url)('POST', '/login', login);
      await using house = await startNodes(first, [0, 5 * hour, -3 * hour]);
      const { nodes, heard, restart } = house;
      const statuses = new Set<number>();
      for (let step = 0; step < steps; step += 1) {
        const node = nodes[step % nodes.length] as Node;
        const guess = 3 * step;
        const password = `guess ${guess}`;
        const form = { grant_type: 'password', username: usernames[step % 4] ?? '', password };
        const json = { email: addresses[step % 4], password };
        const [byAddress, byUsername] = await Promise.all([
          node.call('POST', '/login', { json, headers: networkOf(guess) }),
          node.call('POST', '/token', { form, headers: networkOf(guess + 1) }),
        ]);
        statuses.add(byAddress.status).add(byUsername.status);
        statuses.add(await guessWithSession(node.call, stolen, guess + 2));
        for (const { clock } of nodes) clock.advance(pauseMs);
        // A clock is put right, or wrong.
        if (step % 70 === 35) node.clock.advance(step % 140 === 35 ? 4 * hour : -4 * hour);
        if (step % 50 === 49) await restart(node);
        if (step % 25 === 24) {
          const answer = await node.call('POST', '/login', { ...login, device, headers: networkOf(guess) });
          assert.equal(answer.status, 200, `the owner at step ${step}`);
          device = answer.device;
        }
      }
      assert.deepEqual([...statuses].sort(), [400, 401, 422, 429]);
      assert.ok(heard.count >= 20 && heard.count < 100, `${heard.count} were heard`);
    });
  }
});

test('attack: a clock that was years ahead for a minute shuts nobody out for years', async () => {
  await using server = await startServer(behindProxy);
  const call = createClient(server.url);
  await signUp(call);
  const years = 12 * 365 * day;
  server.clock.advance(years);
  const guess = (ip: string) =>
    call('POST', '/login', { json: { email: ada.email, password: 'a guess' }, headers: from(ip) });
  for (let attempt = 0; attempt < 21; attempt += 1) await guess(`203.0.113.${attempt}`);
  server.clock.advance(-years);
  const login = { json: { email: ada.email, password: ada.password }, headers: from('192.0.2.1') };
  assert.equal((await call('POST', '/login', login)).status, 200);
  // What was guessed then is remembered all the same.
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 3; attempt += 1) statuses.push((await guess(`198.51.100.${attempt}`)).status);
  assert.deepEqual(statuses, [401, 429, 429]);
});
