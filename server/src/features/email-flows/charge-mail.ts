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
 * Nothing is given back.
 *
 * @throws tooManyAttempts
 */
export type ChargeMail = (asked: Asked) => Promise<void>;

export const createChargeMail =
  ({ throttle }: { throttle: Throttle }): ChargeMail =>
  async (asked) => {
    await throttle.charge(mailCounters(asked));
  };
