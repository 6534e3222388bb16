/** Why a token was refused. Stable: never renamed, so that programs can switch on it. */
export type RefusalCode =
  | 'malformed'
  | 'unsupported-algorithm'
  | 'unknown-key'
  | 'bad-signature'
  | 'wrong-type'
  | 'wrong-issuer'
  | 'wrong-audience'
  | 'missing-claim'
  | 'expired'
  | 'not-yet-valid'
  | 'revoked'
  | 'no-status'
  | 'revocation-unknown'
  | 'issuer-unavailable';

/** Sentences that may be shown to anybody; without `"` and `\`, since they stand in a header (RFC 6750 §3). */
const sentences: Readonly<Record<RefusalCode, string>> = {
  malformed: 'The token is not a signed JWT in compact form.',
  'unsupported-algorithm': 'The token is not signed with the algorithm of its key.',
  'unknown-key': 'The token is signed with a key that the issuer does not publish.',
  'bad-signature': 'The signature of the token is wrong.',
  'wrong-type': 'The token is not an access token.',
  'wrong-issuer': 'The token was issued by somebody else.',
  'wrong-audience': 'The token is meant for somebody else.',
  'missing-claim': 'The token lacks a claim that access tokens have, or has it in a wrong form.',
  expired: 'The token has expired.',
  'not-yet-valid': 'The token is not valid yet.',
  revoked: 'The token was revoked.',
  'no-status': 'The token does not say where its revocation can be looked up.',
  'revocation-unknown': 'Whether the token was revoked cannot be told at the moment.',
  'issuer-unavailable': 'The keys of the issuer cannot be had at the moment.',
};

/** Not the token's fault: the same token may be good in a moment. A 503, never a 401, or clients would throw good tokens away. */
const transient: ReadonlySet<RefusalCode> = new Set(['revocation-unknown', 'issuer-unavailable']);

/**
 * A token that must not be believed. `message` is a sentence without any secret that may be shown to the client; `cause`, where there
 * is one, is for the log alone.
 */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  readonly code: RefusalCode;
  /** The fault lies with the issuer or the way to it: answer 503 with `Retry-After`, not 401. */
  readonly transient: boolean;
  /** Seconds until a retry makes sense; 0 where none does. */
  readonly retryAfterSeconds: number;

  constructor(code: RefusalCode, cause?: unknown) {
    super(sentences[code], cause === undefined ? undefined : { cause });
    this.code = code;
    this.transient = transient.has(code);
    this.retryAfterSeconds = this.transient ? 2 : 0;
  }
}
