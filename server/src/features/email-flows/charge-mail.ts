import { sourceOf, type Throttle } from '../throttle/index.ts';
import { foldEmail } from '../users/index.ts';

/**
 * Counts that somebody asks for a mail to an address, before anything is looked up: an address that nobody has is counted like any other.
 * Nothing is given back.
 *
 * @param asked.flow what for: each has a count of its own by address. Else who asks without end for mails that are never sent (to verify what
 * is verified) would keep the owner from those that let them in
 * @throws tooManyAttempts
 */
export type ChargeMail = (asked: { email: string; ip: string; flow?: string }) => Promise<void>;

export const createChargeMail =
  ({ throttle }: { throttle: Throttle }): ChargeMail =>
  async ({ email, ip, flow = 'any' }) => {
    await throttle.charge([
      { kind: 'mail', of: [flow, foldEmail(email)] },
      { kind: 'mail-source', of: [sourceOf(ip)] },
    ]);
  };
