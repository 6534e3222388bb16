import { Type } from '../../http/schema.ts';
import { AnyText, PlainText } from '../../http/text.ts';

/** Unrecognised parameters are ignored (RFC 6749 §3.2); what a grant type needs is checked by its use case. */
export const TokenBody = Type.Object({
  grant_type: Type.Optional(PlainText({ max: 128, description: '`password` or `refresh_token`.' })),
  username: Type.Optional(PlainText({ max: 320, description: 'E-mail address or username.' })),
  password: Type.Optional(AnyText({ max: 1_024 })),
  refresh_token: Type.Optional(PlainText({ max: 8_192 })),
  scope: Type.Optional(PlainText({ max: 1_024, description: 'Accepted and ignored: permissions come from roles.' })),
  client_id: Type.Optional(
    PlainText({ max: 256, description: 'Accepted and ignored: there are no registered clients.' }),
  ),
  client_secret: Type.Optional(PlainText({ max: 256 })),
});

/** RFC 6749 §5.1. */
export const TokenReply = Type.Object(
  {
    access_token: Type.String(),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ description: 'Seconds.' }),
    refresh_token: Type.String(),
  },
  { title: 'TokenResponse' },
);

/** RFC 7009 §2.1, RFC 7662 §2.1. Any text may be asked about: what is no token of ours is inactive, and no fault of the request. */
export const PresentedTokenBody = Type.Object({
  token: Type.String({
    minLength: 1,
    maxLength: 65_536,
    description: 'An access token, a refresh token, or an API key.',
  }),
  token_type_hint: Type.Optional(
    Type.String({
      maxLength: 256,
      description: 'Not needed: tokens are told apart by their form. A wrong one does no harm.',
    }),
  ),
});

/** RFC 7662 §2.2; `sid` as in the access token, `roles` and `permissions` after RFC 9068 §2.2.3. */
export const IntrospectionReply = Type.Object(
  {
    active: Type.Boolean({ description: 'If false, nothing else is said.' }),
    token_type: Type.Optional(
      Type.Union([Type.Literal('Bearer'), Type.Literal('refresh_token'), Type.Literal('api_key')]),
    ),
    client_id: Type.Optional(Type.String()),
    username: Type.Optional(Type.String({ description: 'As it is now.' })),
    sub: Type.Optional(Type.String({ description: "The user's id; of an API key its owner's." })),
    aud: Type.Optional(Type.String()),
    iss: Type.Optional(Type.String()),
    iat: Type.Optional(Type.Integer()),
    exp: Type.Optional(
      Type.Integer({
        description:
          'Of a refresh token: when its session ends unless it is refreshed. Not there for an API key that never expires.',
      }),
    ),
    jti: Type.Optional(Type.String({ description: 'Of an API key: its id.' })),
    sid: Type.Optional(Type.String({ description: 'The session.' })),
    roles: Type.Optional(Type.Array(Type.String(), { description: 'As they are now; of an access token only.' })),
    permissions: Type.Optional(
      Type.Array(Type.String(), { description: 'As they are now; of an API key as far as its owner holds them too.' }),
    ),
  },
  { title: 'Introspection' },
);

const Uri = () => Type.String({ format: 'uri' });
const Names = () => Type.Array(Type.String());

/** RFC 8414 §2. */
export const MetadataReply = Type.Object(
  {
    issuer: Uri(),
    token_endpoint: Uri(),
    jwks_uri: Uri(),
    response_types_supported: Names(),
    grant_types_supported: Names(),
    token_endpoint_auth_methods_supported: Names(),
    revocation_endpoint: Uri(),
    revocation_endpoint_auth_methods_supported: Names(),
    introspection_endpoint: Uri(),
    introspection_endpoint_auth_methods_supported: Names(),
    service_documentation: Uri(),
    status_list_aggregation_endpoint: Uri(),
    status_feed_endpoint: Type.String({ format: 'uri', description: 'Server-sent events: which sessions have ended.' }),
  },
  { title: 'ServerMetadata' },
);
