/** Many servers over one database, one after the other or at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { bea, lives, logIn, signUp } from '../support/people.ts';
import { createTestClock } from '../support/ports.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const path = '/refresh-access-token';
const secretKey = 'one secret key that outlives every restart';

/** What stays when a server is gone. */
async function lastingWorld() {
  const db = await openTestDatabase();
  return { db, clock: createTestClock(), secretKey, [Symbol.asyncDispose]: () => db.close() };
}

test('a restart keeps sessions, access tokens, and the grace of a refresh whose answer was lost', async () => {
  await using world = await lastingWorld();
  const before = await startServer(world);
  const held = await signUp(createClient(before.url));
  const { cookie } = await createClient(before.url)('GET', path, { cookie: held.refreshToken });
  const keys = await createClient(before.url)('GET', '/.well-known/jwks.json');
  await before[Symbol.asyncDispose]();

  await using after = await startServer(world);
  const call = createClient(after.url);
  assert.deepEqual((await call('GET', '/.well-known/jwks.json')).body, keys.body);
  assert.equal(await lives(call, held), true);
  const repeated = await call('GET', path, { cookie: held.refreshToken });
  assert.deepEqual([repeated.status, repeated.cookie], [200, cookie]);
  assert.equal((await call('GET', path, { cookie })).status, 200);
  assert.equal((await signUp(call, bea)).id, 2);
});

test('another secret key does not start: it could neither open the signing keys nor know the tokens', async () => {
  await using world = await lastingWorld();
  const right = await startServer(world);
  const held = await signUp(createClient(right.url));
  await right[Symbol.asyncDispose]();

  const wrong = { ...world, secretKey: 'another secret key, also long enough' };
  await assert.rejects(startServer(wrong), { name: 'WrongSecretKey', message: /SECRET_KEY/ });
  await using again = await startServer(world);
  assert.equal(await lives(createClient(again.url), held), true, 'the attempt has broken nothing');
});

test('tokens of another server are strangers, though their form is right', async () => {
  await using ours = await startServer({ secretKey });
  await using theirs = await startServer({ secretKey: 'another secret key, also long enough' });
  const call = createClient(ours.url);
  const held = await signUp(call);
  const foreign = await signUp(createClient(theirs.url));
  await ours.newEvents();

  assertProblem(await call('GET', path, { cookie: foreign.refreshToken }), 401, 'invalid-refresh-token');
  const ourSessionTheirSecret = foreign.refreshToken.replace(foreign.sessionId, held.sessionId);
  assertProblem(await call('GET', path, { cookie: ourSessionTheirSecret }), 401, 'invalid-refresh-token');
  assertProblem(await call('GET', '/user', { token: foreign.accessToken }), 401, 'invalid-token');
  assertProblem(await call('POST', '/logout', { token: foreign.accessToken }), 401, 'not-logged-in');
  assert.deepEqual(await ours.newEvents(), []);
  assert.equal(await lives(call, held), true);
});

test('a token of the right key but of a session that this database never had is refused without a word', async () => {
  await using ours = await startServer({ secretKey });
  await using restored = await startServer({ secretKey });
  const { refreshToken } = await signUp(createClient(ours.url));
  await restored.newEvents();
  const answer = await createClient(restored.url)('GET', path, { cookie: refreshToken });
  assertProblem(answer, 401, 'invalid-refresh-token');
  assert.deepEqual(await restored.newEvents(), []);
});

test('a database restored from a backup: tokens that it does not know are refused, but that is no theft', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { sessionId, ...held } = await signUp(call);
  const { cookie } = await call('GET', path, { cookie: held.refreshToken });
  await server.newEvents();
  const known = { generation: 0, token_hash: 'of the token that the backup knows' };
  await behind(server.db, (db) => db.updateTable('sessions').set(known).where('id', '=', sessionId));
  for (const token of [cookie, held.refreshToken]) {
    assertProblem(await call('GET', path, { cookie: token }), 401, 'invalid-refresh-token');
  }
  assert.deepEqual(await server.newEvents(), []);
  assert.equal(await lives(call, held), true);
});

test('two nodes over one database: what one ends, the other refuses at once; what one rotates, the other repeats', async () => {
  await using world = await lastingWorld();
  await using one = await startServer(world);
  await using two = await startServer(world);
  const [callOne, callTwo] = [createClient(one.url), createClient(two.url)];
  const staying = await signUp(callOne);
  const leaving = await logIn(callTwo);
  assert.deepEqual([await lives(callTwo, staying), await lives(callOne, leaving)], [true, true]);

  const nodes = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? callOne : callTwo));
  const answers = await Promise.all(nodes.map((call) => call('GET', path, { cookie: staying.refreshToken })));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(new Set(answers.map(({ cookie }) => cookie)).size, 1);

  assert.equal((await callOne('POST', '/logout', { cookie: leaving.refreshToken })).status, 200);
  assert.deepEqual([await lives(callTwo, leaving), await lives(callTwo, staying)], [false, true]);
  assert.equal((await callTwo('DELETE', '/users/1', { token: staying.accessToken })).status, 200);
  assert.equal(await lives(callOne, staying), false);
});

test('two servers that start at once on an empty database make one key, and each knows the tokens of the other', async () => {
  await using world = await lastingWorld();
  const [one, two] = await Promise.all([startServer(world), startServer(world)]);
  await using _one = one;
  await using _two = two;
  const [callOne, callTwo] = [createClient(one.url), createClient(two.url)];
  const keys = await Promise.all(
    [callOne, callTwo].map(async (call) => (await call('GET', '/.well-known/jwks.json')).body),
  );
  assert.deepEqual(keys[0], keys[1]);
  assert.equal(keys[0].keys.length, 1);
  assert.equal(await lives(callTwo, await signUp(callOne)), true);
  assert.equal(await lives(callOne, await signUp(callTwo, bea)), true);
});
