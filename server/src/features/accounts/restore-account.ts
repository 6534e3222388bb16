import type { Database } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import { foldEmail, foldUsername, type UsersStore, userNotFound } from '../users/index.ts';

/** @throws userNotFound when there is no deleted user with this id; emailTaken, usernameTaken */
export type RestoreAccount = (command: { id: UserId; by: Actor | undefined }) => Promise<void>;

/** Brings a deleted user back, with the same id, password and roles, while the names are still free. Sessions stay dead. */
export function createRestoreAccount(deps: { db: Database; audit: Audit; users: UsersStore }): RestoreAccount {
  const { db, audit, users } = deps;
  return ({ id, by }) =>
    db.transact(async (tx) => {
      const user = await users.find(tx, id);
      if (user?.deletedAt === undefined) throw userNotFound({ detail: 'There is no deleted user with this id.' });
      const keys = { usernameKey: foldUsername(user.username), emailKey: foldEmail(user.email) };
      if (!(await users.restore(tx, id, keys))) throw userNotFound();
      await audit.record(tx, { event: 'user.restored', actor: by, subject: id });
    });
}
