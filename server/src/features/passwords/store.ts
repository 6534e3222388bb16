import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';

/** The password of a living user, found by a name. */
export interface FoundPassword {
  readonly userId: UserId;
  /** The stored hash; `undefined` when this user has no password. */
  readonly hash: string | undefined;
}

export interface PasswordsStore {
  /** By folded e-mail or username; deleted users have no names, so they are not found. */
  findByName(db: Reads, key: { emailKey: string; usernameKey: string }): Promise<FoundPassword | undefined>;
  add(tx: Tx, user: UserId, hash: string, at: Instant): Promise<void>;
  /** Whether `hash` is still the user's: a password that was changed meanwhile proves nothing any more. */
  isCurrent(tx: Tx, user: UserId, hash: string): Promise<boolean>;
  /** Puts `next` in the place of `hash`, unless somebody changed it meanwhile. */
  replace(tx: Tx, user: UserId, hash: string, next: string): Promise<boolean>;
}
