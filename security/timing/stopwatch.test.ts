import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStopwatch } from './stopwatch.ts';

test('measures what the server takes, over one connection, and opens another when that is closed', async () => {
  let connections = 0;
  const server = createServer(async (request, response) => {
    if (request.url === '/slow') await sleep(60);
    if (request.url === '/last') response.setHeader('Connection', 'close');
    response.setHeader('Content-Length', 3).writeHead(401).end('no!');
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  {
    using stopwatch = createStopwatch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const ask = (path: string) => stopwatch.time(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await ask('/fast');
    const fast = await ask('/fast');
    const slow = await ask('/slow');
    assert.deepEqual([fast.status, slow.status], [401, 401]);
    assert.ok(slow.ms >= 55 && fast.ms < slow.ms, `${fast.ms} and ${slow.ms}`);
    assert.equal(connections, 1);
    await ask('/last');
    await sleep(20);
    await ask('/fast');
    assert.equal(connections, 2);
  }
  server.close();
});
