import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { RefreshToken } from './refresh-token.ts';

/** Whom a session is for, as its answers show them. */
export interface SessionUser {
  readonly id: UserId;
  readonly username: string;
  readonly email: string;
}

/** What a transaction has settled about the tokens to come: whose they are, and what their user may do at this moment. */
export interface TokenGrant {
  readonly user: SessionUser;
  readonly refreshToken: RefreshToken;
  /** The absolute end of the session. */
  readonly expiresAt: Instant;
  /** Its place in the status lists. */
  readonly statusIndex: number | undefined;
  readonly clientId: string;
  readonly roles: readonly string[];
  readonly permissions: readonly Permission[];
}
