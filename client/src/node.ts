/** The adapter for `node:http` and Express. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { admit, claimsOf } from './admitted.ts';
import { authorizationsOf } from './authorizations.ts';
import type { AccessClaims } from './claims.ts';
import { createGuard, type GuardOptions } from './guard.ts';
import type { Verifier } from './verifier.ts';

export { claimsOf, type GuardOptions };

/** A request that the guard let pass. */
export interface GuardedRequest extends IncomingMessage {
  auth: AccessClaims;
}

/** Express's form of a middleware; with `node:http` call it, with the rest of the work as `next`. */
export type NodeMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Lets pass whose token is good (and holds `permission`), with its claims at `claimsOf(request)` and `request.auth`; answers all others.
 *
 * `next` is called with an error only for a fault of `whenPermissionsOmitted`.
 */
export function requireToken(verifier: Verifier, options?: GuardOptions): NodeMiddleware {
  const guard = createGuard(verifier, options);
  return (request, response, next) => {
    guard(authorizationsOf(request)).then(({ claims, denial }) => {
      if (denial !== undefined) {
        // Somebody who lost patience has answered: to answer again would throw, where nobody catches it.
        if (response.headersSent) return;
        response.writeHead(denial.status, denial.headers).end(denial.body);
        return;
      }
      admit(request, claims);
      Object.assign(request, { auth: claims });
      next();
    }, next);
  };
}
