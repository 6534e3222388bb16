import type { Database } from '../../db/database.ts';
import type { Hasher } from '../../kernel/hasher.ts';
import type { UserId } from '../../kernel/ids.ts';
import { normalisePassword } from './policy.ts';
import type { PasswordsStore } from './store.ts';

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

export function createVerifyPassword(deps: { db: Database; hasher: Hasher; store: PasswordsStore }): VerifyPassword {
  const { db, hasher, store } = deps;

  const matches = async (hash: string, password: string): Promise<boolean> => {
    const normalised = normalisePassword(password);
    if (await hasher.verify(hash, normalised)) return true;
    // Other systems hashed what was typed.
    return normalised !== password && hasher.verify(hash, password);
  };

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
    const hash = found?.hash ?? hasher.dummy;
    const right = await matches(hash, password);
    if (found?.hash === undefined || !right) return undefined;
    return { userId: found.userId, hash, betterHash: await improve(hash, password) };
  };
}
