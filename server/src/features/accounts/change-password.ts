import type { Database } from '../../db/database.ts';
import { invalidToken } from '../../kernel/access.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError, type FieldError } from '../../kernel/errors.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { Person } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import { isSamePassword, type Passwords, wasNotLookedAt } from '../passwords/index.ts';
import type { EndSessions, SessionsStore } from '../sessions/index.ts';
import { type Charged, currentPasswordCounters, type PasswordVersion, type Throttle } from '../throttle/index.ts';
import { foldEmail, type UsersStore } from '../users/index.ts';
import { currentPasswordWrong } from './errors.ts';

export interface ChangePasswordCommand {
  readonly who: Person;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly ip: string;
}

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
  users: UsersStore;
  passwords: Passwords;
  throttle: Throttle;
  sessions: SessionsStore;
  endSessions: EndSessions;
}): ChangePassword {
  const { db, clock, audit, users, passwords, throttle, sessions, endSessions } = deps;

  /** What can be said against it without knowing the current one, so that it tells nobody what that is. */
  const faultsOf = ({ who, currentPassword, newPassword }: ChangePasswordCommand): FieldError[] => {
    const same = isSamePassword(currentPassword, newPassword);
    const faults = passwords.prepare.check(newPassword, who, pointer);
    return same ? [...faults, { pointer, detail: 'This is the current password. Choose another one.' }] : faults;
  };

  /** @returns the hash behind the current password */
  const prove = async ({ who, currentPassword }: ChangePasswordCommand) => {
    const hash = await passwords.verifyOf(who.userId, currentPassword);
    if (hash === undefined) throw currentPasswordWrong();
    return hash;
  };

  const change = ({ who, ip }: ChangePasswordCommand, hash: string, next: string, charged: Charged) =>
    db.transact(async (tx) => {
      const { userId: user, sessionId: session } = who;
      // Hashing takes its time: who was thrown out meanwhile changes nothing any more. Locks, so that a login with the old password
      // either comes first and ends here, or comes after and fails.
      const active = await users.lockActive(tx, user, clock.now());
      const now = clock.now();
      const living = await sessions.authenticate(tx, { session, user, now, permission: undefined });
      if (active === undefined || living === undefined) throw invalidToken();
      const changedAt = await passwords.store.change(tx, user, { hash, next, at: now });
      if (changedAt === undefined) throw currentPasswordWrong();
      await audit.record(tx, { event: 'password.changed', actor: who, subject: user, session, ip });
      await endSessions(tx, { user, kept: session, reason: 'password-changed', by: who, ip });
      await throttle.forgive(tx, charged);
      return { userId: user, changedAt };
    });

  const recordFailure = ({ who, ip }: ChangePasswordCommand) => {
    const { userId: user, sessionId: session } = who;
    const refused = { outcome: 'refused', reason: currentPasswordWrong.code } as const;
    const event = { event: 'password.changed', ...refused, actor: who, subject: user, session, ip } as const;
    return db.transact((tx) => audit.record(tx, event));
  };

  return async (command) => {
    const errors = faultsOf(command);
    if (errors.length > 0) throw validationFailed({ errors });
    const charged = await throttle.charge(countersOf(command));
    try {
      const hash = await prove(command);
      // Behind the throttle, since it asks a service elsewhere.
      const breaches = await passwords.prepare.checkBreaches(command.newPassword, pointer);
      if (breaches.length > 0) {
        // The current password was right.
        await db.transact((tx) => throttle.forgive(tx, charged));
        throw validationFailed({ errors: breaches });
      }
      return await change(command, hash, await passwords.prepare.hash(command.newPassword), charged);
    } catch (error) {
      if (error instanceof DomainError && error.refusal === currentPasswordWrong) await recordFailure(command);
      if (wasNotLookedAt(error)) await throttle.undo(charged);
      throw error;
    }
  };
}

const countersOf = ({ who, ip }: ChangePasswordCommand) =>
  currentPasswordCounters({ name: foldEmail(who.email), account: who.userId, session: who.sessionId, ip });
