import type { Database } from '../../db/database.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Person } from '../../kernel/principal.ts';
import type { Audit, AuditEvent } from '../audit/index.ts';
import { type Passwords, wasNotLookedAt } from '../passwords/index.ts';
import { type Charged, currentPasswordCounters, type Throttle } from '../throttle/index.ts';
import { foldEmail } from '../users/index.ts';
import { currentPasswordWrong } from './errors.ts';

export interface CurrentPasswordCommand {
  readonly who: Person;
  readonly currentPassword: string;
  readonly ip: string;
}

/**
 * Does what only the owner may do: who has a stolen access token does not know the password. Attempts are counted before they are looked
 * at; `work` forgives them in its own transaction, and sees there that the password is still the one behind `hash`.
 *
 * @param event what a wrong password is recorded as an attempt at
 * @throws currentPasswordWrong, tooManyAttempts, overloaded, and what `work` throws
 */
export type WithCurrentPassword = (
  command: CurrentPasswordCommand,
  event: AuditEvent['event'],
  work: (hash: string, charged: Charged) => Promise<void>,
) => Promise<void>;

export function createWithCurrentPassword(deps: {
  db: Database;
  audit: Audit;
  passwords: Passwords;
  throttle: Throttle;
}): WithCurrentPassword {
  const { db, audit, passwords, throttle } = deps;

  const recordFailure = ({ who, ip }: CurrentPasswordCommand, event: AuditEvent['event']) => {
    const { userId: subject, sessionId: session } = who;
    const refused = { outcome: 'refused', reason: currentPasswordWrong.code } as const;
    return db.transact((tx) => audit.record(tx, { event, ...refused, actor: who, subject, session, ip }));
  };

  return async (command, event, work) => {
    const { who, currentPassword, ip } = command;
    const counters = currentPasswordCounters({
      name: foldEmail(who.email),
      account: who.userId,
      session: who.sessionId,
      ip,
    });
    const charged = await throttle.charge(counters);
    try {
      const hash = await passwords.verifyOf(who.userId, currentPassword);
      if (hash === undefined) throw currentPasswordWrong();
      await work(hash, charged);
    } catch (error) {
      if (error instanceof DomainError && error.refusal === currentPasswordWrong) await recordFailure(command, event);
      if (wasNotLookedAt(error)) await throttle.undo(charged);
      throw error;
    }
  };
}
