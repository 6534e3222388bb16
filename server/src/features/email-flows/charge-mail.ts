import type { Purpose } from '../../kernel/purpose.ts';
import type { MailOffice } from '../mail/index.ts';
import { type Counter, sourceOf, type Throttle } from '../throttle/index.ts';
import { foldEmail } from '../users/index.ts';

interface AskedMail {
  readonly email: string;
  readonly ip: string;
  /**
   * What for: each has a count of its own by address. Else who asks without end for mails that are never sent (to verify what is verified)
   * would keep the owner from those that let them in.
   */
  readonly flow: Purpose;
}

/** What a mail that somebody asks for is counted on. */
export const mailCounters = ({ email, ip, flow }: AskedMail): readonly Counter[] => [
  { kind: 'mail', of: [flow, foldEmail(email)] },
  { kind: 'mail-source', of: [sourceOf(ip)] },
];

/**
 * Counts that somebody asks for a mail to an address, before anything is looked up: an address that nobody has is counted like any other.
 * Nothing is given back. Where mail is off, nobody need ask.
 *
 * @throws mailNotConfigured, tooManyAttempts
 */
export type ChargeMail = (asked: AskedMail) => Promise<void>;

export const createChargeMail =
  ({ throttle, mail }: { throttle: Throttle; mail: MailOffice }): ChargeMail =>
  async (asked) => {
    mail.assertConfigured();
    await throttle.charge(mailCounters(asked));
  };
