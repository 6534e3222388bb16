import type { Instant } from './clock.ts';
import type { ApiKeyId, SessionId, UserId } from './ids.ts';

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

/** Who makes a request, as read in this very request. */
export type Principal = Person | Machine;

/** The user in person: whoever is behind an access token whose session lives. */
export interface Person extends Actor {
  readonly limitedTo?: undefined;
  readonly apiKey?: undefined;
  readonly username: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly createdAt: Instant;
  readonly sessionId: SessionId;
}

/** A program that acts for a user by an API key: as far as key and user both reach, and never in the user's own affairs. */
export interface Machine extends Actor {
  /** What the key was given and its owner holds at this moment. */
  readonly limitedTo: ReadonlySet<Permission>;
  readonly apiKey: ApiKeyId;
  readonly sessionId?: undefined;
}
