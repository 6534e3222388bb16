/** The adapter for Fastify. */
import { admit, claimsOf } from './admitted.ts';
import { authorizationsOf, type RawRequest } from './authorizations.ts';
import { createGuard, type GuardOptions } from './guard.ts';
import type { Verifier } from './verifier.ts';

export { claimsOf, type GuardOptions };

/** What this adapter uses of Fastify's reply: described, not imported, so that the package needs no framework. */
export interface ReplyLike {
  code(status: number): unknown;
  headers(headers: Record<string, string>): unknown;
  send(body: string): unknown;
}

/** A hook for `onRequest`, of one route or of all: it runs before the body is read. */
export type FastifyGuard = (request: { readonly raw: RawRequest }, reply: ReplyLike) => Promise<unknown>;

/**
 * Lets pass whose token is good (and holds `permission`), with its claims at `claimsOf(request)`; answers all others.
 *
 * `app.get('/path', { onRequest: requireToken(verifier) }, handler)`
 */
export function requireToken(verifier: Verifier, options?: GuardOptions): FastifyGuard {
  const guard = createGuard(verifier, options);
  return async (request, reply) => {
    const { claims, denial } = await guard(authorizationsOf(request.raw));
    if (denial === undefined) {
      admit(request, claims);
      return undefined;
    }
    reply.code(denial.status);
    reply.headers({ ...denial.headers });
    reply.send(denial.body);
    return reply;
  };
}
