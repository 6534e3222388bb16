import type { Database, Tx } from '../../db/database.ts';
import { invalidToken, lackingPermission } from '../../kernel/access.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Audit } from '../audit/index.ts';
import { lastAdmin, type RolesStore } from '../roles/index.ts';
import type { SessionsStore } from '../sessions/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';

export interface DeleteAccountCommand {
  readonly id: UserId;
  /** Who asks: themselves always, others with `users:delete`; `undefined` is the operator at the CLI. */
  readonly by: UserId | undefined;
  readonly ip?: string;
}

/**
 * Without `users:delete` the answer is the same whether or not the other exists. Who has just been deleted by another request of
 * their own is nobody any more, and is told so.
 *
 * @throws lackingPermission, invalidToken, userNotFound, lastAdmin
 */
export type DeleteAccount = (command: DeleteAccountCommand) => Promise<void>;

/** Deletes softly: the row stays, the names are free, every session and token is dead with the same commit. */
export function createDeleteAccount(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  roles: RolesStore;
  sessions: SessionsStore;
}): DeleteAccount {
  const { db, clock, audit, users, roles, sessions } = deps;

  const assertMay = async (tx: Tx, { id, by }: DeleteAccountCommand): Promise<void> => {
    if (by === undefined || by === id) return;
    if (!(await roles.grantsOf(tx, by)).permissions.includes('users:delete')) throw lackingPermission('users:delete');
  };

  return (command) =>
    db.transact(async (tx) => {
      const { id, by, ip } = command;
      await assertMay(tx, command);
      // Locks, so that two administrators who delete each other take turns.
      if (await roles.isLastAdmin(tx, id)) throw lastAdmin();
      const at = clock.now();
      if (!(await users.markDeleted(tx, id, at))) throw by === id ? invalidToken() : userNotFound();
      await sessions.endAllOf(tx, id, 'user-deleted', at);
      await audit.record(tx, { event: 'user.deleted', actor: by, subject: id, ip });
    });
}
