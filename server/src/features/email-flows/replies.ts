import type { FastifyRequest } from 'fastify';
import { bearerToken } from '../../http/authenticate.ts';
import type { ApiCookie } from '../../http/cookies.ts';
import { originOf } from '../../http/request-origin.ts';
import { assertSameSite } from '../../http/same-site.ts';
import type { AccountProofs } from './prove-account.ts';

/** With what the second proof is read. */
export interface ProofParts {
  readonly cookie: ApiCookie;
  readonly deviceCookie: ApiCookie;
  readonly allowedOrigins: ReadonlySet<string>;
}

/** The proofs of an account that come with a request by themselves. @throws crossSiteRequest */
export function proofsOf(request: FastifyRequest, parts: ProofParts): Omit<AccountProofs, 'password'> {
  const [accessToken, refreshToken] = [bearerToken(request), parts.cookie.read(request)];
  // A page of another site can send the cookie, but not the header without our leave.
  if (refreshToken !== undefined) assertSameSite(request.headers, parts);
  return { accessToken, refreshToken, device: parts.deviceCookie.read(request), origin: originOf(request) };
}
