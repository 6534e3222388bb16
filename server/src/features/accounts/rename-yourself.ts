import type { Database } from '../../db/database.ts';
import type { Audit } from '../audit/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { EndSessions } from '../sessions/index.ts';
import type { Throttle } from '../throttle/index.ts';
import type { UsersStore } from '../users/index.ts';
import { currentPasswordWrong } from './errors.ts';
import type { LockYourself } from './lock-yourself.ts';
import { assertGoodNames, type NewNames, rename } from './rename.ts';
import type { CurrentPasswordCommand, WithCurrentPassword } from './with-current-password.ts';

export type RenameYourselfCommand = CurrentPasswordCommand & NewNames;

/**
 * Changes one's own names. Needs the current password, since both names are what one logs in with (ASVS 5.0 7.5.1). With another address
 * one's other sessions end, as with another password: whoever else was in is out.
 *
 * @throws validationFailed, currentPasswordWrong, tooManyAttempts, overloaded, emailTaken, usernameTaken; invalidToken when the session was
 * ended meanwhile
 */
export type RenameYourself = (command: RenameYourselfCommand) => Promise<void>;

export function createRenameYourself(deps: {
  db: Database;
  audit: Audit;
  users: UsersStore;
  passwords: Passwords;
  throttle: Throttle;
  endSessions: EndSessions;
  oneTimeCodes: OneTimeCodes;
  lockYourself: LockYourself;
  withCurrentPassword: WithCurrentPassword;
}): RenameYourself {
  const { db, audit, passwords, throttle, endSessions, lockYourself, withCurrentPassword } = deps;

  return async (command) => {
    assertGoodNames(command);
    const { who, ip } = command;
    const { userId: subject, sessionId: session } = who;
    // A name that is taken stays counted as an attempt, so that nobody asks through all addresses from one account.
    await withCurrentPassword(command, 'user.renamed', ({ proven, charged }) =>
      db.transact(async (tx) => {
        const yourself = await lockYourself(tx, who);
        if (!(await passwords.store.isCurrent(tx, proven))) throw currentPasswordWrong();
        const changed = await rename(tx, deps, yourself, command);
        await throttle.forgive(tx, charged);
        if (changed.length === 0) return;
        const object = changed.join(' ');
        await audit.record(tx, { event: 'user.renamed', actor: who, subject, session, ip, object });
        if (!changed.includes('email')) return;
        await endSessions(tx, { user: subject, kept: session, reason: 'email-changed', by: who, ip });
      }),
    );
  };
}
