import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { type TestAppOptions, testApp } from './test-app.ts';

/** Speaks to a listening server by hand, and reads all that comes until the server closes. */
async function speak(
  write: (socket: Socket) => void,
  options: TestAppOptions = {},
): Promise<{ status: number; head: string; body: string }> {
  await using t = await testApp(options);
  await t.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = t.app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A reset after the answer is not what these tests are about.
  socket.on('error', () => undefined);
  write(socket);
  await once(socket, 'close');
  const [head = '', ...body] = Buffer.concat(chunks).toString().split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body: body.join('\r\n\r\n') };
}

describe('what is not even a request', () => {
  const cases: readonly (readonly [attack: string, bytes: string, status: number, code: string])[] = [
    ['noise', '\u0016\u0003\u0001 noise\r\n\r\n', 400, 'malformed-request'],
    ['an unknown method', 'BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'malformed-request'],
    [
      'headers beyond 16 KiB',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
    ['an address beyond 16 KiB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 'headers-too-large'],
    [
      'request smuggling by two lengths',
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed-request',
    ],
    [
      'a chunk of no length',
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
      'malformed-request',
    ],
    ['a line break in a header', 'GET /me HTTP/1.1\r\nHost: x\r\nA: b\u0000c\r\n\r\n', 400, 'malformed-request'],
  ];
  for (const [attack, bytes, status, code] of cases) {
    test(`${attack} is ${status} as a problem, and the connection is closed`, async () => {
      const answer = await speak((socket) => socket.write(bytes));
      assert.equal(answer.status, status);
      const problem = JSON.parse(answer.body);
      assert.deepEqual([problem.code, problem.status, problem.type], [code, status, `/problems/${code}`]);
      assert.match(answer.head, /content-type: application\/problem\+json/);
      assert.match(answer.head, /connection: close/);
      assert.match(answer.head, /x-content-type-options: nosniff/);
    });
  }

  test('slow headers are 408', async () => {
    const timeouts = { headersMs: 40, requestMs: 60, checkMs: 10 };
    const answer = await speak((socket) => socket.write('GET / HTTP/1.1\r\nHost: x\r\n'), { timeouts });
    assert.equal(answer.status, 408);
    assert.equal(JSON.parse(answer.body).code, 'request-timeout');
  });

  test('a body that never comes is 408', async () => {
    const timeouts = { headersMs: 40, requestMs: 60, checkMs: 10 };
    const head = 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{';
    const answer = await speak((socket) => socket.write(head), { timeouts });
    assert.equal(answer.status, 408);
  });
});

/** Sends 3 MB over a connection of its own and gives the answer. */
async function sendMuch(headers: Record<string, string>): Promise<{ status: number | undefined; code: string }> {
  await using t = await testApp();
  await t.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = t.app.server.address() as AddressInfo;
  const options = { host: '127.0.0.1', port, path: '/echo', method: 'POST', agent: false };
  const sending = request({ ...options, headers: { 'content-type': 'application/json', ...headers } });
  for (let piece = 0; piece < 100; piece += 1) sending.write(Buffer.alloc(30_000, ' '));
  sending.end();
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, code: JSON.parse(Buffer.concat(await answer.toArray()).toString()).code };
}

describe('a body of 3 MB', () => {
  test('is refused with 413 when its length is told', async () => {
    assert.deepEqual(await sendMuch({ 'content-length': '3000000' }), { status: 413, code: 'body-too-large' });
  });

  test('is refused with 413 when it comes in chunks', async () => {
    assert.deepEqual(await sendMuch({ 'transfer-encoding': 'chunked' }), { status: 413, code: 'body-too-large' });
  });
});
