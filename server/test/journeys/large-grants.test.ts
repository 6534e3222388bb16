import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../support/client.ts';
import { logIn, signUp } from '../support/people.ts';
import { startServer } from '../support/server.ts';

const payloadOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const credentials = { email: 'root@example.com', password: 'correct horse battery staple' };

test('registering permissions by the hundred cannot make the tokens of an administrator too large to be accepted', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  assert.deepEqual(payloadOf(token).roles, ['admin']);
  for (let made = 0; made < 100; made += 1) {
    const json = { name: `${'r'.repeat(60)}:${'a'.repeat(50)}${made}` };
    assert.equal((await call('POST', '/permissions', { token, json })).status, 201);
  }
  const login = await call('POST', '/login', { json: credentials });
  assert.ok(login.body.access_token.length < 4_096);
  const { roles, permissions, permissions_omitted } = payloadOf(login.body.access_token);
  assert.deepEqual([roles, permissions, permissions_omitted], [[], [], true]);
  const role = { name: 'editor', permissions: ['users:delete'] };
  const created = await call('POST', '/users/roles', { token: login.body.access_token, json: role });
  assert.equal(created.status, 201, 'what one may do is read from the database, not from the token');
});

test('neither can a hundred roles with the longest names there are, in any script', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  const held = await signUp(call);
  const roles: number[] = [];
  for (const letter of ['x', '編', '👩', '"']) {
    for (let made = 0; made < 25; made += 1) {
      const json = { name: letter.repeat(60) + made, permissions: [] };
      const { status, body } = await call('POST', '/users/roles', { token, json });
      assert.equal(status, 201);
      roles.push(body.data.id);
    }
  }
  for (const some of [1, 10, 20, 30, 40, 60, 100]) {
    const json = { roles: roles.slice(-some) };
    assert.equal((await call('PUT', `/users/${held.id}/roles`, { token, json })).status, 200);
    const { accessToken } = await logIn(call);
    assert.ok(accessToken.length < 4_096, `${some} roles: ${accessToken.length}`);
    const told = payloadOf(accessToken);
    if (told.permissions_omitted === undefined) assert.equal(told.roles.length, some);
    else assert.deepEqual([told.roles, told.permissions, told.permissions_omitted], [[], [], true]);
    assert.equal(some !== 100 || told.permissions_omitted, true, 'the rule was met');
    const { body } = await call('GET', `/users/${held.id}/roles`, { token: accessToken });
    assert.equal(body.roles.length, some, 'what they have is told all the same');
  }
});

test('an access token is not good for longer than its session', async () => {
  await using server = await startServer({ env: { JWT_REFRESH_EXPIRY: '1' } });
  const call = createClient(server.url);
  const json = { username: 'ada', email: 'ada@example.com', password: 'correct horse battery' };
  const { body } = await call('POST', '/signup', { json });
  server.clock.advance((86_400 - 60) * 1_000);
  const refreshed = await call('POST', '/refresh-access-token', { json: { refresh_token: body.refresh_token } });
  assert.equal(refreshed.body.expires_in, 60);
  const { exp, iat } = payloadOf(refreshed.body.access_token);
  assert.equal(exp - iat, 60);
});
