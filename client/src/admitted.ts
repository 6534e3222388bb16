import type { AccessClaims } from './claims.ts';

const admitted = new WeakMap<object, AccessClaims>();

export const admit = (request: object, claims: AccessClaims): void => {
  admitted.set(request, claims);
};

/**
 * The claims behind a request that a guard let pass. They are kept beside the request, so that nothing in it can pass for them.
 *
 * @throws Error where no guard has run: a route without a guard must not read as one whose user is unknown
 */
export function claimsOf(request: object): AccessClaims {
  const claims = admitted.get(request);
  if (claims === undefined) throw new Error('No guard of @keyward/verify has run for this request.');
  return claims;
}
