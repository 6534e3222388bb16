import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { testApp } from './test-app.ts';
import { writeTogether } from './write-together.ts';

const plainGet = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

interface House extends AsyncDisposable {
  readonly end: () => void;
  /** Has the requests come in once more, in this turn. */
  readonly askAgain: (responses: readonly ServerResponse[]) => void;
  readonly clients: readonly Socket[];
  /** The answers to one request of each client, none of them given yet. */
  readonly responses: readonly ServerResponse[];
}

/** A server with so many clients, each of whom waits for an answer. */
async function house(count: number): Promise<House> {
  const responses: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    if (responses.push(response) === count) server.emit('all asked');
  });
  const end = writeTogether(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const allAsked = once(server, 'all asked');
  const clients = Array.from({ length: count }, () => connect(port, '127.0.0.1'));
  for (const client of clients) client.write(plainGet);
  await allAsked;
  return {
    end,
    askAgain: (asked) => {
      for (const response of asked) server.emit('request', response.req, response);
    },
    clients,
    responses: responses.slice(0, count),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** Which answers have not been handed to the system yet. */
const held = (responses: readonly ServerResponse[]): boolean[] =>
  responses.map(({ socket }) => (socket?.writableLength ?? 0) > 0);

const allOf = (responses: readonly ServerResponse[], value: boolean): boolean[] => responses.map(() => value);

describe('the answers of a turn are written together', () => {
  test('none before the end of the turn, and all at it', async () => {
    await using h = await house(5);
    for (const response of h.responses) response.end('hello');
    assert.deepEqual(held(h.responses), allOf(h.responses, true));
    await turn();
    assert.deepEqual(held(h.responses), allOf(h.responses, false));
    const texts = await Promise.all(h.clients.map(async (client) => String((await once(client, 'data'))[0])));
    for (const text of texts) assert.match(text, /^HTTP\/1\.1 200 OK\r\n.*hello/s);
  });

  /** How many answers are held after each of them. */
  const countsOf = ({ responses }: House): number[] =>
    responses.map((response) => {
      response.end('hello');
      return held(responses).filter(Boolean).length;
    });

  test('32 of those that are given in the turn in which they were asked for do not wait for another', async () => {
    await using h = await house(33);
    h.askAgain(h.responses);
    assert.deepEqual(countsOf(h), [...Array.from({ length: 31 }, (_, nth) => nth + 1), 0, 1]);
    await turn();
    assert.deepEqual(held(h.responses), allOf(h.responses, false));
  });

  test('eight of those that took longer do not wait for a ninth', async () => {
    await using h = await house(9);
    h.askAgain(h.responses);
    await turn();
    assert.deepEqual(countsOf(h), [1, 2, 3, 4, 5, 6, 7, 0, 1]);
    await turn();
    assert.deepEqual(held(h.responses), allOf(h.responses, false));
  });

  test('one that took longer does not wait where eight wait already', async () => {
    await using h = await house(11);
    const [late, ...prompt] = h.responses as [ServerResponse, ...ServerResponse[]];
    h.askAgain(prompt);
    for (const response of prompt) response.end('hello');
    assert.deepEqual(held(prompt), allOf(prompt, true));
    late.end('hello');
    assert.deepEqual(held(h.responses), allOf(h.responses, false));
  });

  test('at its end, what waits is written at once', async () => {
    await using h = await house(2);
    for (const response of h.responses) response.end();
    h.end();
    assert.deepEqual(held(h.responses), [false, false]);
  });

  test('once it has ended, each is written by itself', async () => {
    await using h = await house(1);
    h.end();
    h.responses[0]?.end();
    assert.deepEqual(held(h.responses), [false]);
  });

  test('what is written in pieces keeps its order', async () => {
    await using h = await house(1);
    const [client, response] = [h.clients[0] as Socket, h.responses[0] as ServerResponse];
    const text = client
      .setEncoding('latin1')
      .toArray()
      .then((chunks) => chunks.join(''));
    response.shouldKeepAlive = false;
    for (const piece of ['a', 'b', 'c']) response.write(piece);
    await turn();
    response.write('d');
    response.end('e');
    assert.match(await text, /\r\n\r\n3\r\nabc\r\n1\r\nd\r\n1\r\ne\r\n0\r\n\r\n$/);
  });
});

describe('no answer is lost because it waited', () => {
  type App = Awaited<ReturnType<typeof testApp>>['app'];

  /**
   * Sends the bytes in one packet, and reads until the server closes.
   *
   * @param onAnswered is called in the very turn in which an answer was given
   * @returns the status of each answer
   */
  async function speak(bytes: string, { hangUp = false, onAnswered = (_app: App): void => undefined } = {}) {
    await using t = await testApp();
    await t.app.listen({ host: '127.0.0.1', port: 0 });
    t.app.server.on('request', (_request, response: ServerResponse) => {
      if (response.writableEnded) onAnswered(t.app);
    });
    const { port } = t.app.server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    if (hangUp) socket.end(bytes);
    else socket.write(bytes);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await Promise.race([once(socket, 'end'), once(socket, 'close')]);
    socket.destroy();
    return [
      ...Buffer.concat(chunks)
        .toString()
        .matchAll(/HTTP\/1\.1 (\d+) /g),
    ].map(([, status]) => Number(status));
  }

  test('to noise behind a request', async () => {
    assert.deepEqual(await speak(`${plainGet}\u0016\u0003\u0001 noise\r\n\r\n`), [404]);
  });

  test('to a request for a tunnel behind a request', async () => {
    const [first] = await speak(`${plainGet}CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n`);
    assert.equal(first, 404);
  });

  test('to one of ten requests in one packet, whose client then hangs up', async () => {
    assert.deepEqual(await speak(plainGet.repeat(10), { hangUp: true }), Array(10).fill(404));
  });

  test('to a server that closes', async () => {
    let closed: PromiseLike<unknown> | undefined;
    const onAnswered = (app: App) => {
      closed ??= app.close();
    };
    assert.deepEqual(await speak(plainGet, { onAnswered }), [404]);
    assert.notEqual(closed, undefined);
    await closed;
  });
});
