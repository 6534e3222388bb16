import type { Instant } from './clock.ts';
import type { SessionId, UserId } from './ids.ts';

/** A permission's name: `resource:action`, as `users:delete`. */
export type Permission = string;

/** On whose behalf something is done. Where one may be missing, its absence is the operator at the CLI, who may do everything. */
export interface Actor {
  readonly userId: UserId;
  /** What the credential is limited to; undefined where it reaches as far as its user. */
  readonly limitedTo?: ReadonlySet<Permission> | undefined;
  /** The API key that acts for them, by its public id; undefined for a session. */
  readonly apiKey?: string | undefined;
}

/** Who makes a request: the user behind an access token whose session lives, as read in this very request. */
export interface Principal extends Actor {
  readonly username: string;
  readonly email: string;
  readonly createdAt: Instant;
  readonly sessionId: SessionId;
}
