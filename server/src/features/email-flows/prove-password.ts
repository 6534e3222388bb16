import type { Database } from '../../db/database.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { UserId } from '../../kernel/ids.ts';
import { currentPasswordWrong } from '../accounts/index.ts';
import type { Audit, AuditEvent } from '../audit/index.ts';
import { type PasswordAtHand, type Passwords, type ProvenPassword, wasNotLookedAt } from '../passwords/index.ts';
import { type Charged, sourceOf, type Throttle } from '../throttle/index.ts';

export interface ProvePasswordCommand {
  readonly atHand: PasswordAtHand;
  readonly password: string;
  /** Folded: whose attempts are counted. */
  readonly emailKey: string;
  /** Whose it is; none where there is no account yet. */
  readonly user: UserId | undefined;
  /** The device token that came with it. */
  readonly device?: string | undefined;
  readonly ip: string;
  /** What a wrong password is recorded as an attempt at. */
  readonly event: AuditEvent['event'];
}

/**
 * Checks the password that comes with a link. Counted on the counters of a login, so that a mail buys nobody more guesses; whoever acts on
 * it forgives them in the transaction of the change.
 *
 * @throws currentPasswordWrong, tooManyAttempts, overloaded
 */
export type ProvePassword = (command: ProvePasswordCommand) => Promise<{ proven: ProvenPassword; charged: Charged }>;

export function createProvePassword(deps: {
  db: Database;
  audit: Audit;
  passwords: Passwords;
  throttle: Throttle;
}): ProvePassword {
  const { db, audit, passwords, throttle } = deps;

  const recordFailure = ({ event, user: subject, ip }: ProvePasswordCommand, charged: Charged) =>
    db.transact(async (tx) => {
      await audit.record(tx, { event, outcome: 'refused', reason: currentPasswordWrong.code, subject, ip });
      await throttle.recordFailure(tx, charged);
    });

  return async (command) => {
    const { atHand, password, emailKey: name, user, device, ip } = command;
    const attempt = { name, account: user === undefined ? undefined : atHand.found, ip, device };
    const asker = { source: sourceOf(ip), known: throttle.knowsDevice(attempt) };
    // Before it is counted: what is refused for want of a core has then cost nothing, and is no attempt.
    using check = passwords.admit(atHand, asker);
    const charged = await throttle.chargeLogin(attempt);
    try {
      const proven = await check.verify(password, { heard: charged.heard, renews: false });
      if (proven === undefined) throw currentPasswordWrong();
      return { proven, charged };
    } catch (error) {
      if (error instanceof DomainError && error.refusal === currentPasswordWrong) await recordFailure(command, charged);
      if (wasNotLookedAt(error)) await throttle.undo(charged);
      throw error;
    }
  };
}
