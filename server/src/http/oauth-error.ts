import type { RefusalKind } from '../kernel/errors.ts';
import { quotable } from './challenge.ts';
import { instanceOf, type RefusalAnswer, type Refused } from './problem.ts';

/** RFC 6749 §5.2, the two of §4.1.2.1 that say whose fault it is, and those of RFC 6750 §3.1 for endpoints that take an access token. */
type OAuthError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'server_error'
  | 'temporarily_unavailable'
  | 'invalid_token'
  | 'insufficient_scope';

/** Refusals whose code says it outright: a feature names them after the RFC. */
const byCode: Readonly<Record<string, OAuthError>> = {
  'invalid-client': 'invalid_client',
  'unauthorized-client': 'unauthorized_client',
  'unsupported-grant-type': 'unsupported_grant_type',
  'invalid-scope': 'invalid_scope',
  'missing-credentials': 'invalid_token',
  'invalid-token': 'invalid_token',
  'invalid-api-key': 'invalid_token',
  'insufficient-permission': 'insufficient_scope',
};

/**
 * Every other by its kind. A refused password or refresh token is a refused grant (§5.2 "resource owner credentials").
 * For 429 and 503 the code is `temporarily_unavailable`: `slow_down` (RFC 8628 §3.5) tells a *polling* client to go on
 * polling, which is the wrong advice to one that guesses passwords.
 */
const byKind: Readonly<Record<RefusalKind, OAuthError>> = {
  malformed: 'invalid_request',
  invalid: 'invalid_request',
  unauthenticated: 'invalid_grant',
  forbidden: 'invalid_grant',
  missing: 'invalid_request',
  method: 'invalid_request',
  conflict: 'invalid_request',
  gone: 'invalid_grant',
  'too-large': 'invalid_request',
  'headers-too-large': 'invalid_request',
  'media-type': 'invalid_request',
  throttled: 'temporarily_unavailable',
  unavailable: 'temporarily_unavailable',
};

/** Statuses of HTTP itself, decided before OAuth has a say; all others are 400 (§5.2 "unless specified otherwise"). */
const keptStatuses: ReadonlySet<number> = new Set([413, 415, 429, 431, 500, 503]);

/** They are about who asks, not about what is asked: status and challenge are those of RFC 6750 §3 (RFC 7662 §2.3). */
const ofTheCaller: ReadonlySet<OAuthError> = new Set(['invalid_token', 'insufficient_scope']);

/** The status under which a refusal leaves in this dialect. */
export function oauthStatus(refused: Refused): number {
  const error = errorOf(refused);
  if (error === 'invalid_client') return 401;
  if (ofTheCaller.has(error)) return refused.status;
  return keptStatuses.has(refused.status) ? refused.status : 400;
}

/** The whole answer in the dialect of RFC 6749 §5.2. `detail` repeats the description for FastAPI clients; `instance` stands in the log. */
export function oauthAnswer(refused: Refused, requestId: string): RefusalAnswer {
  const description = quotable(descriptionOf(refused));
  const headers: Record<string, string> = { ...refused.headers, 'cache-control': 'no-store', pragma: 'no-cache' };
  const error = errorOf(refused);
  const status = oauthStatus(refused);
  if (!ofTheCaller.has(error)) delete headers['www-authenticate'];
  // §5.2: for a client that tried HTTP authentication the challenge is obligatory, for others allowed (RFC 9110 §15.5.2 wants it always).
  if (error === 'invalid_client') headers['www-authenticate'] = 'Basic realm="keyward", charset="UTF-8"';
  return {
    status,
    contentType: 'application/json',
    headers,
    body: JSON.stringify({
      error,
      error_description: description,
      detail: description,
      instance: instanceOf(requestId),
    }),
  };
}

function errorOf({ code, refusal }: Refused): OAuthError {
  if (refusal === undefined) return 'server_error';
  return (Object.hasOwn(byCode, code) ? byCode[code] : undefined) ?? byKind[refusal.kind];
}

/** This dialect has no list of faults: the first one is told in the text. */
function descriptionOf({ detail, errors }: Refused): string {
  const first = errors?.[0];
  if (first === undefined) return detail;
  const where = 'pointer' in first ? first.pointer.slice(1) : first.parameter;
  return where === '' ? first.detail : `${where}: ${first.detail}`;
}
