import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '../../src/kernel/errors.ts';
import { createClient } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

const names = { username: 'ada', email: 'ada@example.com' };
const json = { email: names.email, password: 'correct horse battery' };

const importWith = async ({ features, db, newEvents }: TestServer, passwordHash: string) => {
  const account = await features.accounts.create.prepareWithHash({ ...names, passwordHash });
  const id = await db.transact((tx) => features.accounts.create.insert(tx, account, { admin: false, how: 'cli' }));
  await newEvents();
  return async () => (await features.passwords.store.findOf(db, id))?.hash;
};

const eventNames = async (server: TestServer) => (await server.newEvents()).map(({ event }) => event);

test('an account that brings its hash logs in with its old password, and has a new hash from then on', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await importWith(server, 'old$correct horse battery');
  assert.equal((await call('POST', '/login', { json })).status, 200);
  assert.deepEqual(await eventNames(server), ['session.started', 'password.rehashed']);
  assert.equal((await call('POST', '/login', { json })).status, 200);
  assert.deepEqual(await eventNames(server), ['session.started']);
});

test('five first logins at once are all let in, and one of them renews the hash', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await importWith(server, 'old$correct horse battery');
  const answers = await Promise.all(Array.from({ length: 5 }, () => call('POST', '/login', { json })));
  assert.deepEqual(
    answers.map(({ status }) => status),
    Array(5).fill(200),
  );
  const events = await eventNames(server);
  assert.deepEqual(events.sort(), ['password.rehashed', ...Array(5).fill('session.started')]);
});

test('a weak hash is never stored as it came: it is wrapped, and is a plain one after the next login', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const storedHash = await importWith(server, 'weak$correct horse battery');
  assert.equal(await storedHash(), 'wrapped$weak$correct horse battery');
  assert.equal((await call('POST', '/login', { json: { ...json, password: 'correct horse batter' } })).status, 401);
  assert.equal((await call('POST', '/login', { json })).status, 200);
  assert.deepEqual(await eventNames(server), ['login.failed', 'session.started', 'password.rehashed']);
  assert.match((await storedHash()) ?? '', /^test\$/);
});

test('a text that is no hash is refused with a pointer, instead of making an account that nobody can enter', async () => {
  await using server = await startServer();
  const { create } = server.features.accounts;
  await assert.rejects(
    create.prepareWithHash({ ...names, passwordHash: 'hunter2' }),
    (error) => error instanceof DomainError && error.errors?.[0]?.pointer === '/password',
  );
});
