import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DomainError } from '../kernel/errors.ts';
import { headersTooLarge, malformedRequest } from './refusals.ts';

/** Haproxy reads 101 at most, Apache 100. Node drops those beyond its own limit in silence, and with them what a proxy appended. */
const maxHeaders = 100;

export interface FramingOptions {
  /** After so many a connection is closed, so that those of a proxy spread over new nodes and workers. */
  readonly maxRequestsPerConnection: number;
}

/** What is known of a connection. */
interface Line {
  requests: number;
  /** Its last answer is decided: whatever comes behind is not done, since nobody would be told of it. */
  closing: boolean;
}

/** Looks at a request before anything else does. @throws `malformed-request`, `headers-too-large` */
export type CheckFraming = (request: FastifyRequest, reply: FastifyReply) => void;

/**
 * Makes the instance refuse requests that it and a proxy before it might understand as two different ones (RFC 9112 §11.2), and close
 * the connection behind them. Node's parser refuses most; what it lets pass or mends in silence is refused here.
 */
export function addFraming(app: FastifyInstance, { maxRequestsPerConnection }: FramingOptions): CheckFraming {
  const lines = new WeakMap<Socket, Line>();
  const check: CheckFraming = ({ raw }, reply) => {
    const line = lineOf(lines, raw.socket);
    if (line.closing) throw malformedRequest({ detail: 'The connection is closing.' });
    line.requests += 1;
    const fault = framingFault(raw);
    // Node loses what follows an `Upgrade` that nobody takes in the same packet, so that nothing may follow.
    line.closing =
      fault !== undefined || raw.headers.upgrade !== undefined || line.requests === maxRequestsPerConnection;
    if (line.closing) reply.raw.shouldKeepAlive = false;
    if (fault !== undefined) throw fault;
  };
  app.addHook('onRequest', (request, reply, done) => {
    check(request, reply);
    done();
  });
  // Node would answer an expectation that it does not know with a bare 417; it may as well be ignored (RFC 9110 §10.1.1).
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  return check;
}

function lineOf(lines: WeakMap<Socket, Line>, socket: Socket): Line {
  const known = lines.get(socket);
  if (known !== undefined) return known;
  const line = { requests: 0, closing: false };
  lines.set(socket, line);
  return line;
}

type Framed = Pick<IncomingMessage, 'httpVersion' | 'headers' | 'rawHeaders'>;

/** What makes a request ambiguous; undefined for a plain one. */
function framingFault({ httpVersion, headers, rawHeaders }: Framed): DomainError | undefined {
  if (rawHeaders.length > 2 * maxHeaders) return headersTooLarge();
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    return malformedRequest({ detail: 'Only HTTP/1.1 is spoken here.' });
  const encoding = headers['transfer-encoding'];
  if (encoding !== undefined && (encoding.toLowerCase() !== 'chunked' || httpVersion === '1.0'))
    return malformedRequest({ detail: 'This transfer encoding is not understood.' });
  if (headers.host === undefined ? httpVersion === '1.1' : !hostForm.test(headers.host))
    return malformedRequest({ detail: 'The Host header is missing or broken.' });
  return hasTwice(rawHeaders) ? malformedRequest({ detail: 'A header stands twice that may stand once.' }) : undefined;
}

/** RFC 3986 §3.2.2 and §3.2.3: a name or an address, perhaps with a port. Empty where the client has no name for us (RFC 9112 §3.2). */
const hostForm = /^(?:[\w.~!$&'()*+,;=%-]*|\[[0-9a-f:.]+\])(?::\d*)?$/i;

/**
 * Whether `Host` or `Content-Type` stands twice. Node keeps the first and drops the others in silence; a proxy may have judged by another.
 * (Of the headers that matter here it refuses a second `Content-Length` itself, joins others, and `authenticate.ts` counts its own.)
 */
function hasTwice(rawHeaders: readonly string[]): boolean {
  let [hosts, types] = [0, 0];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
    else if (name.length === 12 && name.toLowerCase() === 'content-type') types += 1;
  }
  return hosts > 1 || types > 1;
}
