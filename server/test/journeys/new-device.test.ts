/** Which sign-ins come from a device that the user had not been seen with: for whoever tells users about them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../support/client.ts';
import { tokenOf } from '../support/mails.ts';
import { ada, bea, verifyAddress } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';

const laptop = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const updated = 'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0';
const phone = 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0';

/** Signs in from a device; whether the record calls it new. */
async function fromDevice(server: TestServer, userAgent: string, account = ada): Promise<boolean> {
  const call = createClient(server.url);
  const { email, password } = account;
  await server.newEvents();
  const headers = { 'user-agent': userAgent };
  assert.equal((await call('POST', '/login', { json: { email, password }, headers })).status, 200);
  const [event] = await server.newEvents();
  assert.equal(event?.event, 'session.started');
  return event?.object === 'new-device';
}

const signUpFrom = (server: TestServer, userAgent: string, account = ada) =>
  createClient(server.url)('POST', '/signup', { json: account, headers: { 'user-agent': userAgent } });

test('new is what the user was not seen with, once; an update of its software makes nothing new', async () => {
  await using server = await startServer();
  await signUpFrom(server, laptop);
  assert.equal((await server.newEvents()).at(-1)?.object, undefined, 'an account begins with some device');
  assert.equal(await fromDevice(server, laptop), false);
  assert.equal(await fromDevice(server, updated), false);
  assert.equal(await fromDevice(server, phone), true);
  assert.equal(await fromDevice(server, phone), false);
  assert.equal(await fromDevice(server, ''), true, 'none at all is one too');
  await signUpFrom(server, laptop, bea);
  assert.equal(await fromDevice(server, phone, bea), true, 'another user’s is not theirs');
});

test('a device that was logged out is known; one that was thrown out is new when it comes again', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { body } = await signUpFrom(server, laptop);
  await call('POST', '/logout', { token: body.access_token });
  assert.equal(await fromDevice(server, laptop), false);
  assert.equal(await fromDevice(server, phone), true);
  await server.features.sessions.ofUser.endAll({ user: body.data.id, by: undefined });
  assert.equal(await fromDevice(server, phone), true);
});

test('a browser that was thrown out by its own reset of the password is not new: it holds the device cookie', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const { body } = await signUpFrom(server, laptop);
  await verifyAddress(server, body.data.id);
  await server.newMails();
  await call('POST', '/password/forgot', { json: { email: ada.email } });
  const json = { token: tokenOf((await server.newMails())[0]), new_password: bea.password };
  const { device } = await call('POST', '/password/reset', { json, headers: { 'user-agent': laptop } });
  assert.ok(device);
  await server.newMails();
  await server.newEvents();
  const logIn = { json: { email: ada.email, password: bea.password }, headers: { 'user-agent': laptop } };
  assert.equal((await call('POST', '/login', { ...logIn, device })).status, 200);
  const [event] = await server.newEvents();
  assert.deepEqual([event?.event, event?.object, await server.newMails()], ['session.started', undefined, []]);
});

test('attack: the device cookie of another account makes no device known', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await signUpFrom(server, laptop);
  const { device } = await signUpFrom(server, phone, bea);
  assert.ok(device);
  await server.newEvents();
  const logIn = { json: { email: ada.email, password: ada.password }, headers: { 'user-agent': phone } };
  assert.equal((await call('POST', '/login', { ...logIn, device })).status, 200);
  assert.equal((await server.newEvents())[0]?.object, 'new-device');
});

test('a sign-in to an account that nobody has used for long is new: nothing is known of it any more', async () => {
  await using server = await startServer();
  await signUpFrom(server, laptop);
  server.clock.advance(60 * 86_400_000);
  await server.features.sessions.sweep();
  assert.equal(await fromDevice(server, laptop), true);
});
