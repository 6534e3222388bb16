import type { Clock } from '../../kernel/clock.ts';
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
  readonly clientId: string;
  readonly roles: readonly string[];
  readonly permissions: readonly Permission[];
}

/** Access tokens: JWTs as RFC 9068 wants them. */
export interface AccessTokens {
  mint(grant: AccessGrant): string;
  /** `undefined` for anything but a token of ours that has not expired. */
  verify(token: string): AccessClaims | undefined;
  readonly ttlSeconds: number;
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
    ttlSeconds,
    mint({ userId, sessionId, clientId, roles, permissions }) {
      const iat = Math.floor(clock.now() / 1_000);
      const payload = {
        iss: issuer,
        sub: String(userId),
        aud: issuer,
        exp: iat + ttlSeconds,
        iat,
        jti: random.bytes(16).toString('base64url'),
        client_id: clientId,
        sid: sessionId,
        roles,
        permissions,
      };
      return signCompact(currentHeader, payload, keys.current.privateKey);
    },
    verify(token) {
      const claims = cache.get(token) ?? check(token);
      return claims !== undefined && clock.now() < claims.expiresAtSeconds * 1_000 ? claims : undefined;
    },
  };
}

/** `typ: at+jwt` keeps every other kind of token out (RFC 9068 §2.1, RFC 8725 §3.11). */
function headerOf({ algorithm, kid }: SigningKey): string {
  return encodeSegment({ alg: algorithm, typ: 'at+jwt', kid });
}
