import type { Database } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Passwords } from '../passwords/index.ts';
import type { Authority } from '../roles/index.ts';
import { sourceOf } from '../throttle/index.ts';
import type { CreateAccount, NewAccount } from './create-account.ts';

export interface CreateUserCommand {
  readonly username: string;
  readonly email: string;
  /** Without one the account cannot be logged in to until a password is set. */
  readonly password: string | undefined;
  /** Who asks, with `users:write`. */
  readonly by: Actor;
  readonly ip: string;
}

/**
 * Makes an account for somebody else. It holds no role: giving some has a permission of its own.
 *
 * @throws lackingPermission, validationFailed, emailTaken, usernameTaken, overloaded
 */
export type CreateUser = (command: CreateUserCommand) => Promise<UserId>;

export function createCreateUser(deps: {
  db: Database;
  authority: Authority;
  createAccount: CreateAccount;
  passwords: Passwords;
}): CreateUser {
  const { db, authority, createAccount, passwords } = deps;

  /** In a turn of their own source, so that who makes many accounts keeps nobody else waiting. */
  const prepare = async (account: NewAccount, ip: string) => {
    using place = passwords.takePlace({ source: sourceOf(ip), known: true });
    return await createAccount.prepare(account, place);
  };

  return async ({ username, email, password, by, ip }) => {
    const account =
      password === undefined
        ? createAccount.prepareWithoutPassword({ username, email })
        : await prepare({ username, email, password }, ip);
    return db.transact(async (tx) => {
      // Hashing takes its time: the permission may be gone.
      await authority.assertHolds(tx, by, 'users:write');
      return createAccount.insert(tx, account, { admin: false, how: 'administrator', by, ip });
    });
  };
}
