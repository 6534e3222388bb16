import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { Authority } from '../roles/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import type { Holding } from './holding.ts';

export interface PurgeUserCommand {
  readonly id: UserId;
  /** Who asks, with `users:purge`; `undefined` is the operator, or the retention that is over. */
  readonly by: Actor | undefined;
  readonly ip?: string;
  readonly reason?: 'retention';
}

/**
 * Erases all that is personal of a deleted user, for good: nobody can restore them. The id stays, so that it is never used twice and the
 * record still says of one and the same user what happened. Of two at once, one gets through.
 *
 * @throws lackingPermission, userHoldsMore; userNotFound when there is no deleted user with this id
 */
export type PurgeUser = (command: PurgeUserCommand) => Promise<void>;

export function createPurgeUser(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  authority: Authority;
  holdings: readonly Holding[];
}): PurgeUser {
  const { db, clock, audit, users, authority, holdings } = deps;
  return ({ id, by, ip, reason }) =>
    db.transact(async (tx) => {
      await authority.assertHolds(tx, by, 'users:purge');
      if (!(await users.markPurged(tx, id, clock.now()))) throw userNotFound({ detail: notDeleted });
      // Now that the user is locked, what they hold stays; who may not have done it takes it back.
      await authority.assertReaches(tx, by, id);
      for (const holding of holdings) await holding.forget(tx, id);
      await audit.record(tx, { event: 'user.purged', actor: by, subject: id, ip, reason });
    });
}

const notDeleted = 'There is no deleted user with this id: only who was deleted can be purged.';
