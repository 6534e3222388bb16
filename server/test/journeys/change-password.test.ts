/** POST /user/password, and the operator's `keyward user password`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Call } from '../support/client.ts';
import { createClient } from '../support/client.ts';
import { ada, bea, type Held, lives, logIn, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const next = 'nine grey herons wade';
const done = { message: 'Password changed successfully.' };

const change = (
  call: Call,
  { accessToken: token }: Pick<Held, 'accessToken'>,
  json: object = {},
  headers: Readonly<Record<string, string>> = {},
) =>
  call('POST', '/user/password', {
    token,
    json: { current_password: ada.password, new_password: next, ...json },
    headers,
  });

const opens = async (call: Call, password: string): Promise<boolean> =>
  (await call('POST', '/login', { json: { email: ada.email, password } })).status === 200;

const changed = ({ id, sessionId }: Held) => ({
  event: 'password.changed',
  outcome: 'success',
  actor: id,
  subject: id,
  session: sessionId,
  ip: '127.0.0.1',
});

const refused = (held: Held) => ({ ...changed(held), outcome: 'refused', reason: 'current-password-wrong' });

test('the new password holds, the old one opens nothing; this session goes on, every other is over', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  const elsewhere = await logIn(call);
  const neighbour = await signUp(call, { ...bea, password: ada.password });
  await server.newEvents();

  const answer = await change(call, held);
  assert.deepEqual([answer.status, answer.body, answer.cookie], [200, done, undefined]);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const ended = { event: 'session.ended', session: elsewhere.sessionId, reason: 'password-changed' };
  const object = `by:${held.sessionId}`;
  assert.deepEqual(await server.newEvents(), [changed(held), { ...changed(held), ...ended, object }]);

  assert.deepEqual([await lives(call, held), await lives(call, elsewhere)], [true, false]);
  const json = { refresh_token: held.refreshToken };
  assert.equal((await call('POST', '/refresh-access-token', { json })).status, 200);
  assert.deepEqual([await opens(call, ada.password), await opens(call, next)], [false, true]);
  assert.equal(await lives(call, neighbour), true);
  await logIn(call, { ...bea, password: ada.password });
});

test('a password of another system is changed like any other', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { create } = server.features.accounts;
  const account = await create.prepareWithHash({ ...ada, passwordHash: `old$${ada.password}` });
  await server.db.transact((tx) => create.insert(tx, account, { admin: false, how: 'test' }));
  const held = await logIn(call);
  assert.equal((await change(call, held)).status, 200);
  assert.equal(await opens(call, next), true);
});

describe('what is refused changes nothing:', () => {
  const cases: readonly (readonly [what: string, json: object, ...pointers: string[]])[] = [
    ['a password that is too short', { new_password: 'short' }, '/new_password'],
    ['one of the commonest', { new_password: 'password123' }, '/new_password'],
    ["one's own name", { new_password: 'ada@example.com' }, '/new_password'],
    ['no new one', { new_password: undefined }, '/new_password'],
    ['no current one', { current_password: undefined }, '/current_password'],
    ['neither', { current_password: undefined, new_password: undefined }, '/current_password', '/new_password'],
    ['a field that nobody knows', { user_id: 1 }, '/user_id'],
    ['the same password again', { new_password: ada.password }, '/new_password'],
  ];
  for (const [what, json, ...pointers] of cases) {
    test(`${what}, before anything is counted or hashed`, async () => {
      await using server = await startServer();
      const call = createClient(server.url);
      const held = await signUp(call);
      await server.newEvents();
      const { calls } = server.hasher;
      const before = { ...calls };
      for (let attempt = 0; attempt < 12; attempt += 1) assertFaults(await change(call, held, json), ...pointers);
      assert.deepEqual([calls, await server.newEvents()], [before, []]);
      assert.equal(await opens(call, ada.password), true);
    });
  }

  test('the same password in another form, and the answer is the same when it is not the current one', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call, { ...ada, password: 'kestrel é over amber' });
    for (const password of ['kestrel é over amber', 'something else entirely']) {
      const twice = { current_password: password, new_password: password.normalize('NFD') };
      const answer = await change(call, held, twice);
      assertFaults(answer, '/new_password');
      assert.match(answer.body.errors[0].detail, /current password/);
    }
  });

  test('a wrong current password: 422, recorded, and nobody is thrown out', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const elsewhere = await logIn(call);
    await server.newEvents();
    const answer = await change(call, held, { current_password: 'not the password' });
    assertProblem(answer, 422, 'current-password-wrong');
    assert.deepEqual(await server.newEvents(), [refused(held)]);
    assert.deepEqual([await lives(call, held), await lives(call, elsewhere)], [true, true]);
    assert.deepEqual([await opens(call, ada.password), await opens(call, next)], [true, false]);
  });

  test('without an access token; and the refresh cookie of a forged request is none', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const json = { current_password: ada.password, new_password: next };
    assertProblem(await call('POST', '/user/password', { json }), 401, 'missing-credentials');
    const { refreshToken } = held;
    assertProblem(await call('POST', '/user/password', { json, cookie: refreshToken }), 401, 'missing-credentials');
    assertProblem(await call('POST', '/user/password', { json, token: refreshToken }), 401, 'invalid-token');
    assert.equal(await opens(call, ada.password), true);
  });
});

test('a user without a password: the same work and the same answer', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  const wrong = { current_password: 'not the password' };
  const { calls } = server.hasher;
  assertProblem(await change(call, held, wrong), 422, 'current-password-wrong');
  const workWithPassword = { ...calls };
  await server.db.transact((tx) => tx.query(server.db.dialect.builder.deleteFrom('passwords')));
  assertProblem(await change(call, held, wrong), 422, 'current-password-wrong');
  assert.equal(calls.verify, 2 * workWithPassword.verify);
  assert.equal(calls.hash, workWithPassword.hash);
});

describe('at the same time', () => {
  test('two changes from one session: one wins, and its password holds', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const wanted = [next, bea.password];
    const answers = await Promise.all(wanted.map((it) => change(call, held, { new_password: it })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 422]);
    const won = answers.findIndex(({ status }) => status === 200);
    assert.deepEqual(await Promise.all(wanted.map((it) => opens(call, it))), [won === 0, won === 1]);
  });

  test('from two sessions: one wins and throws the other out', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const sessions = [await signUp(call), await logIn(call)];
    const answers = await Promise.all(sessions.map((held) => change(call, held)));
    const [won, lost] = answers.toSorted((one, other) => one.status - other.status);
    assert.equal(won?.status, 200);
    // Whoever comes later has the wrong password when they are asked for it, or by the time they would change it no session.
    assert.ok(['current-password-wrong', 'invalid-token'].includes(lost?.body.code), JSON.stringify(lost?.body));
    const living = await Promise.all(sessions.map((held) => lives(call, held)));
    assert.deepEqual(
      living,
      answers.map(({ status }) => status === 200),
    );
  });
});

describe('a stolen access token is no way to guess the password', () => {
  const wrong = { current_password: 'not the password' };
  const from = (ip: string) => ({ 'x-forwarded-for': ip });
  const behindProxy = { env: { TRUST_PROXY: '1' } };

  test('ten attempts are heard, then 429 without a hash, also for the right one', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const answers = await Promise.all(Array.from({ length: 30 }, () => change(call, held, wrong)));
    assert.equal(answers.filter(({ status }) => status === 422).length, 10);
    const verified = server.hasher.calls.verify;
    const refusedNow = await change(call, held);
    assertProblem(refusedNow, 429, 'too-many-attempts');
    assert.equal(refusedNow.headers.get('retry-after'), '30');
    assert.equal(server.hasher.calls.verify, verified);
    server.clock.advance(30_000);
    assert.equal((await change(call, held)).status, 200);
  });

  test('from a new address for each attempt, it is the same', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const held = await signUp(call);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 11; attempt += 1) {
      statuses.push((await change(call, held, wrong, from(`203.0.113.${attempt}`))).status);
    }
    assert.deepEqual(statuses, [...Array(10).fill(422), 429]);
  });

  test('by a refreshed access token of the same session, it is the same', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const held = await signUp(call);
    for (let attempt = 0; attempt < 10; attempt += 1) await change(call, held, wrong, from(`203.0.113.${attempt}`));
    const { body } = await call('POST', '/refresh-access-token', { json: { refresh_token: held.refreshToken } });
    const answer = await change(call, { accessToken: body.access_token }, wrong, from('203.0.113.99'));
    assertProblem(answer, 429, 'too-many-attempts');
  });

  test('it buys no more attempts at the login, nor the login here', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const json = { email: ada.email, password: 'not the password' };
    for (let attempt = 0; attempt < 5; attempt += 1) {
      assertProblem(await change(call, held, wrong), 422, 'current-password-wrong');
      assertProblem(await call('POST', '/login', { json }), 401, 'invalid-credentials');
    }
    assertProblem(await change(call, held, wrong), 429, 'too-many-attempts');
    assertProblem(await call('POST', '/login', { json }), 429, 'too-many-attempts');
  });

  test('and the owner changes it from another session and another place all the same', async () => {
    await using server = await startServer(behindProxy);
    const call = createClient(server.url);
    const stolen = await signUp(call);
    const owner = await logIn(call);
    for (let attempt = 0; attempt < 11; attempt += 1) await change(call, stolen, wrong, from('203.0.113.7'));
    assert.equal((await change(call, owner, {}, from('192.0.2.1'))).status, 200);
    assert.equal(await lives(call, stolen), false);
  });
});

describe('a password from the operator', () => {
  test('holds, ends every session, and is recorded as nobody’s', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    await server.newEvents();
    assert.equal(await server.features.accounts.setPassword({ id: held.id, password: next }), 1);
    const event = { outcome: 'success', subject: held.id };
    assert.deepEqual(await server.newEvents(), [
      { event: 'password.changed', ...event },
      { event: 'session.ended', ...event, session: held.sessionId, reason: 'password-changed' },
    ]);
    assert.deepEqual([await opens(call, ada.password), await opens(call, next)], [false, true]);
  });

  test('obeys the policy, and is for nobody who is deleted', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const { setPassword, delete: remove } = server.features.accounts;
    await assert.rejects(setPassword({ id: held.id, password: 'ada' }), { message: /does not fit/ });
    await remove({ id: held.id, by: undefined });
    await assert.rejects(setPassword({ id: held.id, password: next }), { message: /no user/i });
  });

  test('to somebody who is disabled opens nothing before they are enabled', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const { id } = await signUp(call);
    const { setPassword, disabling } = server.features.accounts;
    await disabling.disable({ id, by: undefined });
    await setPassword({ id, password: next });
    assert.equal(await opens(call, next), false);
    await disabling.enable({ id, by: undefined });
    assert.equal(await opens(call, next), true);
  });
});
