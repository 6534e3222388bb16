import type { Instant } from './clock.ts';
import type { SessionId, UserId } from './ids.ts';

/** Who makes a request: the user behind an access token whose session lives, as read in this very request. */
export interface Principal {
  readonly userId: UserId;
  readonly username: string;
  readonly email: string;
  readonly createdAt: Instant;
  readonly sessionId: SessionId;
}

/** A permission's name: `resource:action`, as `users:delete`. */
export type Permission = string;
