import type { Database } from '../../db/database.ts';
import { invalidToken } from '../../kernel/access.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError, type FieldError } from '../../kernel/errors.ts';
import type { Asker } from '../../kernel/hasher.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { Principal } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import { isSamePassword, type Passwords, wasNotLookedAt } from '../passwords/index.ts';
import type { EndSessions, SessionsStore } from '../sessions/index.ts';
import { type Charged, currentPasswordCounters, sourceOf, type Throttle } from '../throttle/index.ts';
import { foldEmail, type UsersStore } from '../users/index.ts';
import { currentPasswordWrong } from './errors.ts';

export interface ChangePasswordCommand {
  readonly who: Principal;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly ip: string;
}

/** Of the field that faults are told of. */
const pointer = '/new_password';

/**
 * Changes one's own password and ends one's other sessions: whoever knew the old one is out.
 *
 * @throws validationFailed, currentPasswordWrong, tooManyAttempts, overloaded; invalidToken when the session was ended meanwhile
 */
export type ChangePassword = (command: ChangePasswordCommand) => Promise<void>;

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

  const change = ({ who, ip }: ChangePasswordCommand, hash: string, next: string, charged: Charged) =>
    db.transact(async (tx) => {
      const { userId: user, sessionId: session } = who;
      const now = clock.now();
      // Hashing takes its time: who was thrown out meanwhile changes nothing any more. Locks, so that a login with the old password
      // either comes first and ends here, or comes after and fails.
      const active = await users.lockActive(tx, user);
      const living = await sessions.authenticate(tx, { session, user, now, permission: undefined });
      if (active === undefined || living === undefined) throw invalidToken();
      if (!(await passwords.store.change(tx, user, { hash, next, at: now }))) throw currentPasswordWrong();
      await audit.record(tx, { event: 'password.changed', actor: user, subject: user, session, ip });
      await endSessions(tx, { user, kept: session, reason: 'password-changed', by: user, ip });
      await throttle.forgive(tx, charged);
    });

  const recordFailure = ({ who, ip }: ChangePasswordCommand) => {
    const { userId: user, sessionId: session } = who;
    const refused = { outcome: 'refused', reason: currentPasswordWrong.code } as const;
    const event = { event: 'password.changed', ...refused, actor: user, subject: user, session, ip } as const;
    return db.transact((tx) => audit.record(tx, event));
  };

  const hash = async (password: string, asker: Asker): Promise<string> => {
    using place = passwords.takePlace(asker);
    return await passwords.prepare.hash(password, place);
  };

  return async (command) => {
    const errors = faultsOf(command);
    if (errors.length > 0) throw validationFailed({ errors });
    const asker = { source: sourceOf(command.ip), known: true };
    using check = passwords.admit(await passwords.find.of(command.who.userId), asker);
    const charged = await throttle.charge(countersOf(command));
    try {
      const proven = await check.verify(command.currentPassword, { heard: true, renews: false });
      if (proven === undefined) throw currentPasswordWrong();
      // Behind the throttle, since it asks a service elsewhere.
      const breaches = await passwords.prepare.checkBreaches(command.newPassword, pointer);
      if (breaches.length > 0) {
        // The current password was right.
        await db.transact((tx) => throttle.forgive(tx, charged));
        throw validationFailed({ errors: breaches });
      }
      await change(command, proven.hash, await hash(command.newPassword, asker), charged);
    } catch (error) {
      if (error instanceof DomainError && error.refusal === currentPasswordWrong) await recordFailure(command);
      if (wasNotLookedAt(error)) await throttle.undo(charged);
      throw error;
    }
  };
}

const countersOf = ({ who, ip }: ChangePasswordCommand) =>
  currentPasswordCounters({ name: foldEmail(who.email), session: who.sessionId, ip });
