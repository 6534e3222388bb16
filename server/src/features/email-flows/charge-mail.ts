import { DomainError } from '../../kernel/errors.ts';
import type { Purpose } from '../../kernel/purpose.ts';
import type { MailOffice } from '../mail/index.ts';
import { type Counter, sourceOf, type Throttle, tooManyAttempts } from '../throttle/index.ts';
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

/**
 * Counts a mail that goes with something else and that nobody asks for by itself. Where there were too many it is left out, and can be asked
 * for later; who is to get it is not kept from the rest by the askings of others. @returns whether it may go
 */
export type PassMail = (
  asked: Pick<AskedMail, 'email'> & {
    /** Apart from what is asked for by itself, so that a sign-up leaves nothing by which the next asking costs another amount of work. */
    readonly flow: 'sign-up';
  },
) => Promise<boolean>;

export const createPassMail =
  ({ throttle, mail }: { throttle: Throttle; mail: MailOffice }): PassMail =>
  async ({ email, flow }) => {
    if (!mail.isConfigured) return false;
    try {
      await throttle.charge([{ kind: 'mail', of: [flow, foldEmail(email)] }]);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.refusal === tooManyAttempts) return false;
      throw error;
    }
  };

export const createChargeMail =
  ({ throttle, mail }: { throttle: Throttle; mail: MailOffice }): ChargeMail =>
  async (asked) => {
    mail.assertConfigured();
    await throttle.charge(mailCounters(asked));
  };
