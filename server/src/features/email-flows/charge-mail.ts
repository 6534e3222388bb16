import { type MailOffice, mailNotConfigured } from '../mail/index.ts';
import { type Counter, sourceOf, type Throttle } from '../throttle/index.ts';
import { foldEmail } from '../users/index.ts';

interface Asked {
  readonly email: string;
  readonly ip: string;
}

/** What a mail that somebody asks for is counted on. */
export const mailCounters = ({ email, ip }: Asked): readonly Counter[] => [
  { kind: 'mail', of: [foldEmail(email)] },
  { kind: 'mail-source', of: [sourceOf(ip)] },
];

/**
 * Counts that somebody asks for a mail to an address, before anything is looked up: an address that nobody has is counted like any other.
 * Nothing is given back. Where mail is off, nobody need ask.
 *
 * @throws mailNotConfigured, tooManyAttempts
 */
export type ChargeMail = (asked: Asked) => Promise<void>;

export const createChargeMail =
  ({ throttle, mail }: { throttle: Throttle; mail: MailOffice }): ChargeMail =>
  async (asked) => {
    if (!mail.isConfigured) throw mailNotConfigured({ retryAfterSeconds: 3_600 });
    await throttle.charge(mailCounters(asked));
  };
