/**
 * POST /token: RFC 6749 §4.3 and §6 over the same use cases as /login and /refresh-access-token.
 * 200 → "the password grant …", "the refresh grant …"; refusals → "refused as RFC 6749 §5.2 wants it".
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CallOptions, createClient } from '../support/client.ts';
import { ada, bea, lives, signUp } from '../support/people.ts';
import { assertOAuthError } from '../support/refusals.ts';
import { startServer } from '../support/server.ts';

const passwordGrant = { grant_type: 'password', username: ada.email, password: ada.password };
const formType = 'application/x-www-form-urlencoded';

for (const username of ['ada@example.com', 'ADA@example.com', 'ada', 'Ada', 'ａｄａ']) {
  test(`the password grant takes ${username} and answers as RFC 6749 §5.1, without a cookie`, async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await signUp(call);
    await server.newEvents();

    const answer = await call('POST', '/token', { form: { ...passwordGrant, username } });
    const { access_token: accessToken, refresh_token: refreshToken, ...rest } = answer.body;
    assert.deepEqual([answer.status, rest], [200, { token_type: 'bearer', expires_in: 900 }]);
    assert.equal(answer.cookie, undefined);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('pragma'), 'no-cache');
    assert.equal(await lives(call, { accessToken }), true);
    const session = refreshToken.split('.')[0];
    assert.deepEqual(await server.newEvents(), [
      {
        event: 'session.started',
        outcome: 'success',
        actor: 1,
        subject: 1,
        session,
        reason: 'password',
        ip: '127.0.0.1',
      },
    ]);
  });
}

test('the refresh grant rotates the token and leaves no event', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { refreshToken } = await signUp(call);
  await server.newEvents();

  const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const answer = await call('POST', '/token', { form });
  const { access_token: accessToken, refresh_token: successor, ...rest } = answer.body;
  assert.deepEqual([answer.status, rest], [200, { token_type: 'bearer', expires_in: 900 }]);
  assert.notEqual(successor, refreshToken);
  assert.equal(answer.cookie, undefined);
  assert.equal(await lives(call, { accessToken }), true);
  assert.equal((await call('POST', '/token', { form: { ...form, refresh_token: successor } })).status, 200);
  assert.deepEqual(await server.newEvents(), []);
});

test('the Authorize dialog of the documentation signs in: its empty Basic header and its extra fields are ignored', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await signUp(call);
  const form = { ...passwordGrant, scope: 'anything at all', client_id: 'swagger', client_secret: 'x', unknown: 'y' };
  for (const authorization of ['Basic Og==', 'Basic c3dhZ2dlcjp4', 'Bearer nonsense', 'Negotiate x']) {
    assert.equal((await call('POST', '/token', { form, headers: { authorization } })).status, 200, authorization);
  }
});

test('attack: an address that a username could be mistaken for locks nobody out and lets nobody in', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const victim = await signUp(call);
  const intruder = { username: 'eve', email: 'ad@ada', password: bea.password };
  await signUp(call, intruder);

  const { status, body } = await call('POST', '/token', { form: { ...passwordGrant, username: 'ada' } });
  assert.equal(status, 200);
  assert.equal((await call('GET', '/user', { token: body.access_token })).body.id, victim.id);
  const crossed = { ...passwordGrant, username: 'ada', password: intruder.password };
  assertOAuthError(await call('POST', '/token', { form: crossed }), 400, 'invalid_grant');
  const byLogin = await call('POST', '/login', { json: { email: 'ada', password: intruder.password } });
  assert.equal(byLogin.status, 401);
  const own = { ...passwordGrant, username: intruder.email, password: intruder.password };
  assert.equal((await call('POST', '/token', { form: own })).status, 200);
});

describe('refused as RFC 6749 §5.2 wants it, with nothing changed', () => {
  const json = { grant_type: 'password', username: ada.email, password: ada.password };
  const raw = (text: string): CallOptions => ({ raw: text, headers: { 'content-type': formType } });
  const refused: readonly (readonly [why: string, sent: CallOptions, status: number, error: string, says?: RegExp])[] =
    [
      ['no grant_type', { form: { username: 'ada', password: 'x' } }, 400, 'invalid_request', /grant_type/],
      ['an empty grant_type', { form: { ...passwordGrant, grant_type: '' } }, 400, 'invalid_request', /grant_type/],
      ['an unknown grant_type', { form: { ...passwordGrant, grant_type: 'magic' } }, 400, 'unsupported_grant_type'],
      ['the client_credentials grant', { form: { grant_type: 'client_credentials' } }, 400, 'unsupported_grant_type'],
      [
        'a grant_type in capitals',
        { form: { ...passwordGrant, grant_type: 'PASSWORD' } },
        400,
        'unsupported_grant_type',
      ],
      ['no username', { form: { grant_type: 'password', password: 'x' } }, 400, 'invalid_request', /username/],
      ['an empty username', { form: { ...passwordGrant, username: '' } }, 400, 'invalid_request', /username/],
      ['no password', { form: { grant_type: 'password', username: 'ada' } }, 400, 'invalid_request', /password/],
      ['no refresh_token', { form: { grant_type: 'refresh_token' } }, 400, 'invalid_request', /refresh_token/],
      ['a made-up refresh_token', { form: { grant_type: 'refresh_token', refresh_token: 'x' } }, 400, 'invalid_grant'],
      ['a wrong password', { form: { ...passwordGrant, password: 'wrong' } }, 400, 'invalid_grant'],
      ['a control character', { form: { ...passwordGrant, username: 'ada\0' } }, 400, 'invalid_request', /username/],
      ['a parameter twice', raw('grant_type=password&username=ada&username=bea&password=x'), 400, 'invalid_request'],
      [
        'a parameter twice, once empty',
        raw('grant_type=password&grant_type=&username=a&password=x'),
        400,
        'invalid_request',
      ],
      ['a name in two spellings', raw('grant_type=password&grant%5Ftype=refresh_token'), 400, 'invalid_request'],
      ['a broken percent-encoding', raw('grant_type=password&username=%zz&password=x'), 400, 'invalid_request'],
      ['no body', { headers: { 'content-type': formType } }, 400, 'invalid_request'],
      ['an empty form', raw(''), 400, 'invalid_request'],
      ['JSON', { json }, 415, 'invalid_request'],
      ['plain text', { raw: 'grant_type=password', headers: { 'content-type': 'text/plain' } }, 415, 'invalid_request'],
      ['the form in an address', { headers: { 'content-type': formType } }, 400, 'invalid_request'],
      ['more than 64 KiB', raw(`username=${'x'.repeat(70_000)}`), 413, 'invalid_request'],
    ];
  test('and only a wrong password is an event', async (t) => {
    await using server = await startServer();
    const call = createClient(server.url);
    const held = await signUp(call);
    await server.newEvents();
    for (const [why, sent, status, error, says] of refused) {
      await t.test(`${error}: ${why}`, async () => {
        const query = why === 'the form in an address' ? `?${new URLSearchParams(passwordGrant)}` : '';
        const answer = await call('POST', `/token${query}`, sent);
        assertOAuthError(answer, status, error);
        if (says !== undefined) assert.match(answer.body.error_description, says);
        const events = (await server.newEvents()).map(({ event }) => event);
        assert.deepEqual(events, why === 'a wrong password' ? ['login.failed'] : []);
      });
    }
    assert.equal(await lives(call, held), true);
  });
});
