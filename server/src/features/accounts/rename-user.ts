import type { Database, Tx } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import { type OneTimeCodes, ofPresentAddress } from '../one-time-codes/index.ts';
import type { PasswordsStore } from '../passwords/index.ts';
import { type Authority, isThemselves } from '../roles/index.ts';
import { type User, type UsersStore, userNotFound } from '../users/index.ts';
import { ownNames } from './errors.ts';
import { assertGoodNames, type NewNames, type Rename } from './rename.ts';
import type { TellOfNewEmail } from './tell-of-new-email.ts';

export interface RenameUserCommand extends NewNames {
  readonly id: UserId;
  /** Who asks, with `users:write`; `undefined` is the operator at the CLI. */
  readonly by: Actor | undefined;
  readonly ip?: string;
}

/**
 * Changes the names of a user, as an administrator. Their sessions go on: they are still the same person. The record says which names
 * changed, and not from what to what, since it is for ever. Both addresses are told of another one, unless the account was never used: then
 * the former one may be a mistake in an invitation, and its reader is nobody to us.
 *
 * @throws validationFailed, lackingPermission, userNotFound, userHoldsMore, ownNames, emailTaken, usernameTaken
 */
export type RenameUser = (command: RenameUserCommand) => Promise<void>;

export function createRenameUser(deps: {
  db: Database;
  audit: Audit;
  users: UsersStore;
  authority: Authority;
  passwords: { readonly store: PasswordsStore };
  oneTimeCodes: OneTimeCodes;
  rename: Rename;
  tellOfNewEmail: TellOfNewEmail;
}): RenameUser {
  const { db, audit, users, authority, passwords, oneTimeCodes, rename, tellOfNewEmail } = deps;

  const isUsed = async (tx: Tx, { id, emailVerifiedAt }: User): Promise<boolean> =>
    emailVerifiedAt !== undefined || (await passwords.store.findOf(tx, id))?.hash !== undefined;

  return async ({ id, by, ip, ...names }) => {
    assertGoodNames(names);
    return db.transact(async (tx) => {
      await authority.assertHolds(tx, by, 'users:write');
      const user = await users.lock(tx, id);
      if (user === undefined) throw userNotFound();
      // One's own names want the current password: else a stolen access token of an administrator could set them.
      if (isThemselves(by, id)) throw ownNames();
      await authority.assertReaches(tx, by, id);
      const changed = await rename(tx, user, names);
      if (changed.length === 0) return;
      await audit.record(tx, { event: 'user.renamed', actor: by, subject: id, ip, object: changed.join(' ') });
      if (names.email === undefined || !changed.includes('email')) return;
      await oneTimeCodes.revoke(tx, id, ofPresentAddress);
      if (await isUsed(tx, user)) await tellOfNewEmail(tx, { user, email: names.email, proven: false });
    });
  };
}
