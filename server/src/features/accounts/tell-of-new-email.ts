import type { Tx } from '../../db/database.ts';
import type { MailOffice } from '../mail/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import { foldEmail, type User } from '../users/index.ts';

/** A change of the address that was just made. */
export interface NewEmail {
  /** As they were before it. */
  readonly user: User;
  readonly email: string;
  /** Whether they have asked for it themselves, and have shown that the new one is theirs; else somebody else has set it. */
  readonly proven: boolean;
}

/**
 * Tells a user of their new address. Where they have made the change themselves, the former one gets a way back, also where nobody had shown
 * whose it was: most people never verify theirs, and somebody who has taken their account over changes it first of all. But it may as well
 * be a mistake that was mended, whose reader is a stranger, and the new one is proven: so then for a day alone. It is kept for them
 * meanwhile (`isKeptForAnother`), so that nobody else can sit down on it to bar the way.
 *
 * Where an administrator or the operator has set it, both addresses are told, and there is no way back but them: else a thief who was thrown
 * out so, or whoever reads a mailbox that was handed over, would take the account back.
 *
 * Where only the spelling has changed, it is the same mailbox, and there is nothing to tell.
 */
export type TellOfNewEmail = (tx: Tx, change: NewEmail) => Promise<void>;

/** As long as a link to verify the address would have been good. */
const unverifiedSeconds = 86_400;

export function createTellOfNewEmail({
  mail,
  oneTimeCodes,
}: {
  mail: MailOffice;
  oneTimeCodes: OneTimeCodes;
}): TellOfNewEmail {
  const offerWayBack = async (tx: Tx, { user, email }: NewEmail) => {
    const { id, username, emailVerifiedAt } = user;
    const order = { purpose: 'undo-email', user: id, email: user.email } as const;
    const short = emailVerifiedAt === undefined ? { lifeSeconds: unverifiedSeconds } : {};
    const { link: undoLink, lifeSeconds } = await oneTimeCodes.issue(tx, { ...order, ...short });
    const data = { username, newEmail: email, undoLink, days: lifeSeconds / 86_400 };
    await mail.postTo(tx, user, { template: 'email-changed', data }, { lifeSeconds });
  };

  const tellBoth = async (tx: Tx, { user, email }: NewEmail) => {
    const data = { username: user.username, resetLink: mail.linkTo('reset-password') };
    await mail.postTo(tx, user, { template: 'email-replaced', data: { ...data, newEmail: email } });
    await mail.postTo(tx, user, { template: 'email-set', data }, { to: email });
  };

  return async (tx, change) => {
    if (!mail.isConfigured || foldEmail(change.user.email) === foldEmail(change.email)) return;
    await (change.proven ? offerWayBack(tx, change) : tellBoth(tx, change));
  };
}
