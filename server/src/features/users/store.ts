import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { User } from './user.ts';

/** Names and the folded forms that must be free. */
export interface Names {
  readonly username: string;
  readonly usernameKey: string;
  readonly email: string;
  readonly emailKey: string;
}

export interface Disability {
  readonly at: Instant;
  readonly until: Instant | undefined;
  readonly reason: string | undefined;
}

/** One who was deleted, with their place in the list of those. */
export interface DeletedUser {
  readonly id: UserId;
  readonly deletedAt: Instant;
}

/** A user that does not exist yet. */
export interface NewUser extends Names {
  readonly createdAt: Instant;
  readonly emailVerifiedAt?: Instant | undefined;
  readonly locale?: string | undefined;
  readonly waitsSince?: Instant | undefined;
}

/** The records of users. */
export interface UsersStore {
  /** Adds a user under names that no living user has; of two at once, one wins. @throws emailTaken, usernameTaken */
  add(tx: Tx, user: NewUser): Promise<UserId>;
  /** The user, also a deleted one. */
  find(db: Reads, id: UserId): Promise<User | undefined>;
  /** The living user of an address, by its folded form. */
  findByEmail(db: Reads, emailKey: string): Promise<User | undefined>;
  /** The living user of a username, by its folded form. */
  findByUsername(db: Reads, usernameKey: string): Promise<User | undefined>;
  /** The living user of either. */
  findByKey(db: Reads, key: { emailKey: string; usernameKey: string }): Promise<User | undefined>;
  /** The user, if active now; until the transaction ends nobody can change that. */
  lockActive(tx: Tx, id: UserId, now: Instant): Promise<User | undefined>;
  /** The same for a living user who may be disabled. */
  lock(tx: Tx, id: UserId): Promise<User | undefined>;
  /** Other names for a living user; `false` when there is none. Another address is not verified. @throws emailTaken, usernameTaken */
  rename(tx: Tx, id: UserId, names: Names): Promise<boolean>;
  /** Notes that an address is its user's. `false` when it is not the address of a living user any more, or was verified before. */
  markVerified(tx: Tx, id: UserId, emailKey: string, at: Instant): Promise<boolean>;
  /** Notes that a user for whom an account waited has come in. */
  markArrived(tx: Tx, id: UserId): Promise<void>;
  /** Deletes softly and frees the names; of two at once, one gets `true`. */
  markDeleted(tx: Tx, id: UserId, at: Instant): Promise<boolean>;
  /**
   * Disables a living user; one who is disabled already gets another end and reason. `false` when there is none, or they are disabled just
   * so; of two at once that say the same, one gets `true`.
   */
  markDisabled(tx: Tx, id: UserId, disability: Disability): Promise<boolean>;
  /** Undoes that; `false` when there is no living user who is disabled now. */
  markEnabled(tx: Tx, id: UserId, now: Instant): Promise<boolean>;
  /** Undoes a deletion, if there is one and the names are still free. @throws emailTaken, usernameTaken */
  restore(tx: Tx, id: UserId, keys: { emailKey: string; usernameKey: string }): Promise<boolean>;
  /** Erases what is personal in the row of a deleted user; the id stays taken. Of two at once, one gets `true`. */
  markPurged(tx: Tx, id: UserId, at: Instant): Promise<boolean>;
  /** Who was deleted before an instant and is not purged, the longest first, from behind `after`. */
  listDeleted(
    db: Reads,
    range: { before: Instant; after?: DeletedUser | undefined; limit: number },
  ): Promise<DeletedUser[]>;
  /** Removes so many disabilities that have run out: they count no longer, and only burden the list. How many. */
  forgetRunOut(tx: Tx, now: Instant, limit: number): Promise<number>;
  /** Whether there has ever been one. */
  isEmpty(db: Reads): Promise<boolean>;
}
