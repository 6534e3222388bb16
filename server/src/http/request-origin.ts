import type { FastifyRequest } from 'fastify';
import type { RequestOrigin } from '../kernel/origin.ts';

/** Where a request came from. `ip` is the peer's, or what a proxy says that `TRUST_PROXY` names. */
export function originOf(request: FastifyRequest): RequestOrigin {
  return { ip: request.ip, userAgent: request.headers['user-agent'] ?? '' };
}
