import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { problemAnswer, type Refused } from './problem.ts';
import { malformedRequest } from './refusals.ts';

/** Faults below HTTP: what Node calls them, and the problem that they become. They have no kind, because no feature can give them. */
const faults: Readonly<Record<string, Pick<Refused, 'code' | 'title' | 'detail' | 'status'>>> = {
  HPE_HEADER_OVERFLOW: {
    code: 'headers-too-large',
    title: 'Headers too large',
    detail: 'The address and headers are too large together.',
    status: 431,
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 'request-timeout',
    title: 'Request timeout',
    detail: 'The request did not arrive in time.',
    status: 408,
  },
};

const unreadable = {
  code: malformedRequest.code,
  title: malformedRequest.title,
  detail: malformedRequest.detail,
  status: 400,
};

export interface SocketErrorOptions {
  readonly requestId: () => string;
  readonly headers: Readonly<Record<string, string>>;
  readonly log: FastifyBaseLogger;
}

/** A socket on which Node is perhaps answering a request already. */
type AnsweringSocket = Socket & { readonly _httpMessage?: { readonly headersSent: boolean } | null };

/** Answers what is not even a request, and closes. The error itself is not logged: it holds the bytes that came, tokens and all. */
export function createSocketErrorHandler({ requestId, headers, log }: SocketErrorOptions) {
  return (error: Error & { readonly code?: string }, socket: AnsweringSocket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    // Once an answer has begun, a second one would be read as part of it.
    if (!socket.writable || socket._httpMessage?.headersSent === true) {
      socket.destroy();
      return;
    }
    const fault = faults[error.code ?? ''] ?? unreadable;
    const id = requestId();
    log.debug({ requestId: id, code: error.code, status: fault.status }, 'unreadable request');
    socket.end(responseOf(fault, id, headers), () => socket.destroySoon());
  };
}

function responseOf(fault: (typeof faults)[string], id: string, headers: SocketErrorOptions['headers']): string {
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
