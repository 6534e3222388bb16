import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStopwatch } from './stopwatch.ts';

/** A server that ends each connection after `most` requests, and says so or not. */
async function startEnding(most: number, { says }: { says: boolean }) {
  const asked: string[][] = [];
  const places = new WeakMap<object, string[]>();
  const server = createServer(async (request, response) => {
    const here = places.get(request.socket) ?? [];
    here.push(request.url ?? '');
    if (request.url === '/slow') await sleep(60);
    const isLast = here.length === most;
    if (isLast && says) response.setHeader('Connection', 'close');
    response.setHeader('Content-Length', 3).writeHead(401).end('no!');
    if (isLast && !says) response.on('finish', () => request.socket.destroySoon());
  });
  server.on('connection', (socket) => {
    const here: string[] = [];
    places.set(socket, here);
    asked.push(here);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, [Symbol.asyncDispose]: async () => void server.close() };
}

const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

test('measures what the server takes, over one connection', async () => {
  await using server = await startEnding(100, { says: true });
  using stopwatch = createStopwatch(server.url, request('/greeting'));
  const fast = await stopwatch.time(request('/fast'));
  const slow = await stopwatch.time(request('/slow'));
  assert.deepEqual([fast.status, slow.status], [401, 401]);
  assert.ok(slow.ms >= 55 && fast.ms < slow.ms, `${fast.ms} and ${slow.ms}`);
  assert.deepEqual(server.asked, [['/greeting', '/fast', '/slow']]);
});

test('heeds that an answer is the last of a connection, and greets on the next before it measures', async () => {
  await using server = await startEnding(3, { says: true });
  using stopwatch = createStopwatch(server.url, request('/greeting'));
  for (const path of ['/1', '/2', '/3', '/4', '/5']) assert.equal((await stopwatch.time(request(path))).status, 401);
  assert.deepEqual(server.asked, [
    ['/greeting', '/1', '/2'],
    ['/greeting', '/3', '/4'],
    ['/greeting', '/5'],
  ]);
});

test('a connection that is closed between two requests is no fault either', async () => {
  await using server = await startEnding(2, { says: false });
  using stopwatch = createStopwatch(server.url, request('/greeting'));
  for (const path of ['/1', '/2']) {
    await stopwatch.time(request(path));
    await sleep(50);
  }
  assert.deepEqual(server.asked, [
    ['/greeting', '/1'],
    ['/greeting', '/2'],
  ]);
});
