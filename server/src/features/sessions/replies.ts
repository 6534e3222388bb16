import type { FastifyReply } from 'fastify';
import type { ApiCookie } from '../../http/cookies.ts';
import { type Clock, iso } from '../../kernel/clock.ts';
import type { SessionId } from '../../kernel/ids.ts';
import type { Tokens } from './issue-tokens.ts';
import type { OwnSession } from './own-session.ts';
import type { SessionUser } from './token-grant.ts';

/** Tokens must not stay in any cache (RFC 6749 §5.1). */
export function forbidCaching(reply: FastifyReply): void {
  reply.header('cache-control', 'no-store');
  reply.header('pragma', 'no-cache');
}

/** Gives the browser its refresh token, for as long as the session can live. */
export function setRefreshCookie(reply: FastifyReply, tokens: Tokens, cookie: ApiCookie, clock: Clock): void {
  const secondsLeft = Math.max(1, Math.floor((tokens.sessionExpiresAt - clock.now()) / 1_000));
  cookie.set(reply, tokens.refreshToken.reveal(), secondsLeft);
}

export const userReply = ({ id, username, email }: SessionUser) => ({ id, username, email });

export const accessTokenReply = (tokens: Tokens) => ({
  access_token: tokens.accessToken.reveal(),
  token_type: 'bearer' as const,
  expires_in: tokens.expiresInSeconds,
});

/** @param current the session of this request; none of an API key */
export const sessionReply = (session: OwnSession, current: SessionId | undefined) => ({
  id: session.id,
  current: session.id === current,
  created_at: iso(session.createdAt),
  last_seen_at: iso(session.lastSeenAt),
  expires_at: iso(session.expiresAt),
  ip: session.ip,
  user_agent: session.userAgent,
});
