import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { FieldError } from '../../kernel/errors.ts';
import type { Asker } from '../../kernel/hasher.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { Audit } from '../audit/index.ts';
import type { Notices } from '../notices/index.ts';
import { type OneTimeCodes, ofPresentAddress } from '../one-time-codes/index.ts';
import { isSamePassword, type Passwords } from '../passwords/index.ts';
import type { EndSessions } from '../sessions/index.ts';
import type { PasswordVersion, Throttle } from '../throttle/index.ts';
import { currentPasswordWrong } from './errors.ts';
import type { LockYourself } from './lock-yourself.ts';
import type { CurrentPasswordCommand, CurrentPasswordProof, WithCurrentPassword } from './with-current-password.ts';

export type ChangePasswordCommand = CurrentPasswordCommand & { readonly newPassword: string };

/** Of the field that faults are told of. */
const pointer = '/new_password';

/**
 * Changes one's own password and ends one's other sessions: whoever knew the old one is out.
 *
 * @returns the new password, as the one that this browser has proven
 * @throws validationFailed, currentPasswordWrong, tooManyAttempts, overloaded; invalidToken when the session was ended meanwhile
 */
export type ChangePassword = (command: ChangePasswordCommand) => Promise<PasswordVersion>;

export function createChangePassword(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  passwords: Passwords;
  throttle: Throttle;
  notices: Notices;
  oneTimeCodes: OneTimeCodes;
  endSessions: EndSessions;
  lockYourself: LockYourself;
  withCurrentPassword: WithCurrentPassword;
}): ChangePassword {
  const { db, clock, audit, passwords, throttle, notices, oneTimeCodes } = deps;
  const { endSessions, lockYourself, withCurrentPassword } = deps;

  /** What can be said against it without knowing the current one, so that it tells nobody what that is. */
  const faultsOf = ({ who, currentPassword, newPassword }: ChangePasswordCommand): FieldError[] => {
    const same = isSamePassword(currentPassword, newPassword);
    const faults = passwords.prepare.check(newPassword, who, pointer);
    return same ? [...faults, { pointer, detail: 'This is the current password. Choose another one.' }] : faults;
  };

  const change = (
    { who, ip, userAgent }: ChangePasswordCommand,
    { proven: { hash }, charged }: CurrentPasswordProof,
    next: string,
  ) =>
    db.transact(async (tx) => {
      const { userId: user, sessionId: session } = who;
      const yourself = await lockYourself(tx, who);
      const changedAt = await passwords.store.change(tx, user, { hash, next, at: clock.now() });
      if (changedAt === undefined) throw currentPasswordWrong();
      await audit.record(tx, { event: 'password.changed', actor: who, subject: user, session, ip });
      await endSessions(tx, { user, kept: session, reason: 'password-changed', by: who, ip });
      await oneTimeCodes.revoke(tx, user, ofPresentAddress);
      await notices.send(tx, yourself, 'password-changed', { ip, userAgent });
      await throttle.forgive(tx, charged);
      return { userId: user, changedAt };
    });

  const hashed = async (password: string, asker: Asker): Promise<string> => {
    using place = passwords.takePlace(asker);
    return await passwords.prepare.hash(password, place);
  };

  return async (command) => {
    const errors = faultsOf(command);
    if (errors.length > 0) throw validationFailed({ errors });
    return await withCurrentPassword(command, 'password.changed', async (proof) => {
      // Behind the throttle, since it asks a service elsewhere.
      const breaches = await passwords.prepare.checkBreaches(command.newPassword, pointer);
      if (breaches.length > 0) {
        // The current password was right.
        await db.transact((tx) => throttle.forgive(tx, proof.charged));
        throw validationFailed({ errors: breaches });
      }
      return await change(command, proof, await hashed(command.newPassword, proof.asker));
    });
  };
}
