/** The adapter for Hono. */
import type { AccessClaims } from './claims.ts';
import { createGuard, type GuardOptions } from './guard.ts';
import type { Verifier } from './verifier.ts';

export type { GuardOptions };

/** What guarded handlers find: `new Hono<{ Variables: ClaimsVariables }>()`, then `c.get('claims')`. */
export type ClaimsVariables = { claims: AccessClaims };

/** What this adapter uses of Hono's context: described, not imported, so that the package needs no framework. */
export interface ContextLike {
  readonly req: { header(name: string): string | undefined };
  set(name: 'claims', claims: AccessClaims): void;
}

/** Hono's form of a middleware. */
export type HonoMiddleware = (context: ContextLike, next: () => Promise<void>) => Promise<Response | undefined>;

/** Lets pass whose token is good (and holds `permission`), with its claims at `c.get('claims')`; answers all others. */
export function requireToken(verifier: Verifier, options?: GuardOptions): HonoMiddleware {
  const guard = createGuard(verifier, options);
  return async (context, next) => {
    const authorization = context.req.header('authorization');
    const { claims, denial } = await guard(authorization === undefined ? [] : [authorization]);
    if (denial !== undefined) return new Response(denial.body, { status: denial.status, headers: denial.headers });
    context.set('claims', claims);
    await next();
    return undefined;
  };
}
