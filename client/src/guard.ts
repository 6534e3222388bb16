import type { AccessClaims } from './claims.ts';
import { TokenRefused } from './refused.ts';
import type { Verifier } from './verifier.ts';

/** What a route wants besides a good token. */
export interface GuardOptions {
  /** A permission that the token must hold, as `posts:publish`. */
  readonly permission?: string;
  /**
   * Decides for a token that has too many permissions to carry them (`permissions_omitted`): ask the server what the user may do.
   * Without it such a token is refused wherever a permission is wanted: what it may do is unknown, not nothing.
   */
  readonly whenPermissionsOmitted?: (
    claims: AccessClaims,
    permission: string,
    token: string,
  ) => boolean | Promise<boolean>;
}

/** An answer that refuses, for any framework to send. `body` is JSON (RFC 9457). */
export interface Denial {
  readonly status: 400 | 401 | 403 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What became of a request: whose it is, or how it is refused. */
export type Admission =
  | { readonly claims: AccessClaims; readonly denial?: never }
  | { readonly claims?: never; readonly denial: Denial };

/** Looks at the values of all `Authorization` headers of a request. Never rejects but for a fault of `whenPermissionsOmitted`. */
export type Guard = (authorizations: readonly string[]) => Promise<Admission>;

/** RFC 6749 §3.3: what may stand in a scope, and so between the quotes of the challenge. */
const scopeToken = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** RFC 6750 §2.1; the name of the scheme in any case (RFC 9110 §11.1). */
const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** @throws TypeError for a permission that cannot be named in a challenge */
export function createGuard(verifier: Pick<Verifier, 'verify'>, options: GuardOptions = {}): Guard {
  const { permission } = options;
  if (permission !== undefined && !scopeToken.test(permission)) throw new TypeError('permission must be one word');

  return async (authorizations) => {
    if (authorizations.length > 1) return { denial: twoHeaders };
    const [authorization] = authorizations;
    if (authorization === undefined || !/^Bearer(?: |$)/i.test(authorization)) return { denial: noToken };
    const token = bearer.exec(authorization)?.[1];
    try {
      if (token === undefined) throw new TokenRefused('malformed');
      const claims = await verifier.verify(token);
      const denial = permission === undefined ? undefined : await denialFor(claims, permission, token, options);
      return denial === undefined ? { claims } : { denial };
    } catch (error) {
      if (error instanceof TokenRefused) return { denial: refusal(error) };
      throw error;
    }
  };
}

async function denialFor(
  claims: AccessClaims,
  permission: string,
  token: string,
  { whenPermissionsOmitted: decide }: GuardOptions,
): Promise<Denial | undefined> {
  if (claims.permissions_omitted !== true) {
    return claims.permissions?.includes(permission) === true ? undefined : lacking(permission);
  }
  if (decide === undefined) return omitted(permission);
  return (await decide(claims, permission, token)) === true ? undefined : lacking(permission);
}

const titles = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 503: 'Service Unavailable' } as const;

function deny(status: Denial['status'], code: string, detail: string, headers: Denial['headers']): Denial {
  const body = JSON.stringify({ type: 'about:blank', title: titles[status], status, detail, code });
  return {
    status,
    body,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  };
}

/** RFC 6750 §3: a challenge with its reason. None of the texts comes from a request. */
const challenge = (error: string, description: string, more = ''): Denial['headers'] => ({
  'www-authenticate': `Bearer error="${error}", error_description="${description}"${more}`,
});

const twoHeadersDetail = 'The request has more than one Authorization header.';
const twoHeaders = deny(400, 'invalid-request', twoHeadersDetail, challenge('invalid_request', twoHeadersDetail));

/** RFC 6750 §3.1: a request that shows no token is told of the scheme, and of no error. */
const noToken = deny(401, 'missing-token', 'The request has no bearer token.', { 'www-authenticate': 'Bearer' });

const refusal = ({ code, message, transient, retryAfterSeconds }: TokenRefused): Denial =>
  transient
    ? deny(503, code, message, { 'retry-after': String(retryAfterSeconds) })
    : deny(401, code, message, challenge('invalid_token', message));

const scope = (permission: string): string => `, scope="${permission}"`;

function lacking(permission: string): Denial {
  const detail = `The permission ${permission} is needed.`;
  return deny(403, 'insufficient-permission', detail, challenge('insufficient_scope', detail, scope(permission)));
}

function omitted(permission: string): Denial {
  const detail = `Whether the user has the permission ${permission} is not in the token: there were too many to carry.`;
  return deny(403, 'permissions-omitted', detail, challenge('insufficient_scope', detail, scope(permission)));
}
