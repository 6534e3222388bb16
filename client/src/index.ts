/**
 * Checks access tokens of a Keyward server: signature, claims and revocation, without a request per token.
 * Specifications: RFC 9068 (access tokens), RFC 8725 (JWT, best practice), RFC 8414 (metadata), RFC 7517 (keys),
 * draft-ietf-oauth-status-list (revocation), WHATWG HTML §9.2 (the feed).
 */
export type { AccessClaims, StatusReference } from './claims.ts';
export type { RevocationOptions, VerifierOptions } from './options.ts';
export { type RefusalCode, TokenRefused } from './refused.ts';
export type { VerifierMode, VerifierState } from './state.ts';
export { createVerifier, type Verifier } from './verifier.ts';
