import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { invalidOneTimeToken, type LiveToken } from '../one-time-codes/index.ts';
import { hasAddress, type User, type UsersStore } from '../users/index.ts';

/**
 * Whose token it is, locked until the transaction ends: the user for whom it was made, if they are active and still have the address that
 * it was sent to. For everybody else it is as good as dead.
 *
 * @throws invalidOneTimeToken
 */
export type LockOwner = (tx: Tx, token: LiveToken) => Promise<User>;

export const createLockOwner =
  ({ clock, users }: { clock: Clock; users: UsersStore }): LockOwner =>
  async (tx, { user: id, emailKey }) => {
    const user = id === undefined ? undefined : await users.lockActive(tx, id, clock.now());
    if (user === undefined || !hasAddress(user, emailKey)) throw invalidOneTimeToken();
    return user;
  };
