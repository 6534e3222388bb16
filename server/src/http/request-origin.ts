import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { RequestOrigin } from '../kernel/origin.ts';

/**
 * Where a request came from. `ip` is the peer's, or what a proxy says that `TRUST_PROXY` names. Some proxies add the port; some pass on
 * what a client wrote, which may be anything: what is no address counts for nothing.
 */
export function originOf(request: FastifyRequest): RequestOrigin {
  const said = withoutPort(request.ip);
  const ip = isIP(said) === 0 ? (request.socket.remoteAddress ?? '') : said;
  return { ip, userAgent: request.headers['user-agent'] ?? '' };
}

/** `192.0.2.1:4711` and `[2001:db8::1]:4711` as bare addresses. */
function withoutPort(address: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
}
