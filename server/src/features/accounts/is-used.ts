import type { Tx } from '../../db/database.ts';
import type { PasswordsStore } from '../passwords/index.ts';
import type { User } from '../users/index.ts';

/** Whether somebody has ever come in: an account that was made for somebody has neither a password nor a verified address before. */
export type IsUsed = (tx: Tx, user: User) => Promise<boolean>;

export const createIsUsed =
  ({ passwords }: { passwords: { readonly store: PasswordsStore } }): IsUsed =>
  async (tx, { id, emailVerifiedAt }) =>
    emailVerifiedAt !== undefined || (await passwords.store.findOf(tx, id))?.hash !== undefined;
