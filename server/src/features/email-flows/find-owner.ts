import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { invalidOneTimeToken, type LiveToken } from '../one-time-codes/index.ts';
import { hasAddress, isActive, type User, type UsersStore } from '../users/index.ts';

/**
 * Whose token it is, by the rule of `LockOwner`, for what is done before the transaction: hashing, and looking at proofs. It locks nobody,
 * so whoever acts on it looks again.
 *
 * @throws invalidOneTimeToken
 */
export type FindOwner = (token: LiveToken) => Promise<User>;

export const createFindOwner =
  ({ db, clock, users }: { db: Database; clock: Clock; users: UsersStore }): FindOwner =>
  async ({ user: id, emailKey }) => {
    const user = id === undefined ? undefined : await users.find(db, id);
    const isTheirs = user !== undefined && isActive(user, clock.now()) && hasAddress(user, emailKey);
    if (!isTheirs) throw invalidOneTimeToken();
    return user;
  };
