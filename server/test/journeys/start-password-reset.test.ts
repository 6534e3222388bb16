/** POST /users/{user_id}/password-reset: administrators start a reset, and nobody but the owner ever knows the password. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Call, createClient } from '../support/client.ts';
import { tokenOf } from '../support/mails.ts';
import { ada, bea, giveRole, type Held, lives, logIn, signUp, verifyAddress } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const next = 'nine grey herons wade';
const start = (call: Call, id: number, token: string) => call('POST', `/users/${id}/password-reset`, { token });

interface World {
  readonly server: TestServer;
  readonly call: Call;
  /** Ada, who is to get a mail. */
  readonly held: Held;
  /** Bea, who may start resets. */
  readonly helper: Held;
}

async function withHelper(story: (world: World) => Promise<void>): Promise<void> {
  await using server = await startServer();
  const call = createClient(server.url);
  const [held, helper] = [await signUp(call), await signUp(call, bea)];
  await verifyAddress(server, held.id);
  await giveRole(server, helper.id, 'helper', ['users:write']);
  await server.newMails();
  await server.newEvents();
  await story({ server, call, held, helper });
}

test('the mail goes to the user, the record names both, and all goes on until a new password is chosen', () =>
  withHelper(async ({ server, call, held, helper }) => {
    const answer = await start(call, held.id, helper.accessToken);
    assert.deepEqual([answer.status, answer.body], [202, { message: 'The mail is on its way.' }]);
    assert.doesNotMatch(JSON.stringify([...answer.headers]), /token=/);
    const at = { ip: '127.0.0.1', session: helper.sessionId };
    const event = { event: 'password.reset-asked', outcome: 'success', ...at };
    assert.deepEqual(await server.newEvents(), [{ ...event, actor: helper.id, subject: held.id }]);
    const [mail, ...others] = await server.newMails();
    assert.deepEqual([mail?.to, mail?.template, others], [ada.email, 'reset-password', []]);
    assert.equal(await lives(call, held), true);
    await logIn(call);

    const json = { token: tokenOf(mail), new_password: next };
    assert.equal((await call('POST', '/password/reset', { json })).status, 200);
    assert.deepEqual([await lives(call, held), await lives(call, helper)], [false, true]);
    await logIn(call, { ...ada, password: next });
  }));

test('it is not counted as asked for by the owner: a bombed address gets it all the same', () =>
  withHelper(async ({ server, call, held, helper }) => {
    for (let asking = 0; asking < 8; asking += 1) {
      await call('POST', '/password/forgot', { json: { email: ada.email } });
    }
    await server.newMails();
    assert.equal((await start(call, held.id, helper.accessToken)).status, 202);
    assert.equal((await server.newMails()).length, 1);
  }));

test('an attack by bombing with the help of an administrator: five mails, then they wait, and the operator does not', () =>
  withHelper(async ({ server, call, held, helper }) => {
    const answers: number[] = [];
    for (let n = 0; n < 7; n += 1) answers.push((await start(call, held.id, helper.accessToken)).status);
    assert.deepEqual(answers, [202, 202, 202, 202, 202, 429, 429]);
    assert.equal((await server.newMails()).length, 5);
    assert.equal((await server.newEvents()).length, 5);
    const refused = await start(call, held.id, helper.accessToken);
    assertProblem(refused, 429, 'too-many-attempts');
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    await server.features.emailFlows.startReset.mail({ id: held.id, by: undefined, ip: undefined });
    assert.equal((await server.newMails()).length, 1);
    server.clock.advance(600_000);
    assert.equal((await start(call, held.id, helper.accessToken)).status, 202);
  }));

describe('nothing is sent', () => {
  const nothingHappened = async ({ server }: World) => {
    assert.deepEqual([await server.newMails(), await server.newEvents()], [[], []]);
  };

  test('to a user who holds more', () =>
    withHelper(async (world) => {
      const { server, call, held, helper } = world;
      await giveRole(server, held.id, 'editor', ['posts:publish']);
      assertProblem(await start(call, held.id, helper.accessToken), 403, 'user-holds-more');
      await nothingHappened(world);
    }));

  test('without the permission, whether or not there is such a user', () =>
    withHelper(async (world) => {
      const { call, held, helper } = world;
      for (const id of [helper.id, held.id, 99]) {
        assertProblem(await start(call, id, held.accessToken), 403, 'insufficient-permission');
      }
      await nothingHappened(world);
    }));

  test('to who is deleted, was never there, or is disabled', () =>
    withHelper(async (world) => {
      const { server, call, held, helper } = world;
      await server.features.accounts.disabling.disable({ id: held.id, by: undefined });
      await server.newEvents();
      assertProblem(await start(call, held.id, helper.accessToken), 409, 'user-disabled');
      await server.features.accounts.delete({ id: held.id, by: undefined });
      await server.newEvents();
      for (const id of [held.id, 99]) {
        assertProblem(await start(call, id, helper.accessToken), 404, 'user-not-found');
      }
      await nothingHappened(world);
    }));

  test('where mail is off: everybody who asks hears so, and the operator prints a link', async () => {
    const env = {
      SECRET_KEY: 'a secret key for production that is long enough',
      PUBLIC_URL: 'https://auth.example.com',
    };
    await using server = await startServer({ env: { NODE_ENV: 'production', ...env } });
    const call = createClient(server.url);
    const json = { email: ada.email };
    const { id } = await signUp(call);
    const token = await server.admin();
    for (const path of ['/password/forgot', '/login/email']) {
      assertProblem(await call('POST', path, { json }), 503, 'mail-not-configured');
    }
    assertProblem(await start(call, id, token), 503, 'mail-not-configured');
    const { link, minutes } = await server.features.emailFlows.startReset.link(id);
    assert.equal(minutes, 30);
    const [base, printed] = link.split('#token=');
    assert.equal(base, 'https://auth.example.com/mail/reset-password');
    const reset = { token: printed, new_password: next };
    assert.equal((await call('POST', '/password/reset', { json: reset })).status, 200);
    await logIn(call, { ...ada, password: next });
  });
});

test('a printed link kills the mails of before, and a mail kills it', () =>
  withHelper(async ({ server, call, held }) => {
    await call('POST', '/password/forgot', { json: { email: ada.email } });
    const [mail] = await server.newMails();
    const { link } = await server.features.emailFlows.startReset.link(held.id);
    const reset = (token: string | undefined) =>
      call('POST', '/password/reset', { json: { token, new_password: next } });
    assertProblem(await reset(tokenOf(mail)), 422, 'invalid-one-time-token');
    await call('POST', '/password/forgot', { json: { email: ada.email } });
    assertProblem(await reset(link.split('#token=')[1]), 422, 'invalid-one-time-token');
  }));
