/**
 * Owns: the surface for OAuth clients.
 * Tables: none.
 * Specifications: RFC 6749 §4.3, §5, §6; RFC 7009 (revocation); RFC 7662 (introspection); RFC 8414 (metadata). RFC 9700 §2.4 advises
 * against the password grant for third parties: it is for first-party clients and for the Authorize dialog of the documentation.
 */
export { createGrantToken } from './grant-token.ts';
export { createIntrospect } from './introspect.ts';
export { serverMetadata } from './metadata.ts';
export { createRevoke } from './revoke.ts';
export { oauthRoutes } from './routes.ts';
