import type { Clock } from '../../kernel/clock.ts';
import { asSessionId, asUserId, type SessionId, type UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { Random } from '../../kernel/random.ts';
import { andThen, type Soon } from '../../kernel/soon.ts';
import { type GetKeyRing, type KeyRing, type SigningKey, signCompact, verifyCompact } from '../keys/index.ts';
import { statusReference } from './status-reference.ts';
import { createTokenCache } from './token-cache.ts';
import type { TokenGrant } from './token-grant.ts';

/** Whose token it is, as proven by its signature; whether the session still lives is for the database to say. */
export interface AccessClaims {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  /** As they stand in the token. */
  readonly payload: AccessPayload;
}

/** Access tokens: JWTs as RFC 9068 wants them. */
export interface AccessTokens {
  /** Good for its usual time, but not beyond the session. */
  mint(grant: TokenGrant): Promise<{ readonly token: string; readonly expiresInSeconds: number }>;
  /** `undefined` for anything but a token of ours that has not expired, and whose key is in use. */
  verify(token: string): Soon<AccessClaims | undefined>;
  /** Whether it was verified before, and not too long ago. */
  isKnown(token: string): boolean;
}

/** A user's id as a text (RFC 7519 §4.1.2 wants one); fifteen digits are exact as a number. */
const isId = /^[1-9][0-9]{0,14}$/;

/** The claims of RFC 9068 §2.2. Times are in seconds. */
export interface AccessPayload {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly client_id: string;
  readonly sid: string;
}

/** A token of a key that this node does not know makes it look at most so often, so that made-up ones cost next to nothing. */
const unknownKeyMaxAgeMs = 100;

export function createAccessTokens(deps: {
  keys: { readonly ring: GetKeyRing };
  clock: Clock;
  random: Random;
  issuer: string;
  ttlSeconds: number;
}): AccessTokens {
  const { keys, clock, random, issuer, ttlSeconds } = deps;
  const cache = createTokenCache<AccessClaims & { readonly key: SigningKey }>();

  const check = (token: string, key: SigningKey): AccessClaims | undefined => {
    const payload = verifyCompact(token, key.headers['at+jwt'], key) as AccessPayload | undefined;
    if (payload === undefined || payload.iss !== issuer || payload.aud !== issuer) return undefined;
    if (!isId.test(payload.sub) || typeof payload.sid !== 'string' || !Number.isSafeInteger(payload.exp))
      return undefined;
    const claims = { userId: asUserId(Number(payload.sub)), sessionId: asSessionId(payload.sid), payload, key };
    cache.set(token, claims);
    return claims;
  };

  /** A token that was verified before must still be of a key in use: one that is revoked takes its tokens with it. */
  const claimsOf = (token: string, ring: KeyRing): Soon<AccessClaims | undefined> => {
    const known = cache.get(token);
    if (known !== undefined) return ring.all.includes(known.key) ? known : undefined;
    const key = keyOf(token, ring);
    if (key !== undefined) return check(token, key);
    return andThen(keys.ring(unknownKeyMaxAgeMs), (newer) => {
      const newKey = keyOf(token, newer);
      return newKey && check(token, newKey);
    });
  };

  const unlessExpired = (claims: AccessClaims | undefined): AccessClaims | undefined =>
    claims !== undefined && clock.now() < claims.payload.exp * 1_000 ? claims : undefined;

  return {
    async mint({ user, refreshToken, expiresAt, statusIndex, clientId, roles, permissions }) {
      const { current } = await keys.ring();
      const iat = Math.floor(clock.now() / 1_000);
      const expiresInSeconds = Math.max(1, Math.min(ttlSeconds, Math.floor(expiresAt / 1_000) - iat));
      const payload: AccessPayload = {
        iss: issuer,
        sub: String(user.id),
        aud: issuer,
        exp: iat + expiresInSeconds,
        iat,
        jti: random.bytes(16).toString('base64url'),
        client_id: clientId,
        sid: refreshToken.sessionId,
        ...(statusIndex === undefined ? {} : { status: { status_list: statusReference(issuer, statusIndex) } }),
        ...grantClaims(roles, permissions),
      };
      return { token: signCompact(current.headers['at+jwt'], payload, current), expiresInSeconds };
    },
    isKnown: (token) => cache.get(token) !== undefined,
    verify: (token) =>
      andThen(
        andThen(keys.ring(), (ring) => claimsOf(token, ring)),
        unlessExpired,
      ),
  };
}

/** The key whose header the token begins with, to the letter. `typ: at+jwt` keeps every other kind of token out (RFC 9068 §2.1). */
function keyOf(token: string, ring: KeyRing): SigningKey | undefined {
  const header = token.slice(0, Math.max(0, token.indexOf('.')));
  return ring.all.find(({ headers }) => headers['at+jwt'] === header);
}

/** Bytes of roles and permissions that a token carries: it must fit into a header and a cookie, 4 KB with all that goes with it. */
const maxGrantBytes = 2_048;

/**
 * Roles and permissions, for verifiers that do not ask us. A set that is too large is left out whole, and the token says so: half a set
 * would be read as the whole. We ourselves never read these claims: what somebody may do is read from the database at each request.
 */
function grantClaims(roles: readonly string[], permissions: readonly Permission[]): object {
  const whole = { roles, permissions };
  return Buffer.byteLength(JSON.stringify(whole)) <= maxGrantBytes
    ? whole
    : { roles: [], permissions: [], permissions_omitted: true };
}
