/**
 * What one client may hold of the server: connections, and time to speak and to listen (slowloris and its kin). The tests shorten the
 * times; none depends on how short they are.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectionLimits } from '../../src/app/connection-limits.ts';
import { type TestApp, type TestAppOptions, testApp } from '../../src/http/test-app.ts';
import { skipWithoutLoopbacks } from './loopback.ts';
import { converse, rawRequest } from './raw.ts';

const open = new Set<Socket>();
after(() => {
  for (const socket of open) socket.destroy();
});

async function listening(options: TestAppOptions): Promise<TestApp & { readonly port: number }> {
  const t = await testApp(options);
  await t.app.listen({ host: '127.0.0.1', port: 0 });
  return { ...t, port: (t.app.server.address() as AddressInfo).port };
}

const short = { headersMs: 200, requestMs: 300, checkMs: 20 };
const json = 'Content-Type: application/json';
const unfinished = 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{';

/** Sends `bytes`, then one byte after another for as long as the server listens; all that it said. */
async function drip(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  let over = false;
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined);
  socket.on('close', () => {
    over = true;
  });
  socket.write(bytes);
  // An enemy never pauses for long, so that no silence betrays them.
  while (!over) {
    await sleep(10);
    if (socket.writable) socket.write('x');
  }
  return Buffer.concat(chunks).toString('latin1');
}

describe('a client that speaks slowly', () => {
  for (const [what, bytes] of [
    ['its first line', 'GET /e'],
    ['its headers', 'GET /me HTTP/1.1\r\nHost: a\r\nX: '],
    ['the name of a header', 'GET /me HTTP/1.1\r\nHost: a\r\nX'],
    ['its body', unfinished],
    ['a body that nobody wants', unfinished.replace('/echo', '/nope')],
    [
      'an extension of a chunk',
      unfinished.replace('Content-Length: 5000', 'Transfer-Encoding: chunked').replace('{', '1;'),
    ],
    ['trailers', unfinished.replace('Content-Length: 5000', 'Transfer-Encoding: chunked').replace('{', '0\r\nX: ')],
  ] as const) {
    test(`with ${what} is cut off, however busy it seems`, async () => {
      await using t = await listening({ timeouts: short });
      const said = await drip(t.port, bytes);
      const statuses = [...said.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status);
      // Whose request was refused already has had its answer.
      assert.deepEqual(statuses, [what === 'a body that nobody wants' ? '404' : '408']);
    });
  }

  test('keeps nobody else waiting', async () => {
    await using t = await listening({ timeouts: { ...short, headersMs: 5_000, requestMs: 5_000 } });
    const slow = Array.from({ length: 200 }, () => hold(t.port, unfinished));
    await Promise.all(slow);
    const { answers } = await converse({ port: t.port, upTo: 1 }, rawRequest('POST /echo', [json], '{"name":"ada"}'));
    assert.equal(answers[0]?.status, 201);
    for (const socket of await Promise.all(slow)) socket.destroy();
  });

  test('and says nothing at all is let go without an answer, which it would take for that of its first request', async () => {
    await using t = await listening({ timeouts: short });
    const { answers, rest, closed } = await converse({ port: t.port }, '');
    assert.deepEqual([answers, rest, closed], [[], '', true]);
  });
});

describe('a client that listens slowly', () => {
  const manyAnswers = rawRequest('GET /nope').repeat(40_000);

  test('is cut off when its answers wait for too long', async () => {
    await using t = await listening({ timeouts: { readMs: 100, checkMs: 20 }, maxRequestsPerConnection: 1_000_000 });
    const socket = await hold(t.port, manyAnswers);
    socket.pause();
    await untilNobody(t);
    socket.destroy();
  });

  test('also when it takes a little again and again, so that no silence betrays it', async () => {
    await using t = await listening({ timeouts: { readMs: 400, checkMs: 20 }, maxRequestsPerConnection: 1_000_000 });
    const socket = await hold(t.port, manyAnswers);
    socket.pause();
    await untilNobody(t, () => socket.read(1));
    socket.destroy();
  });

  test('and one that reads gets everything, however much it is', async () => {
    await using t = await listening({ timeouts: { readMs: 5_000, checkMs: 20 }, maxRequestsPerConnection: 1_000_000 });
    const socket = connect(t.port, '127.0.0.1');
    socket.write(rawRequest('GET /nope').repeat(2_000));
    let seen = 0;
    for await (const chunk of socket) {
      seen += chunk.toString('latin1').split('"code":"path-not-found"').length - 1;
      // A piece may end within the words that are counted.
      if (seen >= 1_990) break;
    }
    socket.destroy();
  });
});

describe('a connection', () => {
  test('that is silent between two requests is closed', async () => {
    await using t = await listening({ timeouts: { ...short, keepAliveMs: 100 } });
    const { answers, closed } = await converse({ port: t.port }, rawRequest('GET /nope'));
    assert.deepEqual([answers.length, answers[0]?.headers.get('connection'), closed], [1, undefined, true]);
  });

  test('is closed after so many requests, and those behind are not done', async () => {
    await using t = await listening({ maxRequestsPerConnection: 3, logLevel: 'debug' });
    const { answers, closed } = await converse({ port: t.port }, rawRequest('GET /nope').repeat(8));
    assert.deepEqual([answers.map(({ status }) => status), closed], [[404, 404, 404], true]);
    assert.equal(answers[2]?.headers.get('connection'), 'close');
    const done = t.logLines().filter(({ msg, status }) => msg === 'answered' && status === 404);
    assert.equal(done.length, 3);
  });
});

describe('connections', () => {
  const sourceOf = (address: string): string | undefined => (address === '127.0.0.2' ? undefined : address);

  test('beyond the limit of all are closed, and there is room again when others have gone', async () => {
    await using t = await listening({ connections: { max: 3, maxPerSource: 100, sourceOf } });
    const held = await Promise.all([1, 2, 3].map(() => hold(t.port, 'G')));
    assert.deepEqual(await converse({ port: t.port }, rawRequest('GET /nope')), {
      answers: [],
      rest: '',
      closed: true,
    });
    for (const socket of held) socket.destroy();
    await untilAnswered(t.port);
  });

  const skip = skipWithoutLoopbacks;
  test('beyond the limit of a source are closed, while other sources and proxies go on', { skip }, async () => {
    await using t = await listening({ connections: { max: 100, maxPerSource: 3, sourceOf } });
    const held = await Promise.all([1, 2, 3].map(() => hold(t.port, 'G', '127.0.0.9')));
    const asked = (from: string) => converse({ port: t.port, from, upTo: 1 }, rawRequest('GET /nope'));
    assert.equal((await asked('127.0.0.9')).answers.length, 0);
    const proxied = await Promise.all([1, 2, 3, 4, 5].map(() => hold(t.port, 'G', '127.0.0.2')));
    for (const from of ['127.0.0.8', '127.0.0.2']) assert.equal((await asked(from)).answers[0]?.status, 404);
    for (const socket of [...held, ...proxied]) socket.destroy();
    await untilAnswered(t.port, '127.0.0.9');
  });

  test('are counted by source as the setting says who is a proxy', () => {
    const counted = (trustProxy: Parameters<typeof connectionLimits>[0]['trustProxy'], address: string) =>
      connectionLimits({ maxConnections: 10_000, trustProxy }).sourceOf(address);
    const off = { kind: 'off' } as const;
    assert.deepEqual(
      ['127.0.0.1', '::1', '::ffff:127.0.0.1', '198.51.100.7', '::ffff:198.51.100.7', '2001:db8:1:2::7', ''].map((it) =>
        counted(off, it),
      ),
      [undefined, undefined, undefined, '198.51.100.7', '198.51.100.7', '2001:db8:1:2::/64', ''],
    );
    assert.equal(counted({ kind: 'hops', hops: 1 }, '198.51.100.7'), undefined);
    const cidrs = { kind: 'addresses', cidrs: ['198.51.100.0/24', '2001:db8::5'] } as const;
    assert.deepEqual(
      ['198.51.100.7', '::ffff:198.51.100.7', '2001:db8::5', '2001:db8::6', '127.0.0.1'].map((it) =>
        counted(cidrs, it),
      ),
      [undefined, undefined, undefined, '2001:db8:0:0::/64', '127.0.0.1'],
    );
    const { max, maxPerSource } = connectionLimits({ maxConnections: 10_000, trustProxy: off });
    assert.deepEqual([max, maxPerSource], [10_000, 1_000]);
  });
});

/** A connection that has said this much, and stays. */
async function hold(port: number, bytes: string, from?: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', ...(from === undefined ? {} : { localAddress: from }) });
  open.add(socket);
  socket.on('error', () => undefined).once('close', () => open.delete(socket));
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

/** Waits until the server has no connection any more. */
async function untilNobody({ app }: TestApp, meanwhile: () => void = () => {}): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    const count = await new Promise<number>((resolve) => app.server.getConnections((_, it) => resolve(it)));
    if (count === 0) return;
    meanwhile();
    await sleep(10);
  }
  assert.fail('it was never cut off');
}

/** A place is free when the server has noticed that somebody has left. */
async function untilAnswered(port: number, from?: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    const line = { port, upTo: 1, ...(from === undefined ? {} : { from }) };
    if ((await converse(line, rawRequest('GET /nope'))).answers.length === 1) return;
    await sleep(25);
  }
  assert.fail('there was no room again');
}
