import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { Audit } from '../audit/index.ts';
import type { Notices } from '../notices/index.ts';
import { type OneTimeCodes, ofPresentAddress } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { EndSessions } from '../sessions/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';

/**
 * Gives a user another password, as the operator, and ends all their sessions.
 *
 * @returns how many sessions ended
 * @throws userNotFound, validationFailed, overloaded
 */
export type SetPassword = (command: { id: UserId; password: string }) => Promise<number>;

export function createSetPassword(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  passwords: Passwords;
  notices: Notices;
  oneTimeCodes: OneTimeCodes;
  endSessions: EndSessions;
}): SetPassword {
  const { db, clock, audit, users, passwords, notices, oneTimeCodes, endSessions } = deps;
  return async ({ id, password }) => {
    const user = await users.find(db, id);
    if (user === undefined || user.deletedAt !== undefined) throw userNotFound();
    const errors = passwords.prepare.check(password, user);
    if (errors.length === 0) errors.push(...(await passwords.prepare.checkBreaches(password)));
    if (errors.length > 0) throw validationFailed({ errors });
    const hash = await passwords.prepare.hash(password);
    return db.transact(async (tx) => {
      // Also who is disabled: they may be enabled, and log in with the old one, while this runs.
      const locked = await users.lock(tx, id);
      if (locked === undefined) throw userNotFound();
      await passwords.store.set(tx, id, hash, clock.now());
      await audit.record(tx, { event: 'password.changed', subject: id });
      await oneTimeCodes.revoke(tx, id, ofPresentAddress);
      await notices.send(tx, locked, 'password-changed', undefined);
      return endSessions(tx, { user: id, reason: 'password-changed', by: undefined, ip: undefined });
    });
  };
}
