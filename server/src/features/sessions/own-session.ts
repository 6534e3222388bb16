import type { Instant } from '../../kernel/clock.ts';
import type { SessionId } from '../../kernel/ids.ts';

/** A session as its owner sees it. */
export interface OwnSession {
  readonly id: SessionId;
  readonly createdAt: Instant;
  /** The last refresh, or the sign-in. */
  readonly lastSeenAt: Instant;
  readonly expiresAt: Instant;
  readonly ip: string;
  readonly userAgent: string;
}
