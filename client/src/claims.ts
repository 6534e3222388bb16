import { isObject, isText, isTexts, isTime, type JsonObject } from './json.ts';
import { TokenRefused } from './refused.ts';

/** Where the token's revocation stands (draft-ietf-oauth-status-list §6.1). */
export interface StatusReference {
  readonly idx: number;
  readonly uri: string;
}

/** The claims of a Keyward access token (RFC 9068 §2.2), under the names that they have in it. Frozen: all requests share them. */
export interface AccessClaims {
  readonly iss: string;
  /** The user's id, as a text. */
  readonly sub: string;
  readonly aud: string | readonly string[];
  /** Seconds since 1970, as `iat` and `nbf`. */
  readonly exp: number;
  readonly iat: number;
  readonly nbf?: number;
  readonly jti: string;
  readonly client_id: string;
  /** The session: one for each sign-in. */
  readonly sid: string;
  /** `undefined`: the token does not say; see `permissions_omitted`. */
  readonly roles?: readonly string[];
  /** `undefined`: the token does not say, which is not the same as none. */
  readonly permissions?: readonly string[];
  /** There were too many roles and permissions for a token: ask the server (`/introspect`, `/user`) what the user may do. */
  readonly permissions_omitted?: true;
  readonly status?: { readonly status_list: StatusReference };
  readonly [other: string]: unknown;
}

/** What a token must say to be believed here. */
export interface ClaimRules {
  readonly issuer: string;
  readonly audience: string;
  readonly clockToleranceSeconds: number;
}

const texts = ['iss', 'sub', 'client_id', 'jti', 'sid'] as const;

/**
 * The claims of a token whose signature was checked (RFC 9068 §4). Its type first: nothing else that is signed with the same key, such as
 * a status list, may pass for an access token (RFC 8725 §3.11).
 *
 * @param now milliseconds since 1970
 * @throws TokenRefused
 */
export function readClaims(header: JsonObject, payload: JsonObject, rules: ClaimRules, now: number): AccessClaims {
  if (header.typ !== 'at+jwt') throw new TokenRefused('wrong-type');
  if (!hasClaims(payload)) throw new TokenRefused('missing-claim');
  if (payload.iss !== rules.issuer) throw new TokenRefused('wrong-issuer');
  if (![payload.aud].flat().includes(rules.audience)) throw new TokenRefused('wrong-audience');
  if (now >= (payload.exp + rules.clockToleranceSeconds) * 1_000) throw new TokenRefused('expired');
  const { nbf } = payload;
  if (nbf !== undefined && now < (nbf - rules.clockToleranceSeconds) * 1_000) throw new TokenRefused('not-yet-valid');
  return freeze(withoutOmitted(payload));
}

function hasClaims(payload: JsonObject): payload is AccessClaims {
  const { aud, exp, iat, nbf, roles, permissions, status } = payload;
  return (
    texts.every((name) => isText(payload[name])) &&
    (isText(aud) || isTexts(aud)) &&
    [exp, iat].every(isTime) &&
    (nbf === undefined || isTime(nbf)) &&
    [roles, permissions].every((list) => list === undefined || isTexts(list)) &&
    (status === undefined || isStatus(status))
  );
}

function isStatus(status: unknown): boolean {
  if (!isObject(status) || !isObject(status.status_list)) return false;
  const { idx, uri } = status.status_list;
  return Number.isSafeInteger(idx) && Number(idx) >= 0 && isText(uri);
}

/** An empty list beside `permissions_omitted` would read as "may nothing", and a rule that denies on a role would pass: they are taken away. */
function withoutOmitted(claims: AccessClaims): AccessClaims {
  if (claims.permissions_omitted !== true) return claims;
  const { roles: _roles, permissions: _permissions, ...rest } = claims;
  return rest as AccessClaims;
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) freeze(member);
    Object.freeze(value);
  }
  return value;
}
