import type { Tx } from '../../db/database.ts';
import type { PasswordsStore } from '../passwords/index.ts';
import type { User } from '../users/index.ts';

/**
 * Whether an account is used: it has a password, or its address is verified. Who set the one or vouched for the other does not matter, and
 * nobody need ever have signed in. So the account of a user who signs in by mails alone is not used once an administrator has given it
 * another address: they have nothing to sign in with but a mail to that one, and an invitation is such a mail.
 */
export type IsUsed = (tx: Tx, user: User) => Promise<boolean>;

export const createIsUsed =
  ({ passwords }: { passwords: { readonly store: PasswordsStore } }): IsUsed =>
  async (tx, { id, emailVerifiedAt }) =>
    emailVerifiedAt !== undefined || (await passwords.store.findOf(tx, id))?.hash !== undefined;
