import type { Purpose } from '../../kernel/purpose.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** What holds for all that is sent for one purpose. */
export interface Terms {
  readonly lifeSeconds: number;
  /** Whether there is a code besides the token, for those who read the mail on another device. */
  readonly hasCode?: true;
  /** Whether older ones stay good beside a newer one. */
  readonly olderStay?: true;
}

/**
 * Short lives where the proof signs somebody in or sets a credential, long ones where somebody may be on holiday. A code has 20 bits, so it
 * lives no longer than an out-of-band secret may (NIST SP 800-63B-4 §3.1.3.2: ten minutes), and so does the token beside it.
 */
export const terms: Readonly<Record<Purpose, Terms>> = {
  'verify-email': { lifeSeconds: day },
  'complete-sign-up': { lifeSeconds: day },
  'reset-password': { lifeSeconds: 30 * minute },
  'sign-in': { lifeSeconds: 10 * minute, hasCode: true },
  'confirm-email': { lifeSeconds: hour },
  // Whoever took an account over must not be able to kill the owner's way back by changing the address once more.
  'undo-email': { lifeSeconds: 7 * day, olderStay: true },
  'accept-invitation': { lifeSeconds: 7 * day },
};

/** How long one that has run out is kept: what is worthless must look alike for a while, also to whoever looks into the table. */
export const keptSeconds = day;
/** An administrator who ends a taking over must know which way back was the first (`revokeLaterWaysBack`). */
export const keptLonger = { purpose: 'undo-email', seconds: 30 * day } as const;

/**
 * What dies when the password or the address changes: whoever asked for it may be who was just thrown out, and who reads it may be another
 * by now. The way back to a former address stays: it is there for the case that whoever has changed both was not the owner.
 */
export const ofPresentAddress: readonly Purpose[] = [
  'verify-email',
  'reset-password',
  'sign-in',
  'confirm-email',
  'accept-invitation',
];

/** NIST SP 800-63B-4 §3.1.3.2: at least six digits, and a limit on tries. */
export const codeDigits = 6;
export const triesPerCode = 5;
