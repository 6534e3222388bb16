/** Nobody learns from a refused login whether an account exists, lives, or has a password (OWASP Authentication Cheat Sheet). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { once } from '../../src/http/once.ts';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { ada, signUp } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { send } from '../support/wire.ts';

const eve = { ...ada, password: 'not the right one at all' };
const users = (server: TestServer, set: object) => behind(server.db, (db) => db.updateTable('users').set(set));

/** What may lie behind one and the same answer. */
const cases: readonly (readonly [
  why: string,
  account: typeof ada,
  prepare: (server: TestServer) => Promise<unknown>,
])[] = [
  ['a wrong password', eve, async () => {}],
  ['an unknown account', { ...ada, email: 'bob@example.com', username: 'bob' }, async () => {}],
  [
    'a deleted account, right password',
    ada,
    ({ features }) => features.accounts.delete({ id: 1 as never, by: undefined }),
  ],
  [
    'a deleted account, wrong password',
    eve,
    ({ features }) => features.accounts.delete({ id: 1 as never, by: undefined }),
  ],
  ['a disabled account, right password', ada, (server) => users(server, { disabled_at: 1 })],
  ['a disabled account, wrong password', eve, (server) => users(server, { disabled_at: 1 })],
  ['an account without a password', ada, (server) => behind(server.db, (db) => db.deleteFrom('passwords'))],
  [
    'a password of no known hash',
    ada,
    (server) => behind(server.db, (db) => db.updateTable('passwords').set({ hash: '!' })),
  ],
];

type Doorway = (account: typeof ada) => { path: string; type: string; body: string };

const doorways: Readonly<Record<string, Doorway>> = {
  '/login': ({ email, password }) => ({
    path: '/login',
    type: 'application/json',
    body: JSON.stringify({ email, password }),
  }),
  '/token by e-mail': ({ email, password }) => tokenForm(email, password),
  '/token by username': ({ username, password }) => tokenForm(username, password),
};

function tokenForm(username: string, password: string) {
  const body = new URLSearchParams({ grant_type: 'password', username, password }).toString();
  return { path: '/token', type: 'application/x-www-form-urlencoded', body };
}

/** Everything that a stranger can see of the answer, and everything that they could measure. */
async function observe(doorway: Doorway, account: typeof ada, prepare: (server: TestServer) => Promise<unknown>) {
  await using server = await startServer();
  await signUp(createClient(server.url));
  await prepare(server);
  await server.newEvents();
  const before = { ...server.hasher.calls };
  const { path, type, body } = doorway(account);
  const answer = await send(server.url, { method: 'POST', path, headers: [['Content-Type', type]], body });
  const { hash, verify } = server.hasher.calls;
  return {
    status: answer.status,
    headers: answer.headers.map(([name, value]) => (name === 'Date' ? name : `${name}: ${value}`)),
    text: answer.text.replace(/"urn:uuid:[0-9a-f-]{36}"/, '"…"'),
    hashings: [hash - before.hash, verify - before.verify],
    // Whose name it was is for the record alone.
    events: (await server.newEvents()).map(({ subject: _subject, object: _object, ...event }) => event),
  };
}

for (const [name, doorway] of Object.entries(doorways)) {
  describe(`${name} answers in the same way, after the same work`, () => {
    const [[, account, prepare], ...others] = cases as [(typeof cases)[0], ...typeof cases];
    const reference = once(() => observe(doorway, account, prepare));

    test('a wrong password: one check, one event, no cookie', async () => {
      const { status, headers, text, hashings, events } = await reference();
      assert.equal(status, name === '/login' ? 401 : 400);
      assert.match(text, name === '/login' ? /"code":"invalid-credentials"/ : /"error":"invalid_grant"/);
      assert.deepEqual(hashings, [0, 1]);
      assert.deepEqual(events, [
        { event: 'login.failed', outcome: 'refused', reason: 'invalid-credentials', ip: '127.0.0.1' },
      ]);
      assert.equal(
        headers.some((header) => /^set-cookie/i.test(header)),
        false,
      );
    });

    for (const [why, other, change] of others) {
      test(why, async () => assert.deepEqual(await observe(doorway, other, change), await reference()));
    }
  });
}

test('a password that NFKC changes is checked as often for nobody as for somebody', async () => {
  const typed = 'ﬁve ﬂat lanterns';
  const wrong = await observe(doorways['/login'] as Doorway, { ...ada, password: typed }, async () => {});
  const unknown = await observe(
    doorways['/login'] as Doorway,
    { ...ada, email: 'bob@example.com', password: typed },
    async () => {},
  );
  assert.deepEqual(unknown, wrong);
});
