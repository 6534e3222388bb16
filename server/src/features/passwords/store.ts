import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';

/** The password of a living user. */
export interface StoredPassword {
  readonly userId: UserId;
  /** The stored hash; `undefined` when this user has no password. */
  readonly hash: string | undefined;
  /** Since when that password holds; no two of a user have the same. A better hash of it changes nothing. */
  readonly changedAt: Instant;
}

/** The same, found by a name. */
export interface FoundPassword extends StoredPassword {
  /** False for a user who is disabled at this instant. */
  readonly active: boolean;
}

/** How many ids `hashesAmong` looks for at once: a statement that is compiled once has so many places, not fewer. */
export const idsPerLook = 4;

export interface PasswordsStore {
  /** By folded e-mail or username; deleted users have no names, so they are not found. */
  findByName(
    db: Reads,
    key: { emailKey: string; usernameKey: string },
    now: Instant,
  ): Promise<FoundPassword | undefined>;
  /** By id; `undefined` for a user who is deleted or was never there. */
  findOf(db: Reads, user: UserId): Promise<StoredPassword | undefined>;
  /** Since when a password is kept of a user, also of one who is deleted; `undefined` where none is. */
  keptSince(db: Reads, user: UserId): Promise<Instant | undefined>;
  /** The highest id of a user who has or had a password; 0 where there is none. */
  lastUser(db: Reads): Promise<number>;
  /** By id, the hashes of those of `idsPerLook` ids, some perhaps twice, who are living users with a password. */
  hashesAmong(db: Reads, ids: readonly number[]): Promise<ReadonlyMap<number, string>>;
  add(tx: Tx, user: UserId, hash: string, at: Instant): Promise<void>;
  /** Whether a password is still the user's: one that was changed meanwhile proves nothing any more; one with a better hash does. */
  isCurrent(tx: Tx, password: { readonly userId: UserId; readonly changedAt: Instant }): Promise<boolean>;
  /**
   * A new password in the place of the one behind `hash`, unless somebody changed it meanwhile: of two at once, one wins.
   *
   * @returns its `changedAt`, which is `at`, but always later than that of the one before, whatever clocks say; `undefined` for who lost
   */
  change(tx: Tx, user: UserId, change: { hash: string; next: string; at: Instant }): Promise<Instant | undefined>;
  /** A new password, whatever was there, if anything, and later than that. The caller has locked the user. @returns its `changedAt` */
  set(tx: Tx, user: UserId, hash: string, at: Instant): Promise<Instant>;
  /** Removes it; `false` where there is none. */
  remove(tx: Tx, user: UserId): Promise<boolean>;
  /** A better hash of the same password: puts `next` in the place of `hash`, unless somebody changed it meanwhile. */
  replace(tx: Tx, user: UserId, hash: string, next: string): Promise<boolean>;
}
