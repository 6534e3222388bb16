import type { Tx } from '../../db/database.ts';
import { invalidToken } from '../../kernel/access.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Person } from '../../kernel/principal.ts';
import type { SessionsStore } from '../sessions/index.ts';
import type { User, UsersStore } from '../users/index.ts';

/**
 * Hashing takes its time: who was thrown out meanwhile changes nothing any more. Locks, so that a login under way either comes first and
 * sees what was, or comes after and finds what is.
 *
 * @throws invalidToken
 */
export type LockYourself = (tx: Tx, who: Person) => Promise<User>;

export function createLockYourself(deps: { clock: Clock; users: UsersStore; sessions: SessionsStore }): LockYourself {
  const { clock, users, sessions } = deps;
  return async (tx, { userId: user, sessionId: session }) => {
    const active = await users.lockActive(tx, user, clock.now());
    // The lock may have kept us waiting.
    const claim = { session, user, now: clock.now(), permission: undefined };
    const living = await sessions.authenticate(tx, claim);
    if (active === undefined || living === undefined) throw invalidToken();
    return active;
  };
}
