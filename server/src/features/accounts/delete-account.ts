import type { Database } from '../../db/database.ts';
import { invalidToken } from '../../kernel/access.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import { type Authority, isThemselves, lastAdmin, type RolesStore } from '../roles/index.ts';
import type { EndSessions } from '../sessions/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';

export interface DeleteAccountCommand {
  readonly id: UserId;
  /** Who asks: themselves always, others with `users:delete`; `undefined` is the operator at the CLI. */
  readonly by: Actor | undefined;
  readonly ip?: string;
}

/**
 * Without `users:delete` the answer is the same whether or not the other exists. Who has just been deleted by another request of
 * their own is nobody any more, and is told so.
 *
 * @throws lackingPermission, invalidToken, userNotFound, lastAdmin, userHoldsMore
 */
export type DeleteAccount = (command: DeleteAccountCommand) => Promise<void>;

/** Deletes softly: the row stays, the names are free, every session and token is dead with the same commit. */
export function createDeleteAccount(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  roles: RolesStore;
  authority: Authority;
  oneTimeCodes: OneTimeCodes;
  endSessions: EndSessions;
}): DeleteAccount {
  const { db, clock, audit, users, roles, authority, oneTimeCodes, endSessions } = deps;
  return ({ id, by, ip }) =>
    db.transact(async (tx) => {
      const themselves = isThemselves(by, id);
      if (!themselves) await authority.assertHolds(tx, by, 'users:delete');
      // Locks, so that two administrators who delete each other take turns.
      const now = clock.now();
      if (await roles.isLastAdmin(tx, id, now)) throw lastAdmin();
      if (!(await users.markDeleted(tx, id, now))) throw themselves ? invalidToken() : userNotFound();
      // Now that the user is locked, what they hold stays; who may not have done it takes it back.
      await authority.assertReaches(tx, by, id);
      await audit.record(tx, { event: 'user.deleted', actor: by, subject: id, ip });
      // Also the ways back: an address that was kept is free, and nothing lives again with a user who is restored.
      await oneTimeCodes.revoke(tx, id);
      await endSessions(tx, { user: id, reason: 'user-deleted', by, ip });
    });
}
