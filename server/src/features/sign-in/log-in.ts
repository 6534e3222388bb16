import type { Database } from '../../db/database.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import { type Passwords, type ProvenPassword, wasNotLookedAt } from '../passwords/index.ts';
import type { IssueTokens, TokenGrant } from '../sessions/index.ts';
import type { Charged, PasswordVersion, Throttle } from '../throttle/index.ts';
import { foldEmail, foldUsername } from '../users/index.ts';
import type { CompleteSignIn, SignedIn } from './complete-sign-in.ts';
import { invalidCredentials } from './errors.ts';

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

/** @throws invalidCredentials, tooManyAttempts, overloaded */
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

  const recordFailure = (ip: string, charged: Charged) =>
    db.transact(async (tx) => {
      await audit.record(tx, { event: 'login.failed', outcome: 'refused', reason: invalidCredentials.code, ip });
      await throttle.recordFailure(tx, charged);
    });

  /** In one transaction with the new session: a password that was changed while we hashed proves nothing any more. */
  const signIn = (
    { hash, betterHash }: ProvenPassword,
    password: PasswordVersion,
    { origin, clientId }: LogInCommand,
    charged: Charged,
  ): Promise<TokenGrant> =>
    db.transact(async (tx) => {
      const { userId } = password;
      const grant = await completeSignIn(tx, userId, { proof: 'password', origin, clientId });
      if (!(await passwords.store.isCurrent(tx, password))) throw invalidCredentials();
      if (betterHash !== undefined && (await passwords.store.replace(tx, userId, hash, betterHash))) {
        await audit.record(tx, { event: 'password.rehashed', subject: userId });
      }
      await throttle.forgive(tx, charged);
      return grant;
    });

  /** Looks first whose name it is, also for nobody's: by that the throttle tells a known device from a stranger. */
  const charge = async ({ name, byUsername, device, origin: { ip } }: LogInCommand) => {
    const key = { emailKey: foldEmail(name), usernameKey: byUsername ? foldUsername(name) : noUsername };
    const found = await passwords.store.findByName(db, key);
    const charged = await throttle.chargeLogin({ name: countedName(name), account: found, ip, device });
    return { charged, found: charged.heard ? found : undefined };
  };

  return async (command) => {
    const { charged, found } = await charge(command);
    try {
      const proven = await passwords.verify(found, command.password);
      if (found === undefined || proven === undefined) throw invalidCredentials();
      const password = { userId: found.userId, changedAt: found.changedAt };
      return { ...(await issueTokens(await signIn(proven, password, command, charged))), proven: password };
    } catch (error) {
      // Also when the password was right, but its user is disabled or it was changed meanwhile: what was rolled back left no record.
      if (isInvalidCredentials(error)) await recordFailure(command.origin.ip, charged);
      if (wasNotLookedAt(error)) await throttle.undo(charged);
      throw error;
    }
  };
}

const isInvalidCredentials = (error: unknown): boolean =>
  error instanceof DomainError && error.refusal === invalidCredentials;

const countedName = (name: string): string => (name.includes('@') ? foldEmail(name) : foldUsername(name));
