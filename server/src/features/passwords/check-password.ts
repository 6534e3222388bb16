import type { Instant } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Asker, Hasher, Place } from '../../kernel/hasher.ts';
import type { UserId } from '../../kernel/ids.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { normalisePassword } from './policy.ts';
import type { FoundPassword } from './store.ts';

/** A password that was right a moment ago; whoever acts on it checks that `hash` is still the user's. */
export interface ProvenPassword {
  readonly userId: UserId;
  /** Since when it holds. */
  readonly changedAt: Instant;
  readonly hash: string;
  /** A better hash to take the place of an outdated one. */
  readonly betterHash: string | undefined;
}

/** What was looked up, before anything is hashed. */
export interface PasswordAtHand {
  readonly found: FoundPassword | undefined;
  /** The hash that is verified: the account's, or one that stands in for it. */
  readonly work: string;
}

/** A place in the queue in which one password can be checked. `using check = passwords.admit(…)`. */
export interface PasswordCheck extends Disposable {
  /**
   * Checks a password, and leaves the place.
   *
   * Nothing found, an account that is disabled, and an attempt that is not `heard` take the same path over the same work, so that neither
   * the answer nor the time tells who exists (OWASP Authentication, "Authentication Responses").
   *
   * @param options.heard false: whatever it is, it counts as wrong
   * @param options.renews whether an outdated hash is to be replaced
   * @throws overloaded when its turn did not come in time after all
   */
  verify(password: string, options: { heard: boolean; renews: boolean }): Promise<ProvenPassword | undefined>;
}

/** Takes the place, before the attempt is counted. @throws overloaded at once, and then nothing has happened */
export type AdmitCheck = (at: PasswordAtHand, asker: Asker) => PasswordCheck;

/** The cause of an `overloaded` that came when one form of the password had been looked at. */
const lookedAt = new Error('one form of the password was looked at');

function afterALook(error: unknown): never {
  if (!(error instanceof DomainError) || error.refusal !== overloaded) throw error;
  const { retryAfterSeconds } = error;
  throw overloaded({ cause: lookedAt, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });
}

/** Whether an attempt failed before anybody looked at its password: only then is it none. Else a storm would make guesses free. */
export const wasNotLookedAt = (error: unknown): boolean =>
  error instanceof DomainError && error.refusal === overloaded && error.cause !== lookedAt;

export function createAdmitCheck({ hasher }: { hasher: Hasher }): AdmitCheck {
  /** In both forms: ours is normalised, other systems hashed what was typed. */
  const isBehind = async (work: string, password: string, mayMatch: boolean, place: Place): Promise<boolean> => {
    const normalised = normalisePassword(password);
    if ((await hasher.verify(work, normalised, place)) && mayMatch) return true;
    if (normalised === password) return false;
    return (await hasher.verify(work, password, place).catch(afterALook)) && mayMatch;
  };

  const improve = async (hash: string, password: string, place: Place): Promise<string | undefined> => {
    if (!hasher.isOutdated(hash)) return undefined;
    try {
      return await hasher.rehash(hash, normalisePassword(password), place);
    } catch {
      return undefined; // No free core: the next login will do.
    }
  };

  return ({ found, work }, asker) => {
    const place = hasher.admit(asker, work);
    return {
      async verify(password, { heard, renews }) {
        using _ = place;
        const mayMatch = heard && found?.active === true && found.hash === work;
        if (!(await isBehind(work, password, mayMatch, place)) || found === undefined) return undefined;
        const betterHash = renews ? await improve(work, password, place) : undefined;
        const { userId, changedAt } = found;
        return { userId, changedAt, hash: work, betterHash };
      },
      [Symbol.dispose]: () => place[Symbol.dispose](),
    };
  };
}
