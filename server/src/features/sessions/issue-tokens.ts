import type { Reads } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import { Secret } from '../../kernel/secret.ts';
import type { RolesStore } from '../roles/index.ts';
import type { AccessTokens } from './access-token.ts';
import type { RefreshToken } from './refresh-token.ts';

/** Whom a session is for, as its answers show them. */
export interface SessionUser {
  readonly id: UserId;
  readonly username: string;
  readonly email: string;
}

/** What signing in and refreshing give. */
export interface Tokens {
  readonly user: SessionUser;
  readonly accessToken: Secret;
  readonly expiresInSeconds: number;
  readonly refreshToken: Secret;
  /** The absolute end of the session: what the cookie lives for. */
  readonly sessionExpiresAt: Instant;
}

/** Mints the access token that goes with a refresh token, with the roles and permissions of this moment. */
export type IssueTokens = (
  db: Reads,
  user: SessionUser,
  refreshToken: RefreshToken,
  session: { expiresAt: Instant; clientId: string },
) => Promise<Tokens>;

export function createIssueTokens(deps: { accessTokens: AccessTokens; roles: RolesStore }): IssueTokens {
  const { accessTokens, roles } = deps;
  return async (db, user, { sessionId, text }, { expiresAt, clientId }) => {
    const grants = await roles.grantsOf(db, user.id);
    const grant = { userId: user.id, sessionId, sessionExpiresAt: expiresAt, clientId, ...grants };
    const { token, expiresInSeconds } = accessTokens.mint(grant);
    return {
      user,
      accessToken: new Secret(token),
      expiresInSeconds,
      refreshToken: text,
      sessionExpiresAt: expiresAt,
    };
  };
}
