import type { Database } from '../../db/database.ts';
import type { Secret } from '../../kernel/secret.ts';
import type { UsersStore } from '../users/index.ts';
import type { CreateAccount } from './create-account.ts';

/**
 * Makes the administrator that the configuration names, on an empty database and only there: later changes of the configuration do
 * nothing, so that a forgotten variable is no way back in.
 *
 * @returns whether it made one
 * @throws validationFailed when the names or the password break the policy
 */
export type EnsureFirstAdmin = (admin: { email: string; username: string; password: Secret }) => Promise<boolean>;

export function createEnsureFirstAdmin(deps: {
  db: Database;
  users: UsersStore;
  createAccount: CreateAccount;
}): EnsureFirstAdmin {
  const { db, users, createAccount } = deps;
  return async ({ email, username, password }) => {
    if (!(await users.isEmpty(db))) return false;
    const account = await createAccount.prepare({ email, username, password: password.reveal() });
    const insert = () =>
      db.transact(async (tx) => {
        if (!(await users.isEmpty(tx))) return false;
        await createAccount.insert(tx, account, { admin: true, verified: true, how: 'configuration' });
        return true;
      });
    // Many nodes may start at once on a new database.
    return db.exclusively('first-admin', insert);
  };
}
