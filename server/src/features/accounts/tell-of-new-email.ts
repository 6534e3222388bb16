import type { Tx } from '../../db/database.ts';
import type { MailOffice } from '../mail/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import { foldEmail, type User } from '../users/index.ts';

/** A change of the address that was just made. */
export interface NewEmail {
  /** As they were before it. */
  readonly user: User;
  readonly email: string;
  /** Whether they have shown that the new one is theirs. Where not, it is told as well: somebody else has set it. */
  readonly proven: boolean;
}

/**
 * Tells a user of their new address, and makes worthless what was sent before. The former address gets a way back, also where nobody had
 * shown whose it was: most people never verify theirs, and somebody who has taken their account over changes it first of all. It is kept for
 * them meanwhile (`isKeptForAnother`), so that nobody else can sit down on it to bar the way.
 *
 * Where only the spelling has changed, it is the same mailbox, and there is nothing to tell.
 */
export type TellOfNewEmail = (tx: Tx, change: NewEmail) => Promise<void>;

export function createTellOfNewEmail({
  mail,
  oneTimeCodes,
}: {
  mail: MailOffice;
  oneTimeCodes: OneTimeCodes;
}): TellOfNewEmail {
  return async (tx, { user, email, proven }) => {
    if (!mail.isConfigured || foldEmail(user.email) === foldEmail(email)) return;
    const { id, username } = user;
    const { token, lifeSeconds } = await oneTimeCodes.issue(tx, { purpose: 'undo-email', user: id, email: user.email });
    const undoLink = mail.linkTo('undo-email', token);
    const data = { username, newEmail: email, undoLink, days: lifeSeconds / 86_400 };
    await mail.postTo(tx, user, { template: 'email-changed', data }, { lifeSeconds });
    if (proven) return;
    const told = { username, resetLink: mail.linkTo('reset-password') };
    await mail.postTo(tx, user, { template: 'email-set', data: told }, { to: email });
  };
}
