/** POST /users with `invite`, POST /users/{user_id}/invitation, POST /invitations/accept. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asUserId } from '../../src/kernel/ids.ts';
import { type Call, createClient } from '../support/client.ts';
import { tokenOf } from '../support/mails.ts';
import { ada, bea, giveRole, lives, logIn, sessionOf, signUp } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const { username, email, password } = ada;

interface World extends AsyncDisposable {
  readonly server: TestServer;
  readonly call: Call;
  readonly admin: string;
  /** Of ada, who is invited. */
  readonly token: string;
}

const accept = (call: Call, token: string, new_password = password) =>
  call('POST', '/invitations/accept', { json: { token, new_password } });

const again = ({ call, admin }: World, id = 2) => call('POST', `/users/${id}/invitation`, { token: admin });

async function invited(): Promise<World> {
  const server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  await server.newMails();
  assert.equal((await call('POST', '/users', { token: admin, json: { username, email, invite: true } })).status, 201);
  const [mail] = await server.newMails();
  await server.newEvents();
  return { server, call, admin, token: tokenOf(mail), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test('an administrator invites somebody, who chooses a password and is signed in', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  await server.newEvents();
  await server.newMails();
  const answer = await call('POST', '/users', { token: admin, json: { username, email, invite: true } });
  const data = { id: 2, username, email };
  assert.deepEqual([answer.status, answer.body], [201, { message: 'User created successfully.', data }]);
  const by = { outcome: 'success', actor: 1, subject: 2, session: sessionOf(admin), ip: '127.0.0.1' };
  assert.deepEqual(await server.newEvents(), [
    { event: 'user.created', ...by, reason: 'administrator' },
    { event: 'user.invited', ...by },
  ]);
  const [mail, ...more] = await server.newMails();
  assert.deepEqual(more, []);
  const link = `http://localhost:8000/mail/accept-invitation#token=${tokenOf(mail)}`;
  const letter = { template: 'invitation', data: { username, link, days: 7 } };
  assert.deepEqual(mail, { to: email, locale: 'en', ...letter });
  assert.match(tokenOf(mail), /^[\w-]{43}$/);

  const accepted = await accept(call, tokenOf(mail));
  assert.deepEqual([accepted.status, accepted.body.data], [200, data]);
  assert.equal(accepted.headers.get('cache-control'), 'no-store');
  assert.ok(accepted.cookie && accepted.device);
  const session = sessionOf(accepted.body.access_token);
  const own = { outcome: 'success', actor: 2, subject: 2, ip: '127.0.0.1' };
  assert.deepEqual(await server.newEvents(), [
    { event: 'invitation.accepted', ...own },
    { event: 'session.started', ...own, session, reason: 'invitation' },
  ]);
  assert.deepEqual(await server.newMails(), [], 'an account begins with some device');
  assert.equal(await lives(call, { accessToken: accepted.body.access_token }), true);
  const user = await server.features.users.find(server.db, asUserId(2));
  assert.equal(user?.emailVerifiedAt, server.clock.now());
  assert.equal((await logIn(call)).id, 2);
});

test('attack: who came in by a mail to an earlier address is out when somebody else accepts the invitation', async () => {
  await using world = await invited();
  const { server, call, admin } = world;
  assert.equal((await call('POST', '/login/email', { json: { email } })).status, 202);
  const [mail] = await server.newMails();
  const early = await call('POST', '/login/email/verify', { json: { token: tokenOf(mail) } });
  assert.equal(early.status, 200);
  const session = { accessToken: early.body.access_token };
  const other = 'countess@example.com';
  assert.equal((await call('PATCH', '/users/2', { token: admin, json: { email: other } })).status, 200);
  await server.newMails();
  assert.equal((await again(world)).status, 202);
  assert.equal(await lives(call, session), true);
  const [invitation] = await server.newMails();
  assert.equal((await accept(call, tokenOf(invitation), bea.password)).status, 200);
  assert.equal(await lives(call, session), false);
  assert.equal((await logIn(call, { ...ada, email: other, password: bea.password })).id, 2);
});

test('roles that were given in advance hold from the acceptance on', async () => {
  await using world = await invited();
  const { server, call, token } = world;
  await giveRole(server, asUserId(2), 'support', ['users:read']);
  const { body } = await accept(call, token);
  assert.equal((await call('GET', '/users', { token: body.access_token })).status, 200);
});

describe('an administrator who was invited', () => {
  test('takes nobody’s place before they have come in: the last one stays, however they would leave', async () => {
    await using world = await invited();
    const { server, call, admin, token } = world;
    const { changeRole } = server.features.roles;
    await changeRole.assign({ user: asUserId(2), role: 'admin' });
    await server.newEvents();
    const none = { roles: [] };
    const ways: Readonly<Record<string, () => ReturnType<Call>>> = {
      deleting: () => call('DELETE', '/users/1', { token: admin }),
      disabling: () => call('POST', '/users/1/disable', { token: admin }),
      demoting: () => call('PUT', '/users/1/roles', { token: admin, json: none }),
    };
    for (const leave of Object.values(ways)) assertProblem(await leave(), 409, 'last-admin');
    await assert.rejects(changeRole.unassign({ user: asUserId(1), role: 'admin' }), { message: /last administrator/ });
    // Others may set a password for them; who comes in is still to be seen.
    await server.features.accounts.setPassword({ id: asUserId(2), password });
    assertProblem(await call('DELETE', '/users/1', { token: admin }), 409, 'last-admin');
    assert.equal(await lives(call, { accessToken: admin }), true);
    assertProblem(await accept(call, token), 422, 'invalid-one-time-token');

    await logIn(call);
    assert.equal((await call('PUT', '/users/1/roles', { token: admin, json: none })).status, 200);
    assertProblem(await call('DELETE', '/users/2', { token: (await logIn(call)).accessToken }), 409, 'last-admin');
  });

  test('does so once they have accepted, or have come in by a mail', async () => {
    for (const how of ['invitation', 'mail']) {
      await using world = await invited();
      const { server, call, admin, token } = world;
      await server.features.roles.changeRole.assign({ user: asUserId(2), role: 'admin' });
      if (how === 'invitation') assert.equal((await accept(call, token)).status, 200);
      else {
        assert.equal((await call('POST', '/login/email', { json: { email } })).status, 202);
        const json = { token: tokenOf((await server.newMails())[0]) };
        assert.equal((await call('POST', '/login/email/verify', { json })).status, 200);
      }
      assert.equal((await call('DELETE', '/users/1', { token: admin })).status, 200, how);
    }
  });

  test('is one all the same where nobody has come in: no set-up token makes another, and they can be sent away', async () => {
    await using server = await startServer();
    const { accounts, roles } = server.features;
    for (const name of ['ada', 'bea']) {
      const names = { username: name, email: `${name}@example.com`, password: undefined, invite: true };
      const user = await accounts.createUser({ ...names, by: undefined });
      await roles.changeRole.assign({ user, role: 'admin' });
    }
    assert.equal(await accounts.setupToken.issue(), undefined);
    await accounts.delete({ id: asUserId(1), by: undefined });
    await assert.rejects(accounts.delete({ id: asUserId(2), by: undefined }), { message: /last administrator/ });
  });
});

test('an invited account cannot log in before, with the answer of an unknown name, and is deleted as any other', async () => {
  await using world = await invited();
  const { call, admin, token } = world;
  for (const guess of [password, '', 'undefined', 'null'].filter(Boolean)) {
    assertProblem(await call('POST', '/login', { json: { email, password: guess } }), 401, 'invalid-credentials');
  }
  assert.equal((await call('DELETE', '/users/2', { token: admin })).status, 200);
  assertProblem(await accept(call, token), 422, 'invalid-one-time-token');
  assert.equal((await signUp(call)).id, 3);
});

test('a password that is too weak is told, and the link stays good', async () => {
  await using world = await invited();
  const { server, call, token } = world;
  assertFaults(await accept(call, token, 'ada'), '/new_password');
  assertFaults(await accept(call, token, 'ada@example.com'), '/new_password');
  assert.deepEqual(await server.newEvents(), []);
  assert.equal((await accept(call, token)).status, 200);
});

describe('inviting once more', () => {
  test('kills the older link', async () => {
    await using world = await invited();
    const { server, call, admin, token } = world;
    const answer = await again(world);
    assert.deepEqual([answer.status, answer.body], [202, { message: 'Invitation sent successfully.' }]);
    const by = { outcome: 'success', actor: 1, subject: 2, session: sessionOf(admin), ip: '127.0.0.1' };
    assert.deepEqual(await server.newEvents(), [{ event: 'user.invited', ...by }]);
    const [mail] = await server.newMails();
    assertProblem(await accept(call, token), 422, 'invalid-one-time-token');
    assert.equal((await accept(call, tokenOf(mail))).status, 200);
    assertProblem(await again(world), 409, 'not-invitable');
    assert.deepEqual(await server.newMails(), []);
  });

  test('whoever was made without a password is invited too; who is disabled, has one, or is not there, is not', async () => {
    await using world = await invited();
    const { server, call, admin } = world;
    await call('POST', '/users', { token: admin, json: { username: bea.username, email: bea.email } });
    assert.deepEqual(await server.newMails(), []);
    assert.equal((await again(world, 3)).status, 202);
    assert.equal((await server.newMails())[0]?.to, bea.email);
    await server.features.accounts.disabling.disable({ id: asUserId(3), by: undefined });
    assertProblem(await again(world, 3), 409, 'not-invitable');
    assertProblem(await again(world, 1), 409, 'not-invitable');
    assertProblem(await again(world, 99), 404, 'user-not-found');
    await server.features.accounts.delete({ id: asUserId(3), by: undefined });
    assertProblem(await again(world, 3), 404, 'user-not-found');
    assert.deepEqual(await server.newMails(), []);
  });

  test('nor is whose address was vouched for, though they never came in, until they have another', async () => {
    await using world = await invited();
    const { server, call, admin } = world;
    const change = (json: object) => call('PATCH', '/users/2', { token: admin, json });
    assert.equal((await change({ email_verified: true })).status, 200);
    assertProblem(await again(world), 409, 'not-invitable');
    assert.equal((await change({ email: bea.email })).status, 200);
    await server.newMails();
    assert.equal((await again(world)).status, 202);
    assert.equal((await server.newMails())[0]?.to, bea.email);
  });

  test('an attack by bombing: five mails to an address, whether of one account or of one after the other', async () => {
    await using world = await invited();
    const { server, call, admin } = world;
    for (let n = 0; n < 2; n += 1) assert.equal((await again(world)).status, 202);
    assert.equal((await call('DELETE', '/users/2', { token: admin })).status, 200);
    const invite = (name: string) =>
      call('POST', '/users', { token: admin, json: { username: name, email: 'ADA@example.com', invite: true } });
    assert.equal((await invite('ada3')).status, 201);
    assert.equal((await again(world, 3)).status, 202);
    assertProblem(await again(world, 3), 429, 'too-many-attempts');
    assert.equal((await call('DELETE', '/users/3', { token: admin })).status, 200);
    await server.newEvents();
    assertProblem(await invite('ada4'), 429, 'too-many-attempts');
    assert.deepEqual(await server.newEvents(), [], 'nobody is made');
    assert.equal((await server.newMails()).length, 4);
  });

  test('an attack by whoever may write names: an account that holds more is not invited to their mailbox', async () => {
    await using world = await invited();
    const { server, call } = world;
    await giveRole(server, asUserId(2), 'support', ['users:read']);
    const writer = await signUp(call, bea);
    await giveRole(server, writer.id, 'writer', ['users:write']);
    await server.newMails();
    const patch = await call('PATCH', '/users/2', {
      token: writer.accessToken,
      json: { email: 'mallory@example.com' },
    });
    assertProblem(patch, 403, 'user-holds-more');
    assertProblem(await call('POST', '/users/2/invitation', { token: writer.accessToken }), 403, 'user-holds-more');
    assert.deepEqual(await server.newMails(), []);
  });
});

test('where no mail is sent nobody is invited, and nobody is made', async () => {
  await using server = await startServer({ env: { DEV_MAILBOX: 'off' } });
  const call = createClient(server.url);
  const token = await server.admin();
  const post = (json: object) => call('POST', '/users', { token, json });
  assertProblem(await post({ username, email, invite: true }), 503, 'mail-not-configured');
  assert.equal((await post({ username, email, invite: false })).status, 201);
  const again = await call('POST', '/users/2/invitation', { token });
  assertProblem(again, 503, 'mail-not-configured');
  assert.equal(again.headers.get('retry-after'), '3600');
});

describe('an attack on an invitation', () => {
  test('by mass assignment: a password or anything else beside it is refused, and nobody is made', async () => {
    await using world = await invited();
    const { server, call, admin } = world;
    const post = (json: object) => call('POST', '/users', { token: admin, json: { ...bea, invite: true, ...json } });
    assertFaults(await post({}), '/invite');
    const extras = { roles: ['admin'], email_verified: true, admin: true };
    for (const [extra, value] of Object.entries(extras)) {
      assertFaults(await post({ password: undefined, [extra]: value }), `/${extra}`);
    }
    for (const invite of ['true', 1, null]) assertFaults(await post({ password: undefined, invite }), '/invite');
    assert.deepEqual([await server.newEvents(), await server.newMails()], [[], []]);
  });

  test('by 20 acceptances at once: one password, one session', async () => {
    await using world = await invited();
    const { server, call, token } = world;
    const passwords = Array.from({ length: 20 }, (_, n) => `kestrel over the amber hill ${n}`);
    const answers = await Promise.all(passwords.map((it) => accept(call, token, it)));
    const won = answers.findIndex(({ status }) => status === 200);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      assertProblem(answer, 422, 'invalid-one-time-token');
    }
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    const events = (await server.newEvents()).map(({ event }) => event);
    assert.deepEqual(events, ['invitation.accepted', 'session.started']);
    assert.equal((await logIn(call, { ...ada, password: passwords[won] ?? '' })).id, 2);
  });

  test('by racing with a second invitation, a password that the operator sets, and a deletion: both or neither', async () => {
    await using world = await invited();
    const { server, call, token } = world;
    const [answer] = await Promise.all([
      accept(call, token),
      server.features.accounts.setPassword({ id: asUserId(2), password: bea.password }),
    ]);
    const first = answer.status === 200;
    if (!first) assertProblem(answer, 422, 'invalid-one-time-token');
    // Whoever came first, what the operator has set holds now, and no session of before lives.
    assert.equal((await logIn(call, { ...ada, password: bea.password })).id, 2);
    if (first) assert.equal(await lives(call, { accessToken: answer.body.access_token }), false);
    assertProblem(await accept(call, token), 422, 'invalid-one-time-token');
  });

  test('with a token that is used, old, of another address by now, of a disabled user, foreign or made up: one answer', async () => {
    await using world = await invited();
    const { server, call, token } = world;
    const { accounts } = server.features;
    const refused = new Set<string>();
    const tryIt = async (text: string) => {
      const answer = await accept(call, text);
      assertProblem(answer, 422, 'invalid-one-time-token');
      const { instance: _, ...body } = answer.body;
      refused.add(JSON.stringify(body));
    };
    await tryIt('x'.repeat(43));
    await accounts.disabling.disable({ id: asUserId(2), by: undefined });
    await tryIt(token);
    await accounts.disabling.enable({ id: asUserId(2), by: undefined });
    await accounts.renameUser({ id: asUserId(2), email: 'ada@example.org', by: undefined });
    await tryIt(token);
    await again(world);
    const [mail] = await server.newMails();
    assert.equal(mail?.to, 'ada@example.org');
    const foreign = await call('POST', '/email/confirm', { json: { token: tokenOf(mail) } });
    assertProblem(foreign, 422, 'invalid-one-time-token');
    server.clock.advance(7 * 86_400_000);
    await tryIt(tokenOf(mail));
    assert.equal(refused.size, 1);
  });
});
