/** When no core is free to hash a password in time: 503 at once with `Retry-After`, nothing changed, and a repeat is safe. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { overloaded } from '../../src/kernel/overloaded.ts';
import { behind } from '../support/behind.ts';
import { type Answer, type Call, createClient } from '../support/client.ts';
import { ada, bea, lives, signUp } from '../support/people.ts';
import { assertOAuthError, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

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
