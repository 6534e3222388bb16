/** What the server says of itself. */
export type ServerMetadata = ReturnType<typeof serverMetadata>;

/**
 * The document of RFC 8414 §2: all that is true of us and registered for it, and `status_feed_endpoint`, which is ours. Addresses stand
 * on the issuer, never on what a request says of its host.
 *
 * @param issuer the public URL, without a slash at the end
 */
export function serverMetadata(issuer: string) {
  return {
    issuer,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    // §2 requires it of everybody, §3.2 wants empty lists left out. There is no authorization endpoint, and readers look for the member.
    response_types_supported: [] as string[],
    grant_types_supported: ['password', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none'],
    revocation_endpoint: `${issuer}/revoke`,
    revocation_endpoint_auth_methods_supported: ['none'],
    introspection_endpoint: `${issuer}/introspect`,
    // §2: here the name of an access token type may stand, for an endpoint that takes access tokens.
    introspection_endpoint_auth_methods_supported: ['Bearer'],
    service_documentation: `${issuer}/docs`,
    status_list_aggregation_endpoint: `${issuer}/status/lists`,
    status_feed_endpoint: `${issuer}/status/feed`,
  };
}

const wellKnown = '/.well-known/oauth-authorization-server';

/** Where RFC 8414 §3.1 puts the document: an issuer's path comes behind the well-known part. */
export const metadataPath = (issuer: string): string => `${wellKnown}${new URL(issuer).pathname.replace(/\/$/, '')}`;
