import type { Database } from '../../db/database.ts';
import type { Hasher } from '../../kernel/hasher.ts';
import type { UserId } from '../../kernel/ids.ts';
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
 * Finds the user of a name and checks the password.
 *
 * An unknown name takes the same path with a dummy hash, so that neither the answer nor the time tells who exists
 * (OWASP Authentication, "Authentication Responses").
 *
 * @throws overloaded
 */
export type VerifyPassword = (
  name: { emailKey: string; usernameKey: string },
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

/** The hash that was found, if the password is the one behind it; the same work where none was found. */
async function prove(hasher: Hasher, found: FoundPassword | undefined, password: string): Promise<string | undefined> {
  const hash = found?.hash ?? hasher.dummy;
  const normalised = normalisePassword(password);
  const right =
    (await hasher.verify(hash, normalised)) ||
    // Other systems hashed what was typed.
    (normalised !== password && (await hasher.verify(hash, password)));
  return right ? found?.hash : undefined;
}

export function createVerifyPassword({ db, hasher, store }: Deps): VerifyPassword {
  const improve = async (hash: string, password: string): Promise<string | undefined> => {
    if (!hasher.isOutdated(hash)) return undefined;
    try {
      return await hasher.hash(normalisePassword(password));
    } catch {
      return undefined; // No free core: the next login will do.
    }
  };

  return async (name, password) => {
    const found = await store.findByName(db, name);
    const hash = await prove(hasher, found, password);
    if (found === undefined || hash === undefined) return undefined;
    return { userId: found.userId, hash, betterHash: await improve(hash, password) };
  };
}

export function createVerifyPasswordOf({ db, hasher, store }: Deps): VerifyPasswordOf {
  return async (user, password) => prove(hasher, await store.findOf(db, user), password);
}
