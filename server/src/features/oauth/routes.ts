import type { ApiCookie } from '../../http/cookies.ts';
import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { accessTokenReply, forbidCaching, invalidRefreshToken, refreshTokenReused } from '../sessions/index.ts';
import { emailNotVerified, invalidCredentials } from '../sign-in/index.ts';
import { tooManyAttempts } from '../throttle/index.ts';
import { missingParameter, unsupportedGrantType } from './errors.ts';
import type { GrantToken } from './grant-token.ts';
import type { Introspect } from './introspect.ts';
import type { ServerMetadata } from './metadata.ts';
import { metadataRoutes } from './metadata-routes.ts';
import type { Revoke } from './revoke.ts';
import { TokenBody, TokenReply } from './schemas.ts';
import { tokenStatusRoutes } from './token-status-routes.ts';

export const oauthRoutes = (deps: {
  grantToken: GrantToken;
  revoke: Revoke;
  introspect: Introspect;
  metadata: ServerMetadata;
  deviceCookie: ApiCookie;
  clientId: string;
}): readonly Route[] => [
  ...metadataRoutes(deps.metadata),
  ...tokenStatusRoutes({ ...deps, issuer: deps.metadata.issuer }),
  route({
    method: 'POST',
    url: '/token',
    operationId: 'grantToken',
    summary: 'OAuth 2.0 token endpoint',
    description:
      'RFC 6749 §4.3 (`grant_type=password`; `username` is an e-mail address or a username) and §6 (`refresh_token`).',
    tags: ['Sign in'],
    access: { kind: 'public', why: 'it is how OAuth clients get in' },
    limit: { kind: 'throttled', key: 'login' },
    bodyType: 'form',
    dialect: 'oauth',
    body: TokenBody,
    replies: { 200: { schema: TokenReply, description: 'RFC 6749 §5.1.' } },
    refusals: [
      invalidCredentials,
      emailNotVerified,
      invalidRefreshToken,
      refreshTokenReused,
      missingParameter,
      unsupportedGrantType,
      tooManyAttempts,
      overloaded,
    ],
    handler: async (request, reply) => {
      forbidCaching(reply);
      // Read, never given: a form can be sent by a page of any site, which must not change what a browser is known by.
      const device = deps.deviceCookie.read(request);
      const { clientId } = deps;
      const tokens = await deps.grantToken(request.body, { origin: originOf(request), clientId, device });
      return { ...accessTokenReply(tokens), refresh_token: tokens.refreshToken.reveal() };
    },
  }),
];
