import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearerToken } from '../../http/authenticate.ts';
import type { ApiCookie } from '../../http/cookies.ts';
import { crossSiteRequest } from '../../http/refusals.ts';
import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { assertSameSite } from '../../http/same-site.ts';
import type { Clock } from '../../kernel/clock.ts';
import { tooManyAttempts } from '../throttle/index.ts';
import { invalidRefreshToken, nothingToLogOut, refreshTokenReused } from './errors.ts';
import type { Tokens } from './issue-tokens.ts';
import type { LogOut } from './log-out.ts';
import type { RefreshSession } from './refresh-session.ts';
import { accessTokenReply, forbidCaching, setRefreshCookie, userReply } from './replies.ts';
import { LogoutBody, LogoutReply, RefreshReply, RefreshTokenBody, RefreshWithTokenReply } from './schemas.ts';

export interface SessionRoutesDeps {
  readonly refreshSession: RefreshSession;
  readonly logOut: LogOut;
  readonly cookie: ApiCookie;
  readonly clock: Clock;
  readonly allowedOrigins: ReadonlySet<string>;
  readonly clientId: string;
}

const refreshRefusals = [invalidRefreshToken, refreshTokenReused, crossSiteRequest, tooManyAttempts];
/** A made-up token fails its tag and never reaches a session. */
const madeUpTokens = { kind: 'throttled', key: 'made-up tokens' } as const;

export function sessionRoutes(deps: SessionRoutesDeps): readonly Route[] {
  const { refreshSession, logOut, cookie, clock, allowedOrigins, clientId } = deps;

  const refreshByCookie = async (request: FastifyRequest, reply: FastifyReply): Promise<Tokens> => {
    assertSameSite(request.headers, { allowedOrigins });
    const token = cookie.read(request);
    if (token === undefined) throw invalidRefreshToken();
    const tokens = await refreshSession(token, { origin: originOf(request), clientId });
    setRefreshCookie(reply, tokens, cookie, clock);
    return tokens;
  };

  const refreshReply = (tokens: Tokens) => ({ user: userReply(tokens.user), ...accessTokenReply(tokens) });

  return [
    route({
      method: 'GET',
      url: '/refresh-access-token',
      operationId: 'refreshAccessTokenByCookie',
      summary: 'A new access token for the refresh cookie',
      description: 'Rotates the cookie. For scripts on a page: a navigation or a call from another site is refused.',
      tags: ['Sessions'],
      access: { kind: 'refresh-credential' },
      limit: madeUpTokens,
      safe: false,
      replies: { 200: { schema: RefreshReply, description: 'The cookie has been rotated.' } },
      refusals: refreshRefusals,
      handler: async (request, reply) => {
        forbidCaching(reply);
        return refreshReply(await refreshByCookie(request, reply));
      },
    }),
    route({
      method: 'POST',
      url: '/refresh-access-token',
      operationId: 'refreshAccessToken',
      summary: 'A new access token for a refresh token',
      description: 'Takes the refresh token from the body, or else the cookie. It comes back the way it came.',
      tags: ['Sessions'],
      access: { kind: 'refresh-credential' },
      limit: madeUpTokens,
      body: RefreshTokenBody,
      bodyOptional: true,
      replies: { 200: { schema: RefreshWithTokenReply, description: 'The refresh token has been rotated.' } },
      refusals: refreshRefusals,
      handler: async (request, reply) => {
        forbidCaching(reply);
        const token = request.body?.refresh_token;
        if (token === undefined) return refreshReply(await refreshByCookie(request, reply));
        const tokens = await refreshSession(token, { origin: originOf(request), clientId });
        return { ...refreshReply(tokens), refresh_token: tokens.refreshToken.reveal() };
      },
    }),
    route({
      method: 'POST',
      url: '/logout',
      operationId: 'logOut',
      summary: 'End the session',
      description:
        'By access token, refresh cookie, or refresh token in the body: each that is valid ends its session. With `all_devices` it ends every session of its user.',
      tags: ['Sessions'],
      access: { kind: 'refresh-credential' },
      limit: madeUpTokens,
      body: LogoutBody,
      bodyOptional: true,
      replies: { 200: { schema: LogoutReply, description: 'All tokens of the session are dead.' } },
      refusals: [nothingToLogOut, crossSiteRequest, tooManyAttempts],
      handler: async (request, reply) => {
        forbidCaching(reply);
        const accessToken = readableBearerToken(request);
        const bodyToken = request.body?.refresh_token;
        const cookieToken = cookie.read(request);
        // A page of another site can send the cookie, but neither header nor JSON body without our leave.
        if (cookieToken !== undefined) assertSameSite(request.headers, { allowedOrigins });
        const refreshTokens = [bodyToken, cookieToken].filter((token) => token !== undefined);
        const allDevices = request.body?.all_devices ?? false;
        await logOut({ accessToken, refreshTokens, allDevices, origin: originOf(request) });
        cookie.clear(reply);
        return { message: 'User logged out successfully.' as const };
      },
    }),
  ];
}

/** To log out, a header that cannot be read is one more credential that is not valid: the others still count. */
function readableBearerToken(request: FastifyRequest): string | undefined {
  try {
    return bearerToken(request);
  } catch {
    return undefined;
  }
}
