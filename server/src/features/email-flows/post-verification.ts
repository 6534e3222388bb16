import type { Tx } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import { type MailOffice, pickLocale } from '../mail/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';

/** Who is to show that an address is theirs. */
export interface Unverified {
  /** None where the address has no account. */
  readonly id: UserId | undefined;
  readonly username: string;
  readonly email: string;
  /** What they read, as far as it is known. */
  readonly locale: string | undefined;
}

/** What was written, by which it can be taken back. */
export interface PostedProof {
  readonly token: number | undefined;
  readonly mail: string | undefined;
}

/**
 * Makes a token for an address and posts the mail that carries it, in the transaction of what is the reason for it. Nothing where mail is
 * off.
 */
export type PostVerification = (tx: Tx, whom: Unverified) => Promise<PostedProof>;

export function createPostVerification(deps: { mail: MailOffice; oneTimeCodes: OneTimeCodes }): PostVerification {
  const { mail, oneTimeCodes } = deps;
  return async (tx, { id: user, username, email, locale }) => {
    if (!mail.isConfigured) return { token: undefined, mail: undefined };
    const issued = await oneTimeCodes.issue(tx, { purpose: 'verify-email', user, email });
    const { token, code, lifeSeconds } = issued;
    const data = { username, link: mail.linkTo('verify-email', token), code, minutes: lifeSeconds / 60 };
    const posting = { to: email, locale: pickLocale(locale), letter: { template: 'verify-email', data } } as const;
    return { token: issued.id, mail: await mail.post(tx, posting, { user, lifeSeconds }) };
  };
}
