/** GET /user/export, POST /users/{user_id}/purge, and what happens to deleted users when their retention is over. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { schemaTables } from '../../src/db/schema.ts';
import type { UserId } from '../../src/kernel/ids.ts';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { ada, bea, giveRole, logIn, sessionOf, signUp } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const day = 86_400_000;
const agent = 'A very special browser of Ada';
const headers = { 'user-agent': agent };

/** The whole database as a text. */
async function everythingKept(server: TestServer): Promise<string> {
  const rows = [];
  for (const { name } of schemaTables(server.db.dialect)) {
    rows.push(...(await behind(server.db, (builder) => builder.selectFrom(name).selectAll())));
  }
  return JSON.stringify(rows);
}

describe('the export', () => {
  test('tells a user all that is held on them, and of nobody else', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const admin = await server.admin();
    const held = await signUp(call);
    await signUp(call, bea);
    await giveRole(server, held.id, 'editor', ['posts:publish']);
    const { email, password } = ada;
    const login = await call('POST', '/login', { json: { email, password }, headers });
    await call('POST', `/users/${held.id}/disable`, { token: admin, json: { reason: 'hush' } });
    await call('POST', `/users/${held.id}/enable`, { token: admin });
    const back = await logIn(call);
    await server.newEvents();
    const answer = await call('GET', '/user/export', { token: back.accessToken });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename="keyward-export\.json"$/);
    assert.match(answer.headers.get('cache-control') ?? '', /no-store/);
    const { body } = answer;
    const own = ['mails', 'one_time_codes', 'password', 'roles', 'sessions', 'user'];
    const members = ['api_keys', 'audit_events', 'exported_at', ...own];
    assert.deepEqual(Object.keys(body).sort(), members);
    assert.deepEqual([body.user.id, body.user.username, body.user.email], [held.id, 'ada', 'ada@example.com']);
    assert.deepEqual(body.roles, ['editor']);
    assert.deepEqual(Object.keys(body.password), ['changed_at']);
    assert.equal(body.sessions.length, 3);
    const [sessionId] = login.body.refresh_token.split('.');
    const session = body.sessions.find((it: { id: string }) => it.id === sessionId);
    assert.deepEqual([session.user_agent, session.ip, session.end_reason], [agent, '127.0.0.1', 'user-disabled']);
    const events: { event: string; by_themselves: boolean; ip: string | null }[] = body.audit_events;
    assert.ok(
      ['user.created', 'role.assigned', 'session.started', 'user.disabled', 'user.exported'].every((name) =>
        events.some(({ event }) => event === name),
      ),
    );
    const disabled = events.find(({ event }) => event === 'user.disabled');
    assert.deepEqual([disabled?.by_themselves, disabled?.ip], [false, null], 'where an administrator sits is theirs');
    assert.doesNotMatch(JSON.stringify(body), /bea|root|hush|test\$|token/);
    const exported = { outcome: 'success', actor: held.id, subject: held.id, ip: '127.0.0.1' };
    const event = { event: 'user.exported', ...exported, session: back.sessionId };
    assert.deepEqual(await server.newEvents(), [event]);
  });

  test('is whole however long it is, and one’s own alone', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    for (let count = 0; count < 3; count += 1) {
      await server.db.transact(async (tx) => {
        for (let place = 0; place < 400; place += 1) {
          const event = { event: 'password.rehashed', subject: held.id, object: `${count} ${place}` } as const;
          await server.features.audit.record(tx, event);
        }
      });
    }
    const { body } = await call('GET', '/user/export', { token: held.accessToken });
    const objects = body.audit_events.flatMap((it: { object: string | null }) => it.object ?? []);
    assert.equal(objects.length, 1_200);
    assert.deepEqual([new Set(objects).size, objects.at(-1)], [1_200, '2 399']);
    assertProblem(await call('GET', '/user/export'), 401, 'missing-credentials');
    assert.equal(
      (await call('HEAD', '/user/export', { token: held.accessToken })).status,
      404 + 1,
      'a look leaves no event',
    );
  });

  test('tells keys that were revoked, and what they did to others: without saying to whom, or what was said of them', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const other = await signUp(call, bea);
    await giveRole(server, held.id, 'janitor', ['users:disable', 'sessions:end', 'roles:write', 'api-keys:write']);
    const token = held.accessToken;
    const { body: key } = await call('POST', '/api-keys', {
      token,
      json: { name: 'ci', permissions: ['roles:write'] },
    });
    await call('DELETE', `/api-keys/${key.id}`, { token });
    await call('DELETE', `/users/${other.id}/sessions/${other.sessionId}`, { token });
    await call('POST', '/users/roles', { token, json: { name: 'empty', permissions: [] } });
    const { body } = await call('GET', '/user/export', { token });
    const [told] = body.api_keys;
    assert.deepEqual([told.id, told.name, typeof told.revoked_at], [key.id, 'ci', 'string']);
    assert.equal(JSON.stringify(body).includes(other.sessionId), false, 'the session of somebody else is theirs');
    const eventOf = (name: string) => {
      const { at: _, ...event } = body.audit_events.find((it: { event: string }) => it.event === name);
      return event;
    };
    const own = { outcome: 'success', by_themselves: true, ip: '127.0.0.1', note: null };
    assert.deepEqual(eventOf('session.ended'), {
      ...{ event: 'session.ended', ...own, about_themselves: false, session: null },
      ...{ reason: 'ended-by-admin', object: `by:${held.sessionId}` },
    });
    const created = { reason: null, about_themselves: false, session: held.sessionId, object: 'empty' };
    assert.deepEqual(eventOf('role.created'), { event: 'role.created', ...own, ...created });

    const theirs = (await call('GET', '/user/export', { token: (await logIn(call, bea)).accessToken })).body;
    const ended = theirs.audit_events.find((it: { event: string }) => it.event === 'session.ended');
    assert.deepEqual(
      [ended.by_themselves, ended.about_themselves, ended.session, ended.ip, ended.object],
      [false, true, other.sessionId, null, null],
    );
    assert.equal(JSON.stringify(theirs).includes(held.sessionId), false, 'nor in which session an administrator sat');
  });

  test('an attack by asking without end: ten a day are free, and what is refused leaves nothing in the record', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    const neighbour = await signUp(call, bea);
    const ask = ({ accessToken: token }: { accessToken: string }) => call('GET', '/user/export', { token });
    for (let asked = 0; asked < 10; asked += 1) assert.equal((await ask(held)).status, 200);
    await server.newEvents();
    const answer = await ask(held);
    assertProblem(answer, 429, 'too-many-attempts');
    assert.equal(answer.headers.get('retry-after'), '30');
    assertProblem(await ask(await logIn(call)), 429, 'too-many-attempts');
    const events = (await server.newEvents()).map(({ event }) => event);
    assert.deepEqual(events, ['session.started']);
    assert.equal((await ask(neighbour)).status, 200);
    const operators = await server.features.personalData.exportUser({ id: held.id, by: undefined });
    assert.ok(operators, 'the operator does not wait');
    server.clock.advance(30_000);
    assert.equal((await ask(held)).status, 200);
  });

  test('of one who was deleted, for the operator, says since when there is a password', async () => {
    await using server = await startServer();
    const held = await signUp(createClient(server.url));
    await server.features.accounts.delete({ id: held.id, by: undefined });
    let text = '';
    for await (const piece of await server.features.personalData.exportUser({ id: held.id, by: undefined }))
      text += piece;
    assert.deepEqual(JSON.parse(text).password, { changed_at: new Date(server.clock.now()).toISOString() });
  });

  test('of one who has nothing is whole too', async () => {
    await using server = await startServer();
    const { create } = server.features.accounts;
    const account = create.prepareWithoutPassword(ada);
    const id = await server.db.transact((tx) => create.insert(tx, account, { admin: false, how: 'test' }));
    let text = '';
    for await (const piece of await server.features.personalData.exportUser({ id, by: undefined })) text += piece;
    const { password, roles, sessions } = JSON.parse(text);
    assert.deepEqual([password, roles, sessions], [null, [], []]);
  });
});

describe('a purge', () => {
  test('leaves nothing of a person but the id, and the record of what happened to it', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const admin = await server.admin();
    const held = await signUp(call);
    await giveRole(server, held.id, 'editor', ['posts:publish']);
    const { email, password } = ada;
    await call('POST', '/login', { json: { email, password }, headers });
    await call('POST', `/users/${held.id}/disable`, { token: admin, json: { reason: 'For Ada alone' } });
    await call('DELETE', `/users/${held.id}`, { token: admin });
    assert.match(await everythingKept(server), /ada@example\.com.*special browser/is);
    await server.newEvents();
    const answer = await call('POST', `/users/${held.id}/purge`, { token: admin });
    assert.deepEqual([answer.status, answer.body], [200, { message: 'User purged successfully.' }]);
    const event = { event: 'user.purged', outcome: 'success', actor: 1, subject: held.id, ip: '127.0.0.1' };
    assert.deepEqual(await server.newEvents(), [{ ...event, session: sessionOf(admin) }]);
    const kept = (await everythingKept(server)).replaceAll(/argon|adapt/gi, '');
    assert.doesNotMatch(kept, /\bada\b|special browser|For Ada/i);
    assert.doesNotMatch(
      kept,
      new RegExp(await server.features.passwords.prepare.hash(password).then((it) => it.replace('$', '\\$'))),
    );
    const passwords = await behind(server.db, (builder) => builder.selectFrom('passwords').select('user_id'));
    assert.deepEqual(
      passwords.map((row) => row.user_id),
      [1],
    );
    assert.deepEqual((await server.features.roles.store.grantsOf(server.db, held.id)).roles, []);
    const told = await server.features.audit.list(server.db, 0);
    assert.ok(told.some((it) => it.event === 'user.created' && it.subject === held.id));

    for (const path of ['/restore', '/purge']) {
      assertProblem(await call('POST', `/users/${held.id}${path}`, { token: admin }), 404, 'user-not-found');
    }
    assertProblem(await call('GET', `/users/${held.id}`, { token: admin }), 404, 'user-not-found');
    assert.deepEqual((await call('GET', '/users?status=any', { token: admin })).body.users.length, 1);
    assert.ok((await signUp(call)).id > held.id, 'the id is never used twice');
  });

  test('an attack by purging at once to clear a revoked token: verifiers still learn that its session has ended', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const admin = await server.admin();
    const held = await signUp(call);
    await call('DELETE', `/users/${held.id}`, { token: admin });
    const ended = async () =>
      (await server.features.sessions.store.endedAfter(server.db, { endedAt: 0, statusIndex: 0 })).length;
    const before = await ended();
    assert.ok(before > 0);
    await call('POST', `/users/${held.id}/purge`, { token: admin });
    assert.equal(await ended(), before);
    assertProblem(await call('GET', '/user', { token: held.accessToken }), 401, 'invalid-token');
  });

  test('an attack on who lives, or never was: only who was deleted is purged', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    const admin = await server.admin();
    const held = await signUp(call);
    for (const id of [1, held.id, 99]) {
      assertProblem(await call('POST', `/users/${id}/purge`, { token: admin }), 404, 'user-not-found');
    }
    assert.equal((await logIn(call)).id, held.id);
  });

  test('comes by itself when the retention is over, once, whoever else does the same', async () => {
    await using server = await startServer({ env: { DELETED_USER_RETENTION_DAYS: '2' } });
    const call = createClient(server.url);
    const [first, second] = [await signUp(call), await signUp(call, bea)];
    const { purgeDue } = server.features.personalData;
    const remove = (id: UserId) => server.features.accounts.delete({ id, by: undefined });
    await remove(first.id);
    server.clock.advance(day);
    await remove(second.id);
    server.clock.advance(day);
    await server.newEvents();
    await purgeDue();
    assert.deepEqual(await server.newEvents(), [], 'not a millisecond too early');
    server.clock.advance(1);
    await Promise.all([purgeDue(), purgeDue(), purgeDue()]);
    const event = { event: 'user.purged', outcome: 'success', subject: first.id, reason: 'retention' };
    assert.deepEqual(await server.newEvents(), [event]);
    await server.features.accounts.restore({ id: second.id, by: undefined });
    server.clock.advance(9 * day);
    await purgeDue();
    assert.equal((await server.features.users.find(server.db, second.id))?.purgedAt, undefined);
  });
});
