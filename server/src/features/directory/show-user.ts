import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Authority } from '../roles/index.ts';
import type { SessionsStore } from '../sessions/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import { visibleTo } from './policy.ts';
import { recordOf, type UserRecord } from './user-record.ts';

/**
 * One user, also a deleted one, as far as the caller may see.
 *
 * @param by who asks, with `users:read`; `undefined` is the operator
 * @throws userNotFound, also for one of whom only the id is left
 */
export type ShowUser = (id: UserId, by: Actor | undefined) => Promise<Partial<UserRecord>>;

export function createShowUser(deps: {
  db: Database;
  clock: Clock;
  users: UsersStore;
  sessions: SessionsStore;
  authority: Authority;
}): ShowUser {
  const { db, clock, users, sessions, authority } = deps;
  return async (id, by) => {
    const user = await users.find(db, id);
    if (user === undefined || user.purgedAt !== undefined) throw userNotFound();
    // Read from their sessions: a record of each login would be one more write at each.
    const lastLoginAt = await sessions.lastStartedAt(db, id);
    const held = by && new Set((await authority.grantsOf(db, by)).permissions);
    return visibleTo(held, { ...recordOf(user, clock.now()), lastLoginAt });
  };
}
