import type { Database } from '../../db/database.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Asker } from '../../kernel/hasher.ts';
import type { Person } from '../../kernel/principal.ts';
import type { Audit, AuditEvent } from '../audit/index.ts';
import { type Passwords, type ProvenPassword, wasNotLookedAt } from '../passwords/index.ts';
import { type Charged, currentPasswordCounters, sourceOf, type Throttle } from '../throttle/index.ts';
import { foldEmail } from '../users/index.ts';
import { currentPasswordWrong } from './errors.ts';

export interface CurrentPasswordCommand {
  readonly who: Person;
  readonly currentPassword: string;
  readonly ip: string;
  readonly userAgent: string;
}

/** That the current password was given. */
export interface CurrentPasswordProof {
  /** Whoever acts on it checks that it is still the one. */
  readonly proven: ProvenPassword;
  /** To be forgiven with the change. */
  readonly charged: Charged;
  readonly asker: Asker;
}

/**
 * Does what only the owner may do: who has a stolen access token does not know the password. Attempts are counted before they are looked
 * at; `work` forgives them in its own transaction, and sees there that the password is still the one that was proven.
 *
 * @param event what a wrong password is recorded as an attempt at
 * @throws currentPasswordWrong, tooManyAttempts, overloaded, and what `work` throws
 */
export type WithCurrentPassword = <T>(
  command: CurrentPasswordCommand,
  event: AuditEvent['event'],
  work: (proof: CurrentPasswordProof) => Promise<T>,
) => Promise<T>;

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
    const asker = { source: sourceOf(ip), known: true };
    // Before it is counted: what is refused for want of a core has then cost nothing, and is no attempt.
    using check = passwords.admit(await passwords.find.of(who.userId), asker);
    const charged = await throttle.charge(countersOf(command));
    try {
      const proven = await check.verify(currentPassword, { heard: true, renews: false });
      if (proven === undefined) throw currentPasswordWrong();
      return await work({ proven, charged, asker });
    } catch (error) {
      if (error instanceof DomainError && error.refusal === currentPasswordWrong) await recordFailure(command, event);
      if (wasNotLookedAt(error)) await throttle.undo(charged);
      throw error;
    }
  };
}

const countersOf = ({ who, ip }: CurrentPasswordCommand) =>
  currentPasswordCounters({ name: foldEmail(who.email), account: who.userId, session: who.sessionId, ip });
