import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../support/client.ts';
import { startServer } from '../support/server.ts';

test("a client that knows only the seed's README walks through the whole API", async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const json = { username: 'ada', email: 'ada@example.com', password: 'correct horse battery' };

  const signup = await call('POST', '/signup', { json });
  assert.equal(signup.status, 201);
  assert.equal(signup.body.message, 'Success');
  assert.deepEqual(signup.body.data, { id: 1, username: 'ada', email: 'ada@example.com' });
  assert.equal(signup.body.token_type, 'bearer');

  const user = await call('GET', '/user', { token: signup.body.access_token });
  assert.equal(user.status, 200);
  assert.equal(user.body.id, 1);
  assert.equal(user.body.username, 'ada');
  assert.equal(user.body.email, 'ada@example.com');

  const refresh = await call('GET', '/refresh-access-token', { cookie: signup.cookie });
  assert.equal(refresh.status, 200);
  assert.deepEqual(refresh.body.user, signup.body.data);
  assert.equal(refresh.body.expires_in, 900);

  const login = await call('POST', '/login', { json: { email: json.email, password: json.password } });
  assert.equal(login.status, 200);
  assert.deepEqual(login.body.data, signup.body.data);

  const logout = await call('POST', '/logout', { token: login.body.access_token });
  assert.deepEqual([logout.status, logout.body], [200, { message: 'User logged out successfully.' }]);
  assert.equal((await call('GET', '/user', { token: login.body.access_token })).status, 401);

  const deleted = await call('DELETE', '/users/1', { token: refresh.body.access_token });
  assert.deepEqual([deleted.status, deleted.body], [200, { message: 'User deleted successfully.' }]);
  assert.equal((await call('GET', '/user', { token: refresh.body.access_token })).status, 401);
  assert.equal((await call('POST', '/login', { json: { email: json.email, password: json.password } })).status, 401);

  const events = (await server.newEvents()).map(({ event }) => event);
  assert.deepEqual(events, [
    'user.created',
    'session.started',
    'session.started',
    'session.ended',
    'user.deleted',
    'session.ended',
    'login.failed',
  ]);
});
