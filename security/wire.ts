import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import type { WireAnswer, WireRequest } from '../server/test/support/wire.ts';

export type { WireAnswer, WireRequest } from '../server/test/support/wire.ts';

/** Sends requests byte by byte as they are written, over connections that are kept. */
export interface Wire {
  send(request: WireRequest): Promise<WireAnswer>;
  close(): void;
}

/** An answer that has not come by then counts as none: milliseconds. */
const patienceMs = 30_000;
/** A stream of events has no end: what came until then is the answer. Milliseconds. */
const streamMs = 150;

export function createWire(url: string): Wire {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const { host } = new URL(url);

  const attempt = ({ method = 'GET', path, headers = [], body }: WireRequest): Promise<WireAnswer> => {
    const announced = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name));
    const bodiless = announced || (method === 'GET' && body === undefined);
    const length = bodiless ? [] : ['Content-Length', String(Buffer.byteLength(body ?? ''))];
    const named = headers.some(([name]) => /^host$/i.test(name));
    const sent = [...(named ? [] : ['Host', host]), ...headers.flat(), ...length];
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method, path, headers: sent, agent, timeout: patienceMs }, (incoming) =>
        read(incoming).then(resolve, reject),
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${patienceMs / 1_000} s`)));
      outgoing.on('error', (error: NodeJS.ErrnoException) =>
        reject(Object.assign(error, { stale: outgoing.reusedSocket && error.code === 'ECONNRESET' })),
      );
      outgoing.end(body);
    });
  };

  return {
    // The server may close a connection that lay idle in the very moment in which it is used again (RFC 9112 §9.3.1).
    send: (wanted) =>
      attempt(wanted).catch((error: { stale?: boolean }) => (error.stale ? attempt(wanted) : Promise.reject(error))),
    close: () => agent.destroy(),
  };
}

async function read(incoming: IncomingMessage): Promise<WireAnswer> {
  const chunks: Buffer[] = [];
  const isStream = /^text\/event-stream/.test(incoming.headers['content-type'] ?? '');
  if (isStream) setTimeout(() => incoming.destroy(), streamMs);
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch (error) {
    if (!isStream) throw error;
  }
  const { statusCode = 0, rawHeaders } = incoming;
  const headers = Array.from(
    { length: rawHeaders.length / 2 },
    (_, at) => [rawHeaders[2 * at] ?? '', rawHeaders[2 * at + 1] ?? ''] as const,
  );
  return { status: statusCode, headers, text: Buffer.concat(chunks).toString() };
}

/** What a server says on one connection, and whether it then closed it. */
export interface Exchange {
  readonly text: string;
  readonly closed: boolean;
}

/** Writes bytes to a connection of their own and reads until it is closed, or silent for a while. */
export function exchange(url: string, bytes: string | Uint8Array, quietMs = 400): Promise<Exchange> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    const end = (closed: boolean) => {
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString('latin1'), closed });
    };
    socket.setTimeout(quietMs, () => end(false));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => end(true)).on('close', () => end(true));
    socket.write(bytes);
  });
}

/** The statuses of all answers in an exchange. */
export const statusesIn = ({ text }: Exchange): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
