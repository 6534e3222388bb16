import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { RequestOrigin } from '../kernel/origin.ts';

/**
 * Where a request came from. `ip` is the peer's, or what a proxy says that `TRUST_PROXY` names. Some proxies add the port; some pass on
 * what a client wrote, which may be anything: what is no address counts for nothing.
 */
export function originOf(request: FastifyRequest): RequestOrigin {
  const said = plainAddress(withoutPort(request.ip));
  const ip = isIP(said) === 0 ? plainAddress(request.socket.remoteAddress ?? '') : said;
  const { 'user-agent': userAgent = '', 'accept-language': languages } = request.headers;
  return { ip, userAgent, languages };
}

/** One form for one address: IPv4 as such where a socket for both families maps it (RFC 4291 §2.5.5.2), and no zone, which may be any text. */
function plainAddress(address: string): string {
  const [plain = ''] = address.split('%');
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1] ?? plain;
}

/** `192.0.2.1:4711` and `[2001:db8::1]:4711` as bare addresses. */
function withoutPort(address: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
}
