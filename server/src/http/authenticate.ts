import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { apiKeyNotAccepted, invalidToken } from '../kernel/access.ts';
import type { RequestOrigin } from '../kernel/origin.ts';
import type { Machine, Permission, Person, Principal } from '../kernel/principal.ts';
import { andThen, type Soon } from '../kernel/soon.ts';
import { missingCredentials } from './refusals.ts';
import { originOf } from './request-origin.ts';
import type { Access } from './route.ts';

/**
 * The port to whoever knows the sessions.
 *
 * @param token as it stood in the header, of the right form but unverified
 * @param permission what the user must hold besides
 * @throws `invalid-token` (unauthenticated), `insufficient-permission` (forbidden)
 */
export type Authenticate = (token: string, permission: Permission | undefined) => Soon<Person>;

/** Whether an access token was verified before, whatever has become of it: then it has the right form. */
export type IsKnownToken = (token: string) => boolean;

const knowsNone: IsKnownToken = () => false;

/** The port to whoever knows the API keys. */
export interface ApiKeyCheck {
  /** Whether a bearer's credential is meant for an API key. By its beginning alone: it may be a broken one. */
  isApiKey(token: string): boolean;
  /**
   * @param permission what key and owner must both hold besides
   * @throws `invalid-api-key` (unauthenticated), `too-many-attempts` (throttled), `insufficient-permission` (forbidden)
   */
  authenticate(key: string, permission: Permission | undefined, origin: RequestOrigin): Soon<Machine>;
}

/** Whether a route takes API keys besides access tokens. */
export const takesApiKeys = (access: Access): boolean =>
  access.kind === 'bearer' && (access.apiKeys ?? access.permission !== undefined);

/** RFC 6750 §2.1 `b64token`, after a scheme in any case (RFC 9110 §11.1) and at least one space. */
const bearer = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;
const bearerScheme = /^bearer(?: |$)/i;

/** Longer than any token of ours: what exceeds it is not worth a signature check. */
const maxTokenLength = 8192;

const usualScheme = 'Bearer ';

/**
 * The access token of a request, or undefined when it presents none. Only the header is read: a token in the address would stand in
 * logs and histories (RFC 9700 §4.3.2), one in the body could be forged into a form.
 *
 * @param isKnown spares most tokens a look at each of their 500 letters
 * @throws `invalid-token` (unauthenticated) when there is one that cannot be read, or two
 */
export function bearerToken(
  request: Pick<FastifyRequest, 'headers' | 'raw'>,
  isKnown: IsKnownToken = knowsNone,
): string | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  // Node keeps the first of two and drops the second in silence; a proxy may have checked the other one.
  if (countAuthorization(request.raw.rawHeaders) > 1)
    throw invalidToken({ detail: 'There are two Authorization headers.' });
  if (header.startsWith(usualScheme)) {
    const usual = header.slice(usualScheme.length);
    if (isKnown(usual)) return usual;
  }
  const token = header.length <= maxTokenLength ? bearer.exec(header)?.[1] : undefined;
  if (token === undefined && bearerScheme.test(header))
    throw invalidToken({ detail: 'The Authorization header is not of the form `Bearer <token>`.' });
  return token;
}

/** The hook of a bearer route. It runs before the body is read, so that a stranger's bytes cost nothing. */
export function authenticateHook(
  ports: { readonly authenticate: Authenticate; readonly isKnownToken?: IsKnownToken; readonly apiKeys: ApiKeyCheck },
  access: Extract<Access, { kind: 'bearer' }>,
): onRequestHookHandler {
  const { authenticate, isKnownToken, apiKeys } = ports;
  const { permission } = access;
  const takesKeys = takesApiKeys(access);

  const principalOf = (request: FastifyRequest): Soon<Principal> => {
    const token = bearerToken(request, isKnownToken);
    if (token === undefined) throw missingCredentials();
    if (!apiKeys.isApiKey(token)) return authenticate(token, permission);
    // Whatever key it is: nothing is looked up.
    if (!takesKeys) throw apiKeyNotAccepted();
    return apiKeys.authenticate(token, permission, originOf(request));
  };

  return (request, _reply, done) => {
    const entered = andThen(principalOf(request), (principal) => {
      request.principal = principal;
    });
    // Fastify waits for it, and refuses whatever it rejects with.
    if (entered instanceof Promise) return entered;
    done();
  };
}

/** `rawHeaders` alternates names and values. */
function countAuthorization(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 13 && name.toLowerCase() === 'authorization') count += 1;
  }
  return count;
}
