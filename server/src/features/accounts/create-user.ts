import type { Database } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { MailOffice } from '../mail/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { Authority } from '../roles/index.ts';
import { sourceOf } from '../throttle/index.ts';
import type { CreateAccount, NewAccount } from './create-account.ts';
import type { SendInvitation } from './invite-user.ts';

export interface CreateUserCommand {
  readonly username: string;
  readonly email: string;
  /** Without one the account cannot be logged in to until a password is set. */
  readonly password: string | undefined;
  /** Sends them a link by which they choose one. */
  readonly invite?: boolean | undefined;
  /** Who asks, with `users:write`; `undefined` is the operator at the CLI. */
  readonly by: Actor | undefined;
  readonly ip?: string;
}

/**
 * Makes an account for somebody else. It holds no role: giving some has a permission of its own.
 *
 * @throws lackingPermission, validationFailed, mailNotConfigured, emailTaken, usernameTaken, overloaded
 */
export type CreateUser = (command: CreateUserCommand) => Promise<UserId>;

export function createCreateUser(deps: {
  db: Database;
  authority: Authority;
  createAccount: CreateAccount;
  passwords: Passwords;
  mail: MailOffice;
  sendInvitation: SendInvitation;
}): CreateUser {
  const { db, authority, createAccount, passwords, mail, sendInvitation } = deps;

  /** In a turn of their own source, so that who makes many accounts keeps nobody else waiting. */
  const prepare = async (account: NewAccount, ip: string) => {
    using place = passwords.takePlace({ source: sourceOf(ip), known: true });
    return await createAccount.prepare(account, place);
  };

  const assertInvitable = ({ invite, password }: CreateUserCommand): void => {
    if (invite !== true) return;
    if (password !== undefined) throw validationFailed({ errors: [invitedWithPassword] });
    mail.assertConfigured();
  };

  return async (command) => {
    assertInvitable(command);
    const { username, email, password, invite, by, ip } = command;
    const account =
      password === undefined
        ? createAccount.prepareWithoutPassword({ username, email })
        : await prepare({ username, email, password }, ip ?? '');
    return db.transact(async (tx) => {
      // Hashing takes its time: the permission may be gone.
      await authority.assertHolds(tx, by, 'users:write');
      const how = by === undefined ? 'cli' : 'administrator';
      const id = await createAccount.insert(tx, account, { admin: false, how, by, ip });
      if (invite === true) await sendInvitation(tx, { id, username, email, locale: undefined }, { by, ip });
      return id;
    });
  };
}

const invitedWithPassword = {
  pointer: '/invite',
  detail: 'Who is invited chooses the password: leave that out, or this.',
};
