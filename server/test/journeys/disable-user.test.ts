/** POST /users/{user_id}/disable and /enable. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createClient } from '../support/client.ts';
import { tokenOf } from '../support/mails.ts';
import { ada, bea, giveRole, lives, logIn, sessionOf, signUp, verifyAddress } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const disabled = { message: 'User disabled successfully.' };
const enabled = { message: 'User enabled successfully.' };
const { email, password } = ada;

test('shut out at once, answered at the login as an unknown name, and let in again', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  const held = await signUp(call);
  await server.newEvents();

  const shut = await call('POST', `/users/${held.id}/disable`, { token: admin });
  assert.deepEqual([shut.status, shut.body], [200, disabled]);
  const session = sessionOf(admin);
  const event = { outcome: 'success', actor: 1, subject: held.id, ip: '127.0.0.1' };
  assert.deepEqual(await server.newEvents(), [
    { event: 'user.disabled', ...event, session },
    { event: 'session.ended', ...event, session: held.sessionId, reason: 'user-disabled', object: `by:${session}` },
  ]);
  assert.equal(await lives(call, held), false);

  const { calls } = server.hasher;
  const seen: unknown[] = [];
  for (const json of [
    { email, password },
    { email: 'nobody@example.com', password },
  ]) {
    const before = calls.verify;
    const answer = await call('POST', '/login', { json });
    assertProblem(answer, 401, 'invalid-credentials');
    const headers = [...answer.headers].filter(([name]) => name !== 'date');
    seen.push([{ ...answer.body, instance: '' }, headers, calls.verify - before]);
  }
  assert.deepEqual(seen[0], seen[1]);
  const form = { grant_type: 'password', username: 'ada', password };
  assert.equal((await call('POST', '/token', { form })).body.error, 'invalid_grant');
  await server.newEvents();

  const open = await call('POST', `/users/${held.id}/enable`, { token: admin });
  assert.deepEqual([open.status, open.body], [200, enabled]);
  assert.deepEqual(await server.newEvents(), [{ event: 'user.enabled', ...event, session }]);
  assert.equal(await lives(call, held), false, 'what was ended stays so');
  assert.equal((await logIn(call)).id, held.id);
});

test('what was sent to them before is dead, also when they are let in again; a way back to a former address is not', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const admin = await server.admin();
  const held = await signUp(call);
  await verifyAddress(server, held.id);
  const { accessToken: token } = held;
  await server.newMails();
  const ask = (path: string, json: object) => call('POST', path, { token, json });
  const asked = async (path: string, json: object) => {
    assert.equal((await ask(path, json)).status, 202);
    const [mail] = (await server.newMails()).filter(({ data }) => /#token=/.test(JSON.stringify(data)));
    return tokenOf(mail);
  };
  const change = { email: 'ada@example.org', current_password: password };
  await call('POST', '/email/confirm', { token, json: { token: await asked('/user/email', change) } });
  const wayBack = tokenOf((await server.newMails()).find(({ template }) => template === 'email-changed'));
  const address = { email: change.email };
  const sent = {
    '/email/confirm': { token: await asked('/user/email', { ...change, email: 'third@example.org' }), password },
    '/password/reset': { token: await asked('/password/forgot', address), new_password: bea.password },
    '/login/email/verify': { token: await asked('/login/email', address) },
  };
  const [invited] = [bea.username].map((username) => ({ username, email: bea.email, invite: true }));
  const { id } = (await call('POST', '/users', { token: admin, json: invited })).body.data;
  const invitation = { token: tokenOf((await server.newMails())[0]), new_password: bea.password };
  for (const user of [held.id, id]) {
    for (const how of ['disable', 'enable'])
      assert.equal((await call('POST', `/users/${user}/${how}`, { token: admin })).status, 200);
  }
  await server.newEvents();
  for (const [path, json] of Object.entries({ ...sent, '/invitations/accept': invitation }))
    assertProblem(await call('POST', path, { json }), 422, 'invalid-one-time-token');
  assert.deepEqual([await server.newEvents(), await server.newMails()], [[], []]);
  assert.equal((await call('POST', '/email/undo', { json: { token: wayBack } })).status, 200);
});

test('a repeat changes nothing, is no event, and succeeds: an answer that was lost can be asked for again', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  const held = await signUp(call);
  await server.newEvents();
  for (const [change, events] of [
    ['disable', ['user.disabled', 'session.ended']],
    ['enable', ['user.enabled']],
  ] as const) {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => call('POST', `/users/${held.id}/${change}`, { token })),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    assert.deepEqual(
      (await server.newEvents()).map(({ event }) => event),
      events,
    );
  }
});

describe('who may not', () => {
  const permissions = { disable: 'users:disable', enable: 'users:disable' } as const;

  test('without the permission: 403 in the same bytes, whether that id lives, is deleted, or never was', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await server.admin();
    const held = await signUp(call);
    const gone = await signUp(call, bea);
    await giveRole(server, held.id, 'other', ['users:delete', 'sessions:end', 'sessions:read']);
    await call('DELETE', `/users/${gone.id}`, { token: gone.accessToken });
    await server.newEvents();
    for (const [change, permission] of Object.entries(permissions)) {
      const seen = new Set<string>();
      for (const id of [1, held.id, gone.id, 999]) {
        const answer = await call('POST', `/users/${id}/${change}`, { token: held.accessToken });
        assertProblem(answer, 403, 'insufficient-permission');
        assert.match(answer.headers.get('www-authenticate') ?? '', new RegExp(`scope="${permission}"`));
        seen.add(JSON.stringify({ ...answer.body, instance: '' }));
      }
      assert.equal(seen.size, 1);
      const { refreshToken: cookie } = held;
      assertProblem(await call('POST', `/users/1/${change}`, { cookie }), 401, 'missing-credentials');
    }
    assert.deepEqual([await server.newEvents(), await lives(call, held)], [[], true]);
  });

  test('an attack on whoever stands above: support disables neither an administrator nor who holds more', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await server.admin();
    const support = await signUp(call);
    const second = await signUp(call, bea);
    await giveRole(server, support.id, 'support', ['users:disable']);
    await giveRole(server, second.id, 'editor', ['posts:publish']);
    const { accessToken: token } = support;
    const refusedFor = async (id: number) => {
      for (const change of ['disable', 'enable']) {
        assertProblem(await call('POST', `/users/${id}/${change}`, { token }), 403, 'user-holds-more');
      }
    };
    await refusedFor(second.id);
    await server.features.roles.changeRole.assign({ user: second.id, role: 'admin' });
    await server.newEvents();
    await refusedFor(1);
    await refusedFor(second.id);
    assert.deepEqual([await server.newEvents(), await lives(call, second)], [[], true]);
  });

  test('a role that holds every permission there is does not reach an administrator either', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await server.admin();
    const held = await signUp(call);
    const second = await signUp(call, bea);
    const all = (await server.features.roles.store.listPermissions(server.db)).map(({ name }) => name);
    await giveRole(server, held.id, 'nearly-admin', all);
    await server.features.roles.changeRole.assign({ user: second.id, role: 'admin' });
    const answer = await call('POST', `/users/${second.id}/disable`, { token: held.accessToken });
    assertProblem(answer, 403, 'user-holds-more');
  });

  test('only who holds the permission learns that there is no such user: 404, and 422 for an id that is none', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const gone = await signUp(call);
    await call('DELETE', `/users/${gone.id}`, { token });
    for (const change of ['disable', 'enable']) {
      for (const id of [gone.id, 999]) {
        assertProblem(await call('POST', `/users/${id}/${change}`, { token }), 404, 'user-not-found');
      }
      const answer = await call('POST', `/users/me/${change}`, { token });
      assertProblem(answer, 422, 'validation-failed');
    }
  });
});

describe('the last administrator', () => {
  test('cannot be disabled, by themselves, by the operator, or by others', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const support = await signUp(call);
    await giveRole(server, support.id, 'support', ['users:disable']);
    for (const asking of [token, support.accessToken]) {
      assertProblem(await call('POST', '/users/1/disable', { token: asking }), 409, 'last-admin');
    }
    await assert.rejects(server.features.accounts.disabling.disable({ id: 1 as never, by: undefined }), {
      message: /last administrator/,
    });
    assert.deepEqual([await server.newEvents(), await lives(call, { accessToken: token })], [[], true]);
  });

  test('is the one who is left when the other is disabled: they can neither be deleted nor disabled nor demoted', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const token = await server.admin();
    const second = await signUp(call);
    const { changeRole } = server.features.roles;
    await changeRole.assign({ user: second.id, role: 'admin' });
    assert.equal((await call('POST', `/users/${second.id}/disable`, { token })).status, 200);
    assertProblem(await call('POST', '/users/1/disable', { token }), 409, 'last-admin');
    assertProblem(await call('DELETE', '/users/1', { token }), 409, 'last-admin');
    await assert.rejects(changeRole.unassign({ user: 1 as never, role: 'admin' }), { message: /last administrator/ });
    assert.equal((await call('POST', `/users/${second.id}/enable`, { token })).status, 200);
    assert.equal((await call('POST', '/users/1/disable', { token })).status, 200, 'now there is another one');
  });

  for (const [what, one, other] of [
    ['two administrators disable each other at once', 'disable', 'disable'],
    ['one disables and the other deletes at once', 'disable', 'delete'],
  ] as const) {
    test(`${what}: one stays`, async () => {
      for (let round = 0; round < 5; round += 1) {
        await using server = await startServer();
        const call = createClient(server.url);
        const first = await server.admin();
        const second = await signUp(call);
        await server.features.roles.changeRole.assign({ user: second.id, role: 'admin' });
        const attack = (how: string, id: number, token: string) =>
          how === 'delete'
            ? call('DELETE', `/users/${id}`, { token })
            : call('POST', `/users/${id}/disable`, { token });
        const answers = await Promise.all([attack(one, second.id, first), attack(other, 1, second.accessToken)]);
        const [won, lost] = answers.toSorted((a, b) => a.status - b.status);
        assert.equal(won?.status, 200);
        assert.ok(lost?.status === 401 || lost?.body.code === 'last-admin', JSON.stringify(lost?.body));
        const living = [await lives(call, { accessToken: first }), await lives(call, second)];
        assert.deepEqual(living.toSorted(), [false, true]);
      }
    });
  }
});

test('a body is not needed, and what is no JSON is refused', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  const answer = await call('POST', '/users/1/disable', { token, json: {} });
  assertProblem(answer, 409, 'last-admin');
  assertFaults(await call('POST', '/user/password', { token, json: {} }), '/current_password', '/new_password');
});
