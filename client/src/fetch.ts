/** The adapter for Fetch handlers: Deno, Bun, Workers, service workers. */
import type { AccessClaims } from './claims.ts';
import { createGuard, type GuardOptions } from './guard.ts';
import type { Verifier } from './verifier.ts';

export type { GuardOptions };

/** A Fetch handler, with whatever its platform hands over besides the request. */
export type FetchHandler<Rest extends readonly unknown[]> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>;

/**
 * Wraps a handler: it is called for those whose token is good (and holds `permission`), with the claims second; all others are answered.
 *
 * Two `Authorization` headers reach a Fetch handler as one with a comma, which is refused as malformed.
 */
export function withToken<Rest extends readonly unknown[]>(
  verifier: Verifier,
  handler: (request: Request, claims: AccessClaims, ...rest: Rest) => Response | Promise<Response>,
  options?: GuardOptions,
): FetchHandler<Rest> {
  const guard = createGuard(verifier, options);
  return async (request, ...rest) => {
    const authorization = request.headers.get('authorization');
    const { claims, denial } = await guard(authorization === null ? [] : [authorization]);
    if (denial !== undefined) return new Response(denial.body, { status: denial.status, headers: denial.headers });
    return handler(request, claims, ...rest);
  };
}
