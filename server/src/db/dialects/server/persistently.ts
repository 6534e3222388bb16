import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../../kernel/errors.ts';
import { databaseUnavailable } from '../../unavailable.ts';
import { type Deadline, withDeadline } from './deadline.ts';
import type { ServerDriver, ServerFault } from './driver.ts';

/**
 * How often a transaction is run whose connection broke before its commit, and one that the server undid. In a deadlock of many one at least
 * gets through each time, so that the others come nearer: a burst on one row is served within the time of a request.
 */
const maxAttempts = { gone: 4, 'rolled-back': 20 };
/**
 * Before the next attempt, in milliseconds, once for each that failed, up to `longestPauses`. The one that a deadlock let live gets through
 * meanwhile, and the pool learns which of its idle connections a restart of the server has broken.
 */
const pauseMs = 15;
const longestPauses = 4;

/** What the driver makes of an error. What is a refusal already, it must not read as its own: it goes by the words of a message. */
const faultOf = (driver: Pick<ServerDriver, 'faultOf'>, error: unknown): ServerFault =>
  error instanceof DomainError ? { kind: 'other' } : driver.faultOf(error);

export const faultKindOf = (driver: Pick<ServerDriver, 'faultOf'>, error: unknown) => faultOf(driver, error).kind;

/** Whether nobody knows what became of a commit that ended with this error. */
export function isInDoubt(driver: Pick<ServerDriver, 'faultOf'>, error: unknown): boolean {
  const fault = faultOf(driver, error);
  return fault.kind === 'gone' && fault.refused !== true;
}

/**
 * Runs `attempt` again while its errors say that nothing of it has remained; gives the last of them the words of a refusal.
 *
 * @throws `database-unavailable`, or what else the attempt throws
 */
export function persistently<T>(
  driver: Pick<ServerDriver, 'faultOf'>,
  milliseconds: number,
  attempt: (deadline: Deadline) => Promise<T>,
  pause: (milliseconds: number) => Promise<unknown> = sleep,
): Promise<T> {
  return withDeadline(milliseconds, async (deadline) => {
    const failed = { gone: 0, 'rolled-back': 0 };
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await attempt(deadline);
      } catch (error) {
        const kind = faultKindOf(driver, error);
        if (kind !== 'rolled-back' && kind !== 'gone') throw error;
        failed[kind] += 1;
        if (failed[kind] >= maxAttempts[kind] || deadline.expired)
          throw databaseUnavailable({ retryAfterSeconds: 1, cause: error });
      }
      await pause(Math.min(attempts, longestPauses) * pauseMs);
    }
  });
}
