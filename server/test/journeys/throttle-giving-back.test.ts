/**
 * What a success gives back is what its maker was charged, at each counter: no more, or an enemy would guess on it, and no less, or the
 * owner's own mistakes would stay (NIST SP 800-63B-4 §3.2.2).
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { overloaded } from '../../src/kernel/overloaded.ts';
import { behind } from '../support/behind.ts';
import { type Call, createClient } from '../support/client.ts';
import { ada, signUp } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';

const behindProxy = { env: { TRUST_PROXY: '1' } };
const from = (ip: string) => ({ 'x-forwarded-for': ip });
const office = from('192.0.2.1');

const logIn = (call: Call, password: string, headers = office) =>
  call('POST', '/login', { json: { email: ada.email, password }, headers });
const byUsername = (call: Call, password: string, headers = office) =>
  call('POST', '/token', { form: { grant_type: 'password', username: ada.username, password }, headers });
const change = (call: Call, token: string, password: string) =>
  call('POST', '/user/password', {
    token,
    json: { current_password: password, new_password: 'nine grey herons wade' },
    headers: office,
  });

/** What every counter holds, but for those that hold nothing. */
async function counted({ db }: TestServer): Promise<Record<string, number[]>> {
  const rows = await behind<{ counter: string; attempts: number; unheard: number | null }>(db, (builder) =>
    builder.selectFrom('throttle_counters').select(['counter', 'attempts', 'unheard']).where('attempts', '>', 0),
  );
  const relevant = rows.filter(({ counter }) => !/^(?:failures|signup):/.test(counter));
  return Object.fromEntries(
    relevant.map((row) => [row.counter, [Number(row.attempts), Number(row.unheard ?? 0)]] as const),
  );
}

const forgetAll = ({ db }: TestServer) => behind(db, (builder) => builder.deleteFrom('throttle_counters'));

/** Has every hash of `work` refused for lack of a core. */
async function overloadedFor(server: TestServer, work: () => Promise<unknown>): Promise<void> {
  const { verify } = server.hasher;
  server.hasher.verify = () => Promise.reject(overloaded({ retryAfterSeconds: 1 }));
  await work().finally(() => {
    server.hasher.verify = verify;
  });
}

describe('after a success of the owner every counter holds what the enemy was charged, and nothing else', () => {
  const mistake = fc.constantFrom('login', 'change', 'overloaded login', 'overloaded change');
  const history = fc.record({
    guesses: fc.integer({ min: 0, max: 18 }),
    guessesByUsername: fc.integer({ min: 0, max: 18 }),
    mistakes: fc.array(mistake, { maxLength: 8 }),
    success: fc.constantFrom('login', 'change'),
  });

  test('whatever mistakes it comes after, at the login and at the change of the password', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    await signUp(call);
    await fc.assert(
      fc.asyncProperty(history, async ({ guesses, guessesByUsername, mistakes, success }) => {
        await forgetAll(server);
        const token = (await logIn(call, ada.password)).body.access_token;
        await forgetAll(server);
        for (let it = 0; it < guesses; it += 1) await logIn(call, 'a guess', from(`203.0.113.${it}`));
        // Together they may block the account while the name is open: then the owner's attempts are not heard either.
        for (let it = 0; it < guessesByUsername; it += 1) await byUsername(call, 'a guess', from(`198.51.100.${it}`));
        const enemys = await counted(server);
        const makes: Record<string, () => Promise<unknown>> = {
          login: () => logIn(call, 'a mistake'),
          change: () => change(call, token, 'a mistake'),
          'overloaded login': () => overloadedFor(server, () => logIn(call, ada.password)),
          'overloaded change': () => overloadedFor(server, () => change(call, token, ada.password)),
        };
        for (const it of mistakes) await makes[it]?.();
        server.clock.advance(3_600_000);
        if (success === 'login') {
          if ((await logIn(call, ada.password)).status !== 200) return;
          // The session's own mistakes are not the login's.
          assert.deepEqual(withoutSessions(await counted(server)), enemys);
        } else {
          if ((await change(call, token, ada.password)).status !== 200) return;
          assert.deepEqual(await counted(server), enemys);
          await server.features.accounts.setPassword({ id: 1 as never, password: ada.password });
        }
      }),
      { numRuns: 40 },
    );
  });
});

const withoutSessions = (counters: Record<string, number[]>) =>
  Object.fromEntries(Object.entries(counters).filter(([counter]) => !counter.startsWith('session:')));

test('attack: mistakes at the change of a password are no guesses for strangers once its owner has logged in', async () => {
  await using server = await startServer(behindProxy);
  const call = createClient(server.url);
  const { accessToken } = await signUp(call);
  for (let it = 0; it < 12; it += 1) await logIn(call, 'a guess', from(`203.0.113.${it}`));
  for (let it = 0; it < 5; it += 1) assert.equal((await change(call, accessToken, 'a mistake')).status, 422);
  assert.equal((await logIn(call, ada.password)).status, 200);
  const statuses: number[] = [];
  for (let it = 0; it < 9; it += 1) statuses.push((await logIn(call, 'a guess', from(`198.51.100.${it}`))).status);
  assert.deepEqual(statuses, [...Array(8).fill(401), 429]);
});

test('attack: an attempt that found no core is taken back once, also when a success has given it back meanwhile', async () => {
  await using server = await startServer(behindProxy);
  const call = createClient(server.url);
  await signUp(call);
  for (let it = 0; it < 5; it += 1) await logIn(call, 'a guess', from(`203.0.113.${it}`));
  const before = await counted(server);
  const waiting = Promise.withResolvers<void>();
  const { verify } = server.hasher;
  const refusals = Promise.withResolvers<never>();
  server.hasher.verify = () => {
    waiting.resolve();
    return refusals.promise;
  };
  const late = logIn(call, ada.password);
  await waiting.promise;
  server.hasher.verify = verify;
  assert.equal((await logIn(call, ada.password)).status, 200);
  refusals.reject(overloaded({ retryAfterSeconds: 1 }));
  assert.equal((await late).status, 503);
  assert.deepEqual(await counted(server), before);
});

test('the owner who changes the password during a siege lets no stranger in sooner', async () => {
  await using server = await startServer(behindProxy);
  const call = createClient(server.url);
  const { accessToken } = await signUp(call);
  for (let it = 0; it < 21; it += 1) await logIn(call, 'a guess', from(`203.0.113.${it}`));
  assert.equal((await change(call, accessToken, 'a mistake')).status, 422);
  assert.equal((await change(call, accessToken, ada.password)).status, 200);
  assert.equal((await logIn(call, 'a guess', from('198.51.100.1'))).status, 429);
  server.clock.advance(29_999);
  assert.equal((await logIn(call, 'a guess', from('198.51.100.1'))).status, 429);
});
