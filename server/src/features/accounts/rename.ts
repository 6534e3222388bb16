import type { Tx } from '../../db/database.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import { type OneTimeCodes, ofPresentAddress } from '../one-time-codes/index.ts';
import {
  checkNames,
  emailTaken,
  foldEmail,
  foldUsername,
  hasAddress,
  type User,
  type UsersStore,
  userNotFound,
} from '../users/index.ts';

/** The names to come; what is not given stays. */
export interface NewNames {
  readonly username?: string | undefined;
  readonly email?: string | undefined;
}

type NameField = keyof NewNames;

/** What is wrong with new names, before anything is known of whose they will be. Names of old are not judged by new rules. */
export function assertGoodNames({ username, email }: NewNames): void {
  const given = checkNames({ username: username ?? 'ok', email: email ?? 'ok@example.com' });
  if (given.length > 0) throw validationFailed({ errors: given });
}

/**
 * Gives a user who is locked other names. Another address is not verified, and what was sent to the former one is worth nothing any more.
 *
 * @returns which of them changed @throws userNotFound, emailTaken (also for an address that is kept for whoever had it), usernameTaken
 */
export type Rename = (tx: Tx, user: User, names: NewNames) => Promise<readonly NameField[]>;

export function createRename({ users, oneTimeCodes }: { users: UsersStore; oneTimeCodes: OneTimeCodes }): Rename {
  return async (tx, user, names) => {
    const username = names.username ?? user.username;
    const email = names.email ?? user.email;
    const changed = [
      ...(email === user.email ? [] : ['email' as const]),
      ...(username === user.username ? [] : ['username' as const]),
    ];
    if (changed.length === 0) return changed;
    const keys = { usernameKey: foldUsername(username), emailKey: foldEmail(email) };
    if (!(await users.rename(tx, user.id, { username, email, ...keys }))) throw userNotFound();
    if (hasAddress(user, keys.emailKey)) return changed;
    if (await oneTimeCodes.isKeptForAnother(tx, keys.emailKey, user.id)) throw emailTaken();
    await oneTimeCodes.revoke(tx, user.id, ofPresentAddress);
    return changed;
  };
}
