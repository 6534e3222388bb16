import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '../../src/kernel/errors.ts';
import { createClient } from '../support/client.ts';
import { lineOf, startRangeServer } from '../support/range-server.ts';
import { startServer } from '../support/server.ts';

const breached = 'seven quiet lanterns burn';
const good = 'nine loud kettles sing';
const ada = { username: 'ada', email: 'ada@example.com' };
const detail = 'This password is known from a data breach. Choose one that you use nowhere else.';

const settings = (url: string) => ({ PASSWORD_BREACH_CHECK: 'on', PASSWORD_BREACH_URL: url });

test('a breached password is refused with its reason, at sign-up, at a change, and from the operator', async () => {
  await using range = await startRangeServer(`${lineOf(breached, 12)}\r\n${lineOf(good, 0)}\r\n`);
  await using server = await startServer({ env: settings(range.url) });
  const call = createClient(server.url);

  const refused = await call('POST', '/signup', { json: { ...ada, password: breached } });
  assert.deepEqual([refused.status, refused.body.code], [422, 'validation-failed']);
  assert.deepEqual(refused.body.errors, [{ pointer: '/password', detail }]);
  assert.deepEqual(await server.newEvents(), []);

  const { status, body } = await call('POST', '/signup', { json: { ...ada, password: good } });
  assert.equal(status, 201);
  const json = { current_password: good, new_password: breached };
  const change = await call('POST', '/user/password', { json, token: body.access_token });
  assert.deepEqual([change.status, change.body.errors], [422, [{ pointer: '/new_password', detail }]]);

  await assert.rejects(
    server.features.accounts.setPassword({ id: body.data.id, password: breached }),
    (error) => error instanceof DomainError && error.errors?.[0]?.detail === detail,
  );
  assert.equal((await call('POST', '/login', { json: { email: ada.email, password: good } })).status, 200);
});

test('it is asked about the normalised password, only when nothing else is wrong, and never about a login', async () => {
  await using range = await startRangeServer(lineOf('key of seven lanterns', 1));
  await using server = await startServer({ env: settings(range.url) });
  const call = createClient(server.url);
  for (const password of ['short', 'password', 'ada@example.com'])
    assert.equal((await call('POST', '/signup', { json: { ...ada, password } })).status, 422);
  assert.equal(range.asked.length, 0);
  const wide = await call('POST', '/signup', { json: { ...ada, password: '\uff4b\uff45\uff59 of seven lanterns' } });
  assert.deepEqual([wide.status, range.asked.length], [422, 1]);
  await call('POST', '/signup', { json: { ...ada, password: good } });
  const before = range.asked.length;
  assert.equal((await call('POST', '/login', { json: { email: ada.email, password: good } })).status, 200);
  assert.equal(range.asked.length, before);
});

test('while the current password is wrong, a change asks nobody elsewhere', async () => {
  await using range = await startRangeServer(lineOf(breached, 1));
  await using server = await startServer({ env: settings(range.url) });
  const call = createClient(server.url);
  const { body } = await call('POST', '/signup', { json: { ...ada, password: good } });
  const before = range.asked.length;
  const json = { current_password: 'not this one', new_password: breached };
  const change = await call('POST', '/user/password', { json, token: body.access_token });
  assert.equal(change.body.code, 'current-password-wrong');
  assert.equal(range.asked.length, before);
});

test('a service that never answers keeps nobody out, and the log says so', async () => {
  await using range = await startRangeServer(() => {});
  await using server = await startServer({ env: settings(range.url) });
  const call = createClient(server.url);
  assert.equal((await call('POST', '/signup', { json: { ...ada, password: breached } })).status, 201);
  const warnings = server.log.filter((line) => JSON.parse(line).level === 40);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /not compared with those of breaches: no answer in time/);
});

test('unless it is turned on, nobody is asked', async () => {
  await using range = await startRangeServer(lineOf(breached, 1));
  await using server = await startServer({ env: { PASSWORD_BREACH_URL: range.url } });
  const call = createClient(server.url);
  assert.equal((await call('POST', '/signup', { json: { ...ada, password: breached } })).status, 201);
  assert.equal(range.asked.length, 0);
});
