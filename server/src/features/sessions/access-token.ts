import type { Clock, Instant } from '../../kernel/clock.ts';
import { asSessionId, asUserId, type SessionId, type UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { Random } from '../../kernel/random.ts';
import type { KeyRing, SigningKey } from '../keys/index.ts';
import { encodeSegment, signCompact, verifyCompact } from './jws.ts';
import { createTokenCache } from './token-cache.ts';

/** Whose token it is, as proven by its signature; whether the session still lives is for the database to say. */
export interface AccessClaims {
  readonly userId: UserId;
  readonly sessionId: SessionId;
}

/** What a new token says. */
export interface AccessGrant extends AccessClaims {
  /** The absolute end of the session. */
  readonly sessionExpiresAt: Instant;
  readonly clientId: string;
  readonly roles: readonly string[];
  readonly permissions: readonly Permission[];
}

/** Access tokens: JWTs as RFC 9068 wants them. */
export interface AccessTokens {
  /** Good for its usual time, but not beyond the session. */
  mint(grant: AccessGrant): { readonly token: string; readonly expiresInSeconds: number };
  /** `undefined` for anything but a token of ours that has not expired. */
  verify(token: string): AccessClaims | undefined;
}

/** A user's id as a text (RFC 7519 §4.1.2 wants one); fifteen digits are exact as a number. */
const isId = /^[1-9][0-9]{0,14}$/;

interface Payload {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly exp: number;
  readonly sid: string;
}

export function createAccessTokens(deps: {
  keys: KeyRing;
  clock: Clock;
  random: Random;
  issuer: string;
  ttlSeconds: number;
}): AccessTokens {
  const { keys, clock, random, issuer, ttlSeconds } = deps;
  const headers = new Map(keys.all.map((key) => [headerOf(key), key.publicKey]));
  const currentHeader = headerOf(keys.current);
  const cache = createTokenCache<AccessClaims & { readonly expiresAtSeconds: number }>();

  const check = (token: string) => {
    const payload = verifyCompact(token, (header) => headers.get(header)) as Payload | undefined;
    if (payload === undefined || payload.iss !== issuer || payload.aud !== issuer) return undefined;
    if (!isId.test(payload.sub) || typeof payload.sid !== 'string' || !Number.isSafeInteger(payload.exp))
      return undefined;
    const claims = {
      userId: asUserId(Number(payload.sub)),
      sessionId: asSessionId(payload.sid),
      expiresAtSeconds: payload.exp,
    };
    cache.set(token, claims);
    return claims;
  };

  return {
    mint({ userId, sessionId, sessionExpiresAt, clientId, roles, permissions }) {
      const iat = Math.floor(clock.now() / 1_000);
      const expiresInSeconds = Math.max(1, Math.min(ttlSeconds, Math.floor(sessionExpiresAt / 1_000) - iat));
      const payload = {
        iss: issuer,
        sub: String(userId),
        aud: issuer,
        exp: iat + expiresInSeconds,
        iat,
        jti: random.bytes(16).toString('base64url'),
        client_id: clientId,
        sid: sessionId,
        ...claimsOf(roles, permissions),
      };
      return { token: signCompact(currentHeader, payload, keys.current.privateKey), expiresInSeconds };
    },
    verify(token) {
      const claims = cache.get(token) ?? check(token);
      return claims !== undefined && clock.now() < claims.expiresAtSeconds * 1_000 ? claims : undefined;
    },
  };
}

/** Bytes of roles and permissions that a token carries: it must fit into a header and a cookie, 4 KB with all that goes with it. */
const maxGrantBytes = 2_048;

/**
 * Roles and permissions, for verifiers that do not ask us. A set that is too large is left out whole, and the token says so: half a set
 * would be read as the whole. We ourselves never read these claims: what somebody may do is read from the database at each request.
 */
function claimsOf(roles: readonly string[], permissions: readonly Permission[]): object {
  const whole = { roles, permissions };
  return Buffer.byteLength(JSON.stringify(whole)) <= maxGrantBytes
    ? whole
    : { roles: [], permissions: [], permissions_omitted: true };
}

/** `typ: at+jwt` keeps every other kind of token out (RFC 9068 §2.1, RFC 8725 §3.11). */
function headerOf({ algorithm, kid }: SigningKey): string {
  return encodeSegment({ alg: algorithm, typ: 'at+jwt', kid });
}
