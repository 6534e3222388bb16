import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import { askerOf, type Letter, type MailOffice } from '../mail/index.ts';
import type { IssuedToken, OneTimeCodes } from '../one-time-codes/index.ts';
import type { User } from '../users/index.ts';

/** What a mail with a link lets its reader do. */
export type ProofPurpose = 'verify-email' | 'reset-password' | 'sign-in';

export interface ProofOrder {
  readonly purpose: ProofPurpose;
  /** Undefined where the address has no account that may be entered: then all is done as else, and no mail goes out. */
  readonly user: Pick<User, 'id' | 'username' | 'email' | 'locale'> | undefined;
  /** As it was typed; a mail goes to the user's own spelling. */
  readonly email: string;
  /** Who asks, where it is they themselves: what is not stored of them is taken from there. */
  readonly origin: RequestOrigin | undefined;
}

/**
 * Makes a token and puts the mail with it into the outbox; where mail is off, neither. The caller has locked the user, or has made them just
 * now, so that of two askings at once one token lives.
 */
export type PostProof = (tx: Tx, order: ProofOrder) => Promise<void>;

export function createPostProof(deps: { clock: Clock; mail: MailOffice; oneTimeCodes: OneTimeCodes }): PostProof {
  const { clock, mail, oneTimeCodes } = deps;

  const letterOf = ({ purpose, user, origin }: ProofOrder, { link, code, lifeSeconds }: IssuedToken): Letter => {
    const proof = { username: user?.username ?? '', link, code, minutes: lifeSeconds / 60 };
    if (purpose !== 'sign-in') return { template: purpose, data: proof };
    return { template: purpose, data: { ...proof, ...askerOf(clock.now(), origin) } };
  };

  return async (tx, order) => {
    if (!mail.isConfigured) return;
    const { purpose, user, origin } = order;
    const to = user?.email ?? order.email;
    const issued = await oneTimeCodes.issue(tx, { purpose, user: user?.id, email: to });
    const reader = { id: user?.id, email: to, locale: user?.locale ?? origin?.languages };
    const { lifeSeconds } = issued;
    const posted = await mail.postTo(tx, reader, letterOf(order, issued), { lifeSeconds });
    // For everybody, since it takes its time. A token with a code stays: a try at a code that was never sent must cost the same, too.
    await mail.withdraw(tx, user === undefined ? posted : undefined);
    await oneTimeCodes.withdraw(tx, user === undefined && issued.code === undefined ? issued.id : undefined);
  };
}
