import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '../../src/kernel/errors.ts';
import { createClient } from '../support/client.ts';
import { startServer } from '../support/server.ts';

const names = { username: 'ada', email: 'ada@example.com' };

test('an account that brings its hash logs in with its old password, and has a new hash from then on', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { create } = server.features.accounts;
  const account = create.prepareWithHash({ ...names, passwordHash: 'old$correct horse battery' });
  await server.db.transact((tx) => create.insert(tx, account, { admin: false, how: 'cli' }));
  await server.newEvents();
  const json = { email: names.email, password: 'correct horse battery' };
  assert.equal((await call('POST', '/login', { json })).status, 200);
  assert.deepEqual(
    (await server.newEvents()).map(({ event }) => event),
    ['session.started', 'password.rehashed'],
  );
  assert.equal((await call('POST', '/login', { json })).status, 200);
  assert.deepEqual(
    (await server.newEvents()).map(({ event }) => event),
    ['session.started'],
  );
});

test('a text that is no hash is refused with a pointer, instead of making an account that nobody can enter', async () => {
  await using server = await startServer();
  const { create } = server.features.accounts;
  assert.throws(
    () => create.prepareWithHash({ ...names, passwordHash: 'hunter2' }),
    (error) => error instanceof DomainError && error.errors?.[0]?.pointer === '/password',
  );
});
