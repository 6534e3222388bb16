import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';

export interface User {
  readonly id: UserId;
  readonly username: string;
  readonly email: string;
  readonly createdAt: Instant;
  readonly deletedAt: Instant | undefined;
  readonly disabledAt: Instant | undefined;
}

/** A user that does not exist yet, with the folded names that must be free. */
export interface NewUser {
  readonly username: string;
  readonly usernameKey: string;
  readonly email: string;
  readonly emailKey: string;
  readonly createdAt: Instant;
}

/** The records of users. */
export interface UsersStore {
  /** Adds a user under names that no living user has; of two at once, one wins. @throws emailTaken, usernameTaken */
  add(tx: Tx, user: NewUser): Promise<UserId>;
  /** The user, also a deleted one. */
  find(db: Reads, id: UserId): Promise<User | undefined>;
  /** The living user of a name, by its folded form. */
  findByKey(db: Reads, key: { emailKey: string; usernameKey: string }): Promise<User | undefined>;
  /** The user, if living and not disabled; until the transaction ends nobody can change that. */
  lockActive(tx: Tx, id: UserId): Promise<User | undefined>;
  /** The same for a living user who may be disabled. */
  lock(tx: Tx, id: UserId): Promise<User | undefined>;
  /** Deletes softly and frees the names; of two at once, one gets `true`. */
  markDeleted(tx: Tx, id: UserId, at: Instant): Promise<boolean>;
  /** Disables a living user; `false` when there is none, or they are disabled already; of two at once, one gets `true`. */
  markDisabled(tx: Tx, id: UserId, at: Instant): Promise<boolean>;
  /** Undoes that; `false` when there is no living user who is disabled. */
  markEnabled(tx: Tx, id: UserId): Promise<boolean>;
  /** Undoes a deletion, if there is one and the names are still free. @throws emailTaken, usernameTaken */
  restore(tx: Tx, id: UserId, keys: { emailKey: string; usernameKey: string }): Promise<boolean>;
  /** In the order of their ids, from behind `after`. */
  list(db: Reads, page: { after: number; limit: number; withDeleted: boolean }): Promise<User[]>;
  /** Whether there has ever been one. */
  isEmpty(db: Reads): Promise<boolean>;
}
