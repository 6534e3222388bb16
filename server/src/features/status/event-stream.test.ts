import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import { streamEvents } from './event-stream.ts';
import type { Subscriber } from './feed.ts';

interface Stage extends AsyncDisposable {
  readonly client: Socket;
  readonly response: ServerResponse;
  readonly subscriber: Subscriber;
}

/** A stream to a client that has sent a request and reads nothing until a test lets it. */
async function stage(): Promise<Stage> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
  client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  const subscriber = streamEvents(response, { 'x-frame-options': 'DENY', 'x-nothing': undefined });
  return {
    client,
    response,
    subscriber,
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}

const piece = Buffer.from(`event: revoked\ndata: ${'x'.repeat(65_536)}\n\n`);

/** More than what any system takes off our hands. */
const pieces = 4_000;

test('attack: a client that reads nothing is cut off when too much waits for it', async () => {
  await using it = await stage();
  let waiting = 0;
  for (let sent = 0; sent < pieces && !it.response.destroyed; sent += 1) {
    it.subscriber.send(piece);
    waiting = Math.max(waiting, it.response.writableLength);
    await breathe();
  }
  assert.equal(it.response.destroyed, true);
  assert.ok(waiting < 1_048_576 + 2 * piece.length, `${waiting} bytes were waiting`);
  it.subscriber.send(piece);
  it.subscriber.end();
});

test('a client that reads gets everything, and the end with the connection', async () => {
  await using it = await stage();
  const chunks: Buffer[] = [];
  it.client.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = once(it.client, 'close');
  for (const text of ['event: one\ndata: 1\n\n', 'event: two\ndata: 2\n\n']) it.subscriber.send(Buffer.from(text));
  while (it.response.writableLength > 0) await breathe();
  it.subscriber.end();
  await closed;
  const text = Buffer.concat(chunks).toString();
  assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
  for (const header of ['content-type: text/event-stream', 'cache-control: no-store', 'x-accel-buffering: no']) {
    assert.ok(text.includes(`\r\n${header}\r\n`), header);
  }
  assert.match(text, /x-frame-options: DENY\r\n/);
  assert.doesNotMatch(text, /x-nothing/);
  assert.match(text, /event: one\ndata: 1\n\n.*event: two\ndata: 2\n\n.*0\r\n\r\n$/s);
});

test('at the end nobody waits for one who is behind', async () => {
  await using it = await stage();
  while (it.response.writableLength === 0) {
    it.subscriber.send(piece);
    await breathe();
  }
  it.subscriber.end();
  assert.equal(it.response.destroyed, true);
});
