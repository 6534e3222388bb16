import type { Database } from '../../db/database.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Hasher } from '../../kernel/hasher.ts';
import type { UserId } from '../../kernel/ids.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { normalisePassword } from './policy.ts';
import type { FoundPassword, PasswordsStore } from './store.ts';

/** A password that was right a moment ago; whoever acts on it checks that `hash` is still the user's. */
export interface ProvenPassword {
  readonly userId: UserId;
  readonly hash: string;
  /** A hash with today's parameters to take the place of an outdated one. */
  readonly betterHash: string | undefined;
}

/**
 * Checks the password that was found under a name.
 *
 * Nothing found takes the same path with a dummy hash, so that neither the answer nor the time tells who exists
 * (OWASP Authentication, "Authentication Responses").
 *
 * @throws overloaded
 */
export type VerifyPassword = (
  found: FoundPassword | undefined,
  password: string,
) => Promise<ProvenPassword | undefined>;

/**
 * Checks the password of a user who is known; a user without one takes the same path.
 *
 * @returns the hash behind it @throws overloaded
 */
export type VerifyPasswordOf = (user: UserId, password: string) => Promise<string | undefined>;

interface Deps {
  readonly db: Database;
  readonly hasher: Hasher;
  readonly store: PasswordsStore;
}

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

/** The hash that was found, if the password is the one behind it; the same work where none was found. */
async function prove(hasher: Hasher, found: FoundPassword | undefined, password: string): Promise<string | undefined> {
  const hash = found?.hash ?? hasher.dummy;
  const normalised = normalisePassword(password);
  const right =
    (await hasher.verify(hash, normalised)) ||
    // Other systems hashed what was typed.
    (normalised !== password && (await hasher.verify(hash, password).catch(afterALook)));
  return right ? found?.hash : undefined;
}

export function createVerifyPassword({ hasher }: Pick<Deps, 'hasher'>): VerifyPassword {
  const improve = async (hash: string, password: string): Promise<string | undefined> => {
    if (!hasher.isOutdated(hash)) return undefined;
    try {
      return await hasher.hash(normalisePassword(password));
    } catch {
      return undefined; // No free core: the next login will do.
    }
  };

  return async (found, password) => {
    const hash = await prove(hasher, found, password);
    if (found === undefined || hash === undefined) return undefined;
    return { userId: found.userId, hash, betterHash: await improve(hash, password) };
  };
}

export function createVerifyPasswordOf({ db, hasher, store }: Deps): VerifyPasswordOf {
  return async (user, password) => prove(hasher, await store.findOf(db, user), password);
}
