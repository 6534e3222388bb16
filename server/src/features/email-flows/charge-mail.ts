import { sourceOf, type Throttle } from '../throttle/index.ts';
import { foldEmail } from '../users/index.ts';

/**
 * Counts that somebody asks for a mail to an address, before anything is looked up: an address that nobody has is counted like any other.
 * Nothing is given back.
 *
 * @throws tooManyAttempts
 */
export type ChargeMail = (asked: { email: string; ip: string }) => Promise<void>;

export const createChargeMail =
  ({ throttle }: { throttle: Throttle }): ChargeMail =>
  async ({ email, ip }) => {
    await throttle.charge([
      { kind: 'mail', of: [foldEmail(email)] },
      { kind: 'mail-source', of: [sourceOf(ip)] },
    ]);
  };
