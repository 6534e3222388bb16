import type { Database } from '../../db/database.ts';
import { DomainError, type Refusal } from '../../kernel/errors.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import { type Passwords, type ProvenPassword, wasNotLookedAt } from '../passwords/index.ts';
import type { IssueTokens, TokenGrant } from '../sessions/index.ts';
import { type Charged, sourceOf, type Throttle } from '../throttle/index.ts';
import { foldEmail, foldUsername } from '../users/index.ts';
import type { CompleteSignIn, SignedIn } from './complete-sign-in.ts';
import { emailNotVerified, invalidCredentials } from './errors.ts';

export interface LogInCommand {
  /** An e-mail address; with `byUsername` also a username. */
  readonly name: string;
  readonly byUsername: boolean;
  readonly password: string;
  /** The device token that came with it; a broken one is as good as none. */
  readonly device?: string | undefined;
  readonly origin: RequestOrigin;
  readonly clientId: string;
}

/** @throws invalidCredentials, emailNotVerified, tooManyAttempts, overloaded */
export type LogIn = (command: LogInCommand) => Promise<SignedIn>;

/** No folded username is empty. */
const noUsername = '';

/** Logs in with a password. Whether the account is unknown, deleted, disabled, or the password wrong: one path, one answer. */
export function createLogIn(deps: {
  db: Database;
  audit: Audit;
  passwords: Passwords;
  throttle: Throttle;
  completeSignIn: CompleteSignIn;
  issueTokens: IssueTokens;
}): LogIn {
  const { db, audit, passwords, throttle, completeSignIn, issueTokens } = deps;

  const recordFailure = ({ name, origin: { ip } }: LogInCommand, charged: Charged, subject: UserId | undefined) =>
    db.transact(async (tx) => {
      // What nobody has for a name may be a password (ASVS 5.0 16.2.5): of that the record keeps a keyed hash.
      const whom = subject === undefined ? { triedName: countedName(name) } : { subject };
      const refused = { outcome: 'refused', reason: invalidCredentials.code } as const;
      await audit.record(tx, { event: 'login.failed', ...refused, ...whom, ip });
      await throttle.recordFailure(tx, charged);
    });

  /** The password was right: it costs no attempt. */
  const recordUnverified = ({ origin: { ip } }: LogInCommand, charged: Charged, subject: UserId | undefined) =>
    db.transact(async (tx) => {
      const refused = { outcome: 'refused', reason: emailNotVerified.code } as const;
      await audit.record(tx, { event: 'login.failed', ...refused, subject, ip });
      await throttle.forgive(tx, charged);
    });

  /** In one transaction with the new session: a password that was changed while we hashed proves nothing any more. */
  const signIn = (
    proven: ProvenPassword,
    command: LogInCommand,
    charged: Charged,
    knownDevice: boolean,
  ): Promise<TokenGrant> =>
    db.transact(async (tx) => {
      const { userId, hash, betterHash } = proven;
      const { origin, clientId } = command;
      const grant = await completeSignIn(tx, userId, { proof: 'password', knownDevice, origin, clientId });
      if (!(await passwords.store.isCurrent(tx, proven))) throw invalidCredentials();
      if (betterHash !== undefined && (await passwords.store.replace(tx, userId, hash, betterHash))) {
        const { sessionId: session } = grant.refreshToken;
        await audit.record(tx, { event: 'password.rehashed', subject: userId, session, ip: origin.ip });
      }
      await throttle.forgive(tx, charged);
      return grant;
    });

  /** Looks first whose name it is, also for nobody's: by that the throttle tells a known device from a stranger. */
  const find = async ({ name, byUsername, device, origin: { ip } }: LogInCommand) => {
    const key = { emailKey: foldEmail(name), usernameKey: byUsername ? foldUsername(name) : noUsername };
    const atHand = await passwords.find.byName({ ...key, name: countedName(name) });
    return { atHand, attempt: { name: countedName(name), account: atHand.found, ip, device } };
  };

  return async (command) => {
    const { atHand, attempt } = await find(command);
    const asker = { source: sourceOf(attempt.ip), known: throttle.knowsDevice(attempt) };
    // Before it is counted: what is refused for want of a core has then cost nothing, and is no attempt.
    using check = passwords.admit(atHand, asker);
    const charged = await throttle.chargeLogin(attempt);
    try {
      const proven = await check.verify(command.password, { heard: charged.heard, renews: true });
      if (proven === undefined) throw invalidCredentials();
      const { userId, changedAt } = proven;
      return {
        ...(await issueTokens(await signIn(proven, command, charged, asker.known))),
        proven: { userId, changedAt },
      };
    } catch (error) {
      // Also when the password was right, but its user is disabled or it was changed meanwhile: what was rolled back left no record.
      if (isRefusal(error, invalidCredentials)) await recordFailure(command, charged, attempt.account?.userId);
      if (isRefusal(error, emailNotVerified)) await recordUnverified(command, charged, attempt.account?.userId);
      if (wasNotLookedAt(error)) await throttle.undo(charged);
      throw error;
    }
  };
}

const isRefusal = (error: unknown, refusal: Refusal): boolean =>
  error instanceof DomainError && error.refusal === refusal;

const countedName = (name: string): string => (name.includes('@') ? foldEmail(name) : foldUsername(name));
