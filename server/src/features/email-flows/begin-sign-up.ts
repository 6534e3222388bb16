import type { Tx } from '../../db/database.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { PreparedAccount } from '../accounts/index.ts';
import { findLocale, type MailOffice } from '../mail/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import { foldEmail, foldUsername, type User, type UsersStore, usernameTaken } from '../users/index.ts';
import type { PendingSignUpsStore } from './store.ts';

/**
 * Begins a sign-up that is completed by a mail. Nobody has an account before. A newer one makes the older ones of its address worthless.
 *
 * Where the address has an account already, its owner is told so, and whoever asked is not: the answer is the same, and so is the work.
 *
 * @throws usernameTaken, whoever has the address
 */
export type BeginSignUp = (tx: Tx, account: PreparedAccount, origin: RequestOrigin) => Promise<void>;

export function createBeginSignUp(deps: {
  users: UsersStore;
  mail: MailOffice;
  oneTimeCodes: OneTimeCodes;
  pendingSignUps: PendingSignUpsStore;
}): BeginSignUp {
  const { users, mail, oneTimeCodes, pendingSignUps } = deps;

  /** To whom the mail goes decides what it says. */
  const letterFor = (owner: User | undefined, username: string, link: string, minutes: number) => {
    if (owner !== undefined) {
      const data = { username: owner.username, resetLink: mail.linkTo('reset-password') };
      return { template: 'sign-up-taken', data } as const;
    }
    const data = { username, link, code: undefined, minutes };
    return { template: 'complete-sign-up', data } as const;
  };

  return async (tx, { username, email, passwordHash = '' }, { languages }) => {
    // Looked at again when the account is made; here it is told while it can still be changed.
    if ((await users.findByUsername(tx, foldUsername(username))) !== undefined) throw usernameTaken();
    const owner = await users.findByEmail(tx, foldEmail(email));
    const locale = findLocale(languages);
    const issued = await oneTimeCodes.issue(tx, { purpose: 'complete-sign-up', user: undefined, email });
    // What an owner has typed by mistake is not kept.
    const signUp = owner === undefined ? { username, passwordHash } : { username: '', passwordHash: '' };
    await pendingSignUps.add(tx, issued.id, { ...signUp, locale });
    const letter = letterFor(owner, username, issued.link, issued.lifeSeconds / 60);
    const reader = { id: owner?.id, email: owner?.email ?? email, locale: owner?.locale ?? languages };
    await mail.postTo(tx, reader, letter, { lifeSeconds: issued.lifeSeconds });
    await oneTimeCodes.withdraw(tx, owner === undefined ? undefined : issued.id);
  };
}
