import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { forbidCaching } from '../sessions/index.ts';
import { tooManyAttempts } from '../throttle/index.ts';
import type { Introspect } from './introspect.ts';
import { introspectionReply } from './introspection-reply.ts';
import type { Revoke } from './revoke.ts';
import { IntrospectionReply, PresentedTokenBody } from './schemas.ts';

const common = {
  method: 'POST',
  tags: ['Tokens'],
  bodyType: 'form',
  dialect: 'oauth',
  body: PresentedTokenBody,
} as const;

/** RFC 7009 and RFC 7662: the end of a token, and what it is good for. Neither reads a cookie. */
export const tokenStatusRoutes = (deps: {
  revoke: Revoke;
  introspect: Introspect;
  issuer: string;
}): readonly Route[] => [
  route({
    ...common,
    url: '/revoke',
    operationId: 'revokeToken',
    summary: 'End the session of a token',
    description:
      'RFC 7009. Takes a refresh token of any age, or an access token that has not expired; all tokens of its session die at once. Or an API key, which is revoked: whoever finds one in a public place can end it. A token that is unknown or dead already is answered with 200 as well (§2.2).',
    access: {
      kind: 'public',
      why: 'whoever holds a token may end what it stands for; clients are public (RFC 7009 §2.1)',
    },
    limit: { kind: 'throttled', key: 'made-up tokens' },
    replies: { 200: { description: 'Nothing that lives has this token now. The body is empty.' } },
    refusals: [tooManyAttempts],
    handler: async (request, reply) => {
      forbidCaching(reply);
      await deps.revoke(request.body.token, originOf(request));
      return '';
    },
  }),
  route({
    ...common,
    url: '/introspect',
    operationId: 'introspectToken',
    summary: 'Whether a token is active, and for whom',
    description:
      'RFC 7662, for resource servers that hold an access token or an API key with the permission `tokens:introspect`. `roles` and `permissions` are those of this moment, and complete. A token that is inactive for whatever reason is answered with `{"active":false}` alone. Check `token_type`: an active refresh token is no access token, and an API key (`api_key`) is a program, with `permissions` alone.',
    access: { kind: 'bearer', permission: 'tokens:introspect' },
    limit: {
      kind: 'none',
      why: 'only for holders of tokens:introspect; the tokens are what strangers have sent them, who could stop them by a limit',
    },
    replies: { 200: { schema: IntrospectionReply, description: 'RFC 7662 §2.2.' } },
    refusals: [],
    handler: async (request, reply) => {
      forbidCaching(reply);
      return introspectionReply(await deps.introspect(request.body.token), deps.issuer);
    },
  }),
];
