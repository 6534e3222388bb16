/** What happens to one session at the same moment: tabs, lost answers, logout, deletion. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { behind } from '../support/behind.ts';
import { type Answer, type Call, createClient } from '../support/client.ts';
import { type Held, lives, logIn, signUp } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const path = '/refresh-access-token';
const refresh = (call: Call, cookie: string | undefined): Promise<Answer> => call('GET', path, { cookie });

async function generationOf(server: TestServer, { sessionId }: Held): Promise<number | undefined> {
  const rows = await behind<{ generation: number }>(server.db, (db) =>
    db.selectFrom('sessions').select('generation').where('id', '=', sessionId),
  );
  return rows[0]?.generation;
}

test('50 tabs refresh one cookie at once: all get one and the same successor, and the chain goes on', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  await server.newEvents();

  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(call, held.refreshToken)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  const [successor, ...others] = new Set(answers.map(({ cookie }) => cookie));
  assert.deepEqual(others, []);
  assert.notEqual(successor, held.refreshToken);
  assert.equal(await generationOf(server, held), 1);
  for (const { body } of answers) assert.equal(await lives(call, { accessToken: body.access_token }), true);

  const next = await refresh(call, successor);
  assert.deepEqual([next.status, await generationOf(server, held)], [200, 2]);
  assert.deepEqual(await server.newEvents(), []);
});

test('50 requests with the token in the body end the same way', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  await server.newEvents();
  const json = { refresh_token: held.refreshToken };
  const form = { grant_type: 'refresh_token', ...json };
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, at) =>
      at % 2 === 0 ? call('POST', path, { json }) : call('POST', '/token', { form }),
    ),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(new Set(answers.map(({ body }) => body.refresh_token)).size, 1);
  assert.deepEqual([await generationOf(server, held), await server.newEvents()], [1, []]);
});

test('an answer that was lost is repeated to the last moment of the grace', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  const lost = await refresh(call, held.refreshToken);
  await server.newEvents();
  server.clock.advance(9_999);
  const again = await refresh(call, held.refreshToken);
  assert.deepEqual([again.status, again.cookie], [200, lost.cookie]);
  assert.equal(await generationOf(server, held), 1);
  assert.equal((await refresh(call, again.cookie)).status, 200);
  assert.deepEqual(await server.newEvents(), []);
});

test('repeating does not lengthen the grace', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  await refresh(call, held.refreshToken);
  server.clock.advance(9_999);
  assert.equal((await refresh(call, held.refreshToken)).status, 200);
  server.clock.advance(1);
  assertProblem(await refresh(call, held.refreshToken), 401, 'refresh-token-reused');
});

test('logout races refresh: whoever is first, afterwards the session is over and nothing of it lives', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const bystander = await signUp(call);
  for (let round = 0; round < 10; round += 1) {
    const held = await logIn(call);
    await server.newEvents();
    const refreshing = () => refresh(call, held.refreshToken);
    const leaving = () => call('POST', '/logout', { token: held.accessToken });
    const answers = await Promise.all(round % 2 === 0 ? [refreshing(), leaving()] : [leaving(), refreshing()]);
    const [refreshed, left] = round % 2 === 0 ? answers : answers.toReversed();

    assert.equal(left?.status, 200);
    const reason = { event: 'session.ended', session: held.sessionId, reason: 'logout' };
    const events = await server.newEvents();
    assert.deepEqual(
      events.map(({ event, session, reason: why }) => ({ event, session, reason: why })),
      [reason],
    );
    if (refreshed?.status === 200) {
      assert.equal(await lives(call, { accessToken: refreshed.body.access_token }), false);
      assertProblem(await refresh(call, refreshed.cookie), 401, 'invalid-refresh-token');
    } else if (refreshed !== undefined) assertProblem(refreshed, 401, 'invalid-refresh-token');
    assertProblem(await refresh(call, held.refreshToken), 401, 'invalid-refresh-token');
    assert.deepEqual(await server.newEvents(), []);
  }
  assert.equal(await lives(call, bystander), true);
});

test('deletion races refresh: afterwards no token of the user lives', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  for (let round = 0; round < 6; round += 1) {
    const account = { username: `u${round}`, email: `u${round}@example.com`, password: 'seven quiet lanterns burn' };
    const held = await signUp(call, account);
    const elsewhere = await logIn(call, account);
    const [deleted, ...refreshed] = await Promise.all([
      call('DELETE', `/users/${held.id}`, { token: held.accessToken }),
      refresh(call, held.refreshToken),
      refresh(call, elsewhere.refreshToken),
    ]);
    assert.equal(deleted.status, 200);
    for (const answer of refreshed) {
      if (answer.status === 200) {
        assert.equal(await lives(call, { accessToken: answer.body.access_token }), false);
        assertProblem(await refresh(call, answer.cookie), 401, 'invalid-refresh-token');
      } else assertProblem(answer, 401, 'invalid-refresh-token');
    }
    for (const session of [held, elsewhere]) assert.equal(await lives(call, session), false);
  }
});

test('login races deletion: either it comes too late, or its session dies with the rest', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  for (let round = 0; round < 6; round += 1) {
    const account = { username: `u${round}`, email: `u${round}@example.com`, password: 'seven quiet lanterns burn' };
    const held = await signUp(call, account);
    const { email, password } = account;
    const [login, deleted] = await Promise.all([
      call('POST', '/login', { json: { email, password } }),
      call('DELETE', `/users/${held.id}`, { token: held.accessToken }),
    ]);
    assert.equal(deleted.status, 200);
    if (login.status === 200) assert.equal(await lives(call, { accessToken: login.body.access_token }), false);
    else assertProblem(login, 401, 'invalid-credentials');
  }
});
