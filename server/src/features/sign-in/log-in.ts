import type { Database } from '../../db/database.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import { type Passwords, type ProvenPassword, wasNotLookedAt } from '../passwords/index.ts';
import type { IssueTokens, TokenGrant, Tokens } from '../sessions/index.ts';
import type { Charged, Throttle } from '../throttle/index.ts';
import { foldEmail, foldUsername } from '../users/index.ts';
import type { CompleteSignIn } from './complete-sign-in.ts';
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
export type LogIn = (command: LogInCommand) => Promise<Tokens>;

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

  /** In one transaction with the new session: a password that was changed while we hashed proves nothing any more. */
  const signIn = (proven: ProvenPassword, { origin, clientId }: LogInCommand, charged: Charged): Promise<TokenGrant> =>
    db.transact(async (tx) => {
      const { userId, hash, betterHash } = proven;
      const grant = await completeSignIn(tx, userId, { proof: 'password', origin, clientId });
      if (!(await passwords.store.isCurrent(tx, userId, hash))) throw invalidCredentials();
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
    return { charged, account: found?.userId, found: charged.heard ? found : undefined };
  };

  return async (command) => {
    const { charged, account, found } = await charge(command);
    try {
      const proven = await passwords.verify(found, command.password);
      if (proven === undefined) throw invalidCredentials();
      return await issueTokens(await signIn(proven, command, charged));
    } catch (error) {
      // Also when the password was right, but its user is disabled or it was changed meanwhile: what was rolled back left no record.
      if (isInvalidCredentials(error)) await recordFailure(command, charged, account);
      if (wasNotLookedAt(error)) await throttle.undo(charged);
      throw error;
    }
  };
}

const isInvalidCredentials = (error: unknown): boolean =>
  error instanceof DomainError && error.refusal === invalidCredentials;

const countedName = (name: string): string => (name.includes('@') ? foldEmail(name) : foldUsername(name));
