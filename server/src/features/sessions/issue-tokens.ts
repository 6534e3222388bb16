import type { Reads } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import { Secret } from '../../kernel/secret.ts';
import type { HeldRow, RolesStore } from '../roles/index.ts';
import type { AccessTokens } from './access-token.ts';
import type { SessionUser, TokenGrant } from './token-grant.ts';

/** What signing in and refreshing give. */
export interface Tokens {
  readonly user: SessionUser;
  readonly accessToken: Secret;
  readonly expiresInSeconds: number;
  readonly refreshToken: Secret;
  /** The absolute end of the session: what the cookie lives for. */
  readonly sessionExpiresAt: Instant;
}

/**
 * Settles a grant, with the roles and permissions as the transaction sees them.
 *
 * @param held what the user holds, where that has been read already
 */
export type SettleGrant = (
  db: Reads,
  grant: Omit<TokenGrant, 'roles' | 'permissions'>,
  held?: readonly HeldRow[],
) => Promise<TokenGrant>;

export function createSettleGrant({ roles }: { roles: RolesStore }): SettleGrant {
  return async (db, grant, held) => {
    const grants = held === undefined ? roles.grantsOf(db, grant.user.id) : roles.grantsIn(db, held);
    return { ...grant, ...(await grants) };
  };
}

/**
 * Signs the access token of a grant. To be called after the transaction: a signature is no work to keep other writers waiting for, and
 * what follows from a commit that the client never hears of is the same token once more.
 *
 * @throws `database-unavailable` when it cannot be known which key signs
 */
export type IssueTokens = (grant: TokenGrant) => Promise<Tokens>;

export function createIssueTokens({ accessTokens }: { accessTokens: AccessTokens }): IssueTokens {
  return async (grant) => {
    const { token, expiresInSeconds } = await accessTokens.mint(grant);
    const { user, refreshToken, expiresAt: sessionExpiresAt } = grant;
    return {
      user,
      accessToken: new Secret(token),
      expiresInSeconds,
      refreshToken: refreshToken.text,
      sessionExpiresAt,
    };
  };
}
