/** PATCH /user; where no mail is sent also of the address. Where it is, see email-change.test.ts. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClient } from '../support/client.ts';
import { ada, bea, lives, logIn, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const current_password = ada.password;

test('another username: all sessions go on', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  const other = await logIn(call);
  await server.newEvents();
  const json = { current_password, username: 'Countess' };
  const answer = await call('PATCH', '/user', { token: held.accessToken, json });
  assert.deepEqual([answer.status, answer.body], [200, { message: 'User updated successfully.' }]);
  const event = { outcome: 'success', actor: held.id, subject: held.id, session: held.sessionId, ip: '127.0.0.1' };
  assert.deepEqual(await server.newEvents(), [{ event: 'user.renamed', ...event, object: 'username' }]);
  assert.equal((await call('GET', '/user', { token: other.accessToken })).body.username, 'Countess');
});

test('another address: this session goes on, every other ends, and the old address is nobody’s', async () => {
  await using server = await startServer({ env: { DEV_MAILBOX: 'off' } });
  const call = createClient(server.url);
  const held = await signUp(call);
  const other = await logIn(call);
  await server.newEvents();
  const json = { current_password, email: 'ada@example.org' };
  assert.equal((await call('PATCH', '/user', { token: held.accessToken, json })).status, 200);
  const event = { outcome: 'success', actor: held.id, subject: held.id, ip: '127.0.0.1' };
  assert.deepEqual(await server.newEvents(), [
    { event: 'user.renamed', ...event, session: held.sessionId, object: 'email' },
    {
      event: 'session.ended',
      ...event,
      session: other.sessionId,
      reason: 'email-changed',
      object: `by:${held.sessionId}`,
    },
  ]);
  assert.deepEqual([await lives(call, held), await lives(call, other)], [true, false]);
  const { email, password } = ada;
  assertProblem(await call('POST', '/login', { json: { email, password } }), 401, 'invalid-credentials');
  const stranger = await signUp(call, { ...bea, email });
  assert.notEqual(stranger.id, held.id);
  assert.equal((await logIn(call, { ...ada, email: 'ADA@example.org' })).id, held.id);
});

describe('an attack with a stolen access token', () => {
  test('to hijack the account by its address: without the password nothing changes, and attempts are counted', async () => {
    await using server = await startServer({ env: { DEV_MAILBOX: 'off' } });
    const call = createClient(server.url);
    const held = await signUp(call);
    await server.newEvents();
    const patch = (json: object) => call('PATCH', '/user', { token: held.accessToken, json });
    const email = 'mallory@example.com';
    assertFaults(await patch({ email }), '/current_password');
    let answer = await patch({ email, current_password: 'a guess' });
    assertProblem(answer, 422, 'current-password-wrong');
    const [event, ...more] = await server.newEvents();
    assert.deepEqual(
      [event?.event, event?.outcome, event?.reason],
      ['user.renamed', 'refused', 'current-password-wrong'],
    );
    assert.deepEqual(more, []);
    for (let guess = 0; guess < 20 && answer.status !== 429; guess += 1) {
      answer = await patch({ email, current_password: `guess ${guess}` });
    }
    assertProblem(answer, 429, 'too-many-attempts');
    const right = await call('POST', '/user/password', {
      token: held.accessToken,
      json: { current_password, new_password: bea.password },
    });
    assertProblem(right, 429, 'too-many-attempts');
    assert.equal((await call('GET', '/user', { token: held.accessToken })).body.email, ada.email);
  });

  test('to take what more there may be: no other field is known', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    for (const extra of ['id', 'roles', 'email_verified', 'password', 'disabled_at', 'created_at', '__proto__x']) {
      const json = { current_password, username: 'x', [extra]: 1 };
      assertFaults(await call('PATCH', '/user', { token: held.accessToken, json }), `/${extra}`);
    }
    assert.equal((await call('GET', '/user', { token: held.accessToken })).body.username, 'ada');
  });
});

test('an attack by asking through all names there are: ten a day are free, and no success and no no-op gives one back', async () => {
  await using server = await startServer({ env: { DEV_MAILBOX: 'off' } });
  const call = createClient(server.url);
  const held = await signUp(call);
  await signUp(call, bea);
  const patch = (json: object) =>
    call('PATCH', '/user', { token: held.accessToken, json: { current_password, ...json } });
  const nothing = () => patch({ email: ada.email, username: ada.username });
  for (let asked = 0; asked < 4; asked += 1) {
    assertProblem(await patch({ email: bea.email }), 409, 'email-taken');
    assert.equal((await nothing()).status, 200, 'which forgives the attempts at the password');
    assertProblem(await patch({ username: 'bea' }), 409, 'username-taken');
    assert.equal((await nothing()).status, 200);
  }
  assert.equal((await patch({ username: 'countess' })).status, 200);
  assert.equal((await patch({ username: ada.username })).status, 200, 'the tenth, and taken back');
  await server.newEvents();
  for (const json of [{ email: bea.email }, { email: 'nobody@example.com' }, { username: 'free' }]) {
    const answer = await patch(json);
    assertProblem(answer, 429, 'too-many-attempts');
    assert.equal(answer.headers.get('retry-after'), '30');
  }
  assert.deepEqual(await server.newEvents(), [], 'taken or free, the answer is the same, and nothing happens');
  assert.equal((await nothing()).status, 200, 'who asks for no other name waits for nothing');
  const again = await logIn(call);
  const elsewhere = await call('PATCH', '/user', {
    token: again.accessToken,
    json: { current_password, email: bea.email },
  });
  assertProblem(elsewhere, 429, 'too-many-attempts');
  server.clock.advance(30_000);
  assertProblem(await patch({ email: bea.email }), 409, 'email-taken');
  assertProblem(await patch({ email: bea.email }), 429, 'too-many-attempts');
});

test('a thief without the password uses up none of the changes that are free', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  const own = await logIn(call);
  for (let guess = 0; guess < 9; guess += 1) {
    const json = { current_password: `guess ${guess}`, username: `mallory${guess}` };
    assertProblem(await call('PATCH', '/user', { token: held.accessToken, json }), 422, 'current-password-wrong');
  }
  for (let change = 0; change < 10; change += 1) {
    const json = { current_password, username: `ada${change}` };
    assert.equal((await call('PATCH', '/user', { token: own.accessToken, json })).status, 200, `change ${change}`);
  }
});

test('an attack by sitting down on the address of somebody else: who has it keeps it, and who waits behind it gets nothing', async () => {
  await using server = await startServer({ env: { DEV_MAILBOX: 'off' } });
  const call = createClient(server.url);
  const held = await signUp(call);
  const victim = await signUp(call, bea);
  const patch = (json: object) =>
    call('PATCH', '/user', { token: held.accessToken, json: { current_password, ...json } });
  assertProblem(await patch({ email: 'BEA@Example.com' }), 409, 'email-taken');
  assertProblem(await patch({ username: 'ＢEA' }), 409, 'username-taken');
  assert.equal((await call('GET', '/user', { token: held.accessToken })).body.email, ada.email);

  // The victim is gone; the attacker waits under the address, and the victim comes back to an account of their own or to none.
  await call('DELETE', `/users/${victim.id}`, { token: victim.accessToken });
  assert.equal((await patch({ email: bea.email })).status, 200);
  assertProblem(await call('POST', '/signup', { json: bea }), 409, 'email-taken');
  const { email, password } = bea;
  assertProblem(await call('POST', '/login', { json: { email, password } }), 401, 'invalid-credentials');
  const admin = await server.admin();
  assertProblem(await call('POST', `/users/${victim.id}/restore`, { token: admin }), 409, 'email-taken');
});

test('names that are bad are told before the password is looked at', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  const before = server.hasher.calls.verify;
  const json = { current_password: 'wrong', username: 'a@b', email: 'nowhere' };
  assertFaults(await call('PATCH', '/user', { token: held.accessToken, json }), '/username', '/email');
  assert.equal(server.hasher.calls.verify, before);
  assertProblem(await call('PATCH', '/user', { json }), 401, 'missing-credentials');
});

test('a password that was changed while it was looked at proves nothing any more', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  const outcomes = await Promise.all([
    server.features.accounts.setPassword({ id: held.id, password: bea.password }),
    call('PATCH', '/user', { token: held.accessToken, json: { current_password, username: 'mallory' } }),
  ]);
  const [, answer] = outcomes;
  const name = (await server.features.users.find(server.db, held.id))?.username;
  assert.equal(name, answer.status === 200 ? 'mallory' : 'ada');
  assert.equal(await lives(call, held), false, 'either way the session is over');
});
