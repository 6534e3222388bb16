import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { problemAnswer, type Refused, statusOfKind } from './problem.ts';
import { headersTooLarge, malformedRequest } from './refusals.ts';

// Importing a value of `node:http` makes Node read every export, and one of them loads its WebSocket client: 40 ms and 4 MiB at each start.
const { STATUS_CODES } = process.getBuiltinModule('node:http');

type Fault = Pick<Refused, 'code' | 'title' | 'detail' | 'status'>;

const unreadable = faultOf(malformedRequest);

/** Faults below HTTP: what Node calls them, and the problem that they become. */
const faults: Readonly<Record<string, Fault>> = {
  HPE_HEADER_OVERFLOW: faultOf(headersTooLarge),
  // No kind: no feature can give it.
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 'request-timeout',
    title: 'Request timeout',
    detail: 'The request did not arrive in time.',
    status: 408,
  },
};

function faultOf({ code, title, detail, kind }: typeof malformedRequest): Fault {
  return { code, title, detail, status: statusOfKind[kind] };
}

export interface SocketErrorOptions {
  readonly requestId: () => string;
  readonly headers: Readonly<Record<string, string>>;
  readonly log: FastifyBaseLogger;
}

/** A socket with what Node keeps on it: the answer that is being made, and the parser with the request that is being read. */
type HttpSocket = Socket & {
  readonly _httpMessage?: ServerResponse | null;
  readonly parser?: { readonly incoming: IncomingMessage | null } | null;
};

export type SocketErrorHandler = (error: Error & { readonly code?: string }, socket: Socket) => void;

/**
 * Answers what is not even a request, and closes. Each request that was read gets one answer, and it is its own: where that is not
 * sure, the connection is closed without a word. The error itself is not logged: it holds the bytes that came, tokens and all.
 */
export function createSocketErrorHandler({ requestId, headers, log }: SocketErrorOptions): SocketErrorHandler {
  return (error, socket: HttpSocket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const pending = socket._httpMessage;
    if (pending?.req.complete === true && !pending.headersSent) {
      // The fault is in what came behind a whole request: that one is answered first, and this answer is the last.
      pending.shouldKeepAlive = false;
      return;
    }
    if (!socket.writable || pending?.headersSent === true || isAnswered(socket) || isUnused(error, socket)) {
      socket.destroy();
      return;
    }
    const fault = faults[error.code ?? ''] ?? unreadable;
    const id = requestId();
    log.debug({ requestId: id, code: error.code, status: fault.status }, 'unreadable request');
    socket.end(responseOf(fault, id, headers), () => socket.destroySoon());
  };
}

/** Node drops `CONNECT` without a word: it is answered as what it is here. */
export function refuseTunnels(server: Server, refuse: SocketErrorHandler): void {
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    // Node has taken its own listener off; without one a reset would end the process.
    socket.on('error', () => undefined);
    refuse(new Error('CONNECT'), socket);
  });
}

/** Whether the request whose body is broken or late has had its answer: a second one would be taken for that of the next request. */
const isAnswered = ({ _httpMessage, parser }: HttpSocket): boolean =>
  !_httpMessage && parser?.incoming != null && !parser.incoming.complete;

/** A connection opened ahead of need, as browsers and balancers do: an answer on it would be taken for that of the first request. */
const isUnused = ({ code }: { readonly code?: string }, { bytesRead }: Socket): boolean =>
  code === 'ERR_HTTP_REQUEST_TIMEOUT' && bytesRead === 0;

function responseOf(fault: Fault, id: string, headers: SocketErrorOptions['headers']): string {
  const answer = problemAnswer({ ...fault, headers, refusal: malformedRequest }, id);
  const lines = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`,
    `content-type: ${answer.contentType}`,
    `content-length: ${Buffer.byteLength(answer.body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${answer.body}`;
}
