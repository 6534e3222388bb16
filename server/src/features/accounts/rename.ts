import type { Tx } from '../../db/database.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { OneTimeCodes, Purpose } from '../one-time-codes/index.ts';
import { checkNames, foldEmail, foldUsername, type User, type UsersStore, userNotFound } from '../users/index.ts';

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

/** What was sent to an address is worth nothing when it is the user's no more, also should it become theirs again. */
const boundToAddress: readonly Purpose[] = ['verify-email', 'reset-password', 'sign-in', 'accept-invitation'];

/**
 * Gives a user who is locked other names. Another address is not verified.
 *
 * @returns which of them changed @throws userNotFound, emailTaken, usernameTaken
 */
export async function rename(
  tx: Tx,
  { users, oneTimeCodes }: { users: UsersStore; oneTimeCodes: OneTimeCodes },
  user: User,
  names: NewNames,
): Promise<readonly NameField[]> {
  const username = names.username ?? user.username;
  const email = names.email ?? user.email;
  const changed = [
    ...(email === user.email ? [] : ['email' as const]),
    ...(username === user.username ? [] : ['username' as const]),
  ];
  const keys = { usernameKey: foldUsername(username), emailKey: foldEmail(email) };
  if (changed.length > 0 && !(await users.rename(tx, user.id, { username, email, ...keys }))) throw userNotFound();
  if (keys.emailKey !== foldEmail(user.email)) await oneTimeCodes.revoke(tx, user.id, boundToAddress);
  return changed;
}
