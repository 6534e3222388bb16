import { connect, type Socket } from 'node:net';

/** What came back, and after how long. */
export interface Exchange {
  readonly status: number;
  /** Milliseconds from when the request was due until its answer was whole. */
  readonly ms: number;
}

/** Connections to one server that are kept and used again: the least that is HTTP, so that the measuring costs next to nothing. */
export interface Wire {
  /** @param due when the request should have been sent, by `performance.now()`: a late sender must not flatter the server */
  send(request: Buffer, due: number): Promise<Exchange & { readonly body: string }>;
  close(): void;
}

interface Waiting {
  readonly due: number;
  resolve(answer: Exchange & { readonly body: string }): void;
  reject(error: Error): void;
}

interface Connection {
  readonly socket: Socket;
  waiting: Waiting | undefined;
  received: Buffer;
}

const headEnd = '\r\n\r\n';

export function createWire(port: number): Wire {
  const idle: Connection[] = [];
  const all = new Set<Connection>();

  const open = (): Connection => {
    const connection: Connection = {
      socket: connect({ port, host: '127.0.0.1', noDelay: true }),
      waiting: undefined,
      received: Buffer.alloc(0),
    };
    all.add(connection);
    const fail = (error: Error) => {
      all.delete(connection);
      const place = idle.indexOf(connection);
      if (place >= 0) idle.splice(place, 1);
      connection.waiting?.reject(error);
      connection.waiting = undefined;
    };
    connection.socket.on('data', (chunk: Buffer) => receive(connection, chunk));
    connection.socket.on('error', fail);
    connection.socket.on('close', () => fail(new Error('the server closed the connection')));
    return connection;
  };

  const receive = (connection: Connection, chunk: Buffer) => {
    connection.received = connection.received.length === 0 ? chunk : Buffer.concat([connection.received, chunk]);
    const { received, waiting } = connection;
    const head = received.indexOf(headEnd);
    if (head < 0 || waiting === undefined) return;
    const text = received.toString('latin1', 0, head);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? '0');
    const end = head + headEnd.length + length;
    if (received.length < end) return;
    const body = received.toString('utf8', head + headEnd.length, end);
    connection.received = received.subarray(end);
    connection.waiting = undefined;
    // The server ends a connection after so many requests, and says so in its last answer.
    if (/\r\nconnection: close/i.test(text)) all.delete(connection);
    else idle.push(connection);
    waiting.resolve({ status: Number(text.slice(9, 12)), ms: performance.now() - waiting.due, body });
  };

  return {
    send(request, due) {
      const connection = idle.pop() ?? open();
      const answer = new Promise<Exchange & { body: string }>((resolve, reject) => {
        connection.waiting = { due, resolve, reject };
      });
      connection.socket.write(request);
      return answer;
    },
    close() {
      for (const { socket } of all) socket.destroy();
    },
  };
}

/** A request as bytes. */
export function requestOf(
  method: 'GET' | 'POST',
  path: string,
  { headers = {}, json }: { headers?: Readonly<Record<string, string>>; json?: object } = {},
): Buffer {
  const body = json === undefined ? '' : JSON.stringify(json);
  const lines = Object.entries({
    Host: '127.0.0.1',
    ...headers,
    ...(json === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': `${Buffer.byteLength(body)}` }),
  }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}${headEnd}${body}`);
}
