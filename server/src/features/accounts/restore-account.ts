import type { Database } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { Authority } from '../roles/index.ts';
import { foldEmail, foldUsername, type UsersStore, userNotFound } from '../users/index.ts';

export interface RestoreAccountCommand {
  readonly id: UserId;
  /** Who asks, with `users:delete`; `undefined` is the operator at the CLI. */
  readonly by: Actor | undefined;
  readonly ip?: string;
}

/** @throws lackingPermission, userNotFound when there is no deleted user with this id, userHoldsMore, emailTaken, usernameTaken */
export type RestoreAccount = (command: RestoreAccountCommand) => Promise<void>;

/**
 * Brings a deleted user back, with the same id, password and roles, while the names are still free and nothing was purged. Sessions stay
 * dead. Nobody brings back a user who holds more than they do: they may know that user's password.
 */
export function createRestoreAccount(deps: {
  db: Database;
  audit: Audit;
  users: UsersStore;
  authority: Authority;
}): RestoreAccount {
  const { db, audit, users, authority } = deps;
  return ({ id, by, ip }) =>
    db.transact(async (tx) => {
      await authority.assertHolds(tx, by, 'users:delete');
      const user = await users.find(tx, id);
      if (user?.deletedAt === undefined || user.purgedAt !== undefined) throw notDeleted();
      const keys = { usernameKey: foldUsername(user.username), emailKey: foldEmail(user.email) };
      if (!(await users.restore(tx, id, keys))) throw notDeleted();
      // Now that the user is locked, what they hold stays; who may not have done it takes it back.
      await authority.assertReaches(tx, by, id);
      await audit.record(tx, { event: 'user.restored', actor: by, subject: id, ip });
    });
}

const notDeleted = () => userNotFound({ detail: 'There is no deleted user with this id.' });
