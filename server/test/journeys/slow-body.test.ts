import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { createClient } from '../support/client.ts';
import { startServer } from '../support/server.ts';

test('a request whose session ends while its body is still on the way is refused', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  const token = await server.admin();
  const body = JSON.stringify({ name: 'backdoor', permissions: ['users:delete'] });
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write(
    `POST /users/roles HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\nconnection: close\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
  );
  // Until the server has surely seen the headers: they were sent before this whole request.
  assert.equal((await call('GET', '/user', { token })).status, 200);
  assert.equal((await call('POST', '/logout', { token })).status, 200);
  socket.write(body.slice(5));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 401 /);
  const events = (await server.newEvents()).map(({ event }) => event);
  assert.ok(!events.includes('role.created'));
});
