import type { Database } from '../../db/database.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import type { LockOwner, TakeOverAccount } from '../email-flows/index.ts';
import { invalidOneTimeToken, type OneTimeCodes, type Presented } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { IssueTokens } from '../sessions/index.ts';
import type { PasswordVersion } from '../throttle/index.ts';
import { foldEmail, type UsersStore } from '../users/index.ts';
import type { CompleteSignIn, SignedIn } from './complete-sign-in.ts';

export interface LogInByEmailCommand {
  /** The token of the link, or the code and the address that it went to. */
  readonly presented: Presented;
  readonly origin: RequestOrigin;
  readonly clientId: string;
}

/** @throws invalidOneTimeToken, tooManyAttempts */
export type LogInByEmail = (command: LogInByEmailCommand) => Promise<SignedIn>;

/** No folded username is empty. */
const noUsername = '';

/**
 * Signs in whoever has the newest mail. That proves the address; where it was not verified, the account is theirs from now on, and whoever
 * made it may have been somebody else: the password dies with all the rest.
 */
export function createLogInByEmail(deps: {
  db: Database;
  audit: Audit;
  users: UsersStore;
  passwords: Passwords;
  oneTimeCodes: OneTimeCodes;
  lockOwner: LockOwner;
  takeOverAccount: TakeOverAccount;
  completeSignIn: CompleteSignIn;
  issueTokens: IssueTokens;
}): LogInByEmail {
  const { db, audit, users, passwords, oneTimeCodes, lockOwner, takeOverAccount, completeSignIn, issueTokens } = deps;

  /** A code is short enough to be guessed, so a wrong one is a failed login; nobody guesses a token. */
  const recordFailure = ({ presented, origin: { ip } }: LogInByEmailCommand) =>
    db.transact(async (tx) => {
      if (!('code' in presented)) return;
      const emailKey = foldEmail(presented.email);
      const user = await users.findByKey(tx, { emailKey, usernameKey: noUsername });
      const whom = user === undefined ? { triedName: emailKey } : { subject: user.id };
      const refused = { outcome: 'refused', reason: invalidOneTimeToken.code } as const;
      await audit.record(tx, { event: 'login.failed', ...refused, ...whom, ip });
    });

  const signIn = async ({ presented, origin, clientId }: LogInByEmailCommand) => {
    const token = await oneTimeCodes.find('sign-in', presented, origin.ip);
    return db.transact(async (tx) => {
      const user = await lockOwner(tx, token);
      await oneTimeCodes.use(tx, token);
      if (user.emailVerifiedAt === undefined) {
        await takeOverAccount(tx, { user, passwordHash: undefined, proof: 'sign-in', origin });
      }
      const grant = await completeSignIn(tx, user.id, { proof: 'email', origin, clientId });
      return { grant, proven: await versionOf(await passwords.store.findOf(tx, user.id)) };
    });
  };

  return async (command) => {
    try {
      const { grant, proven } = await signIn(command);
      return { ...(await issueTokens(grant)), proven };
    } catch (error) {
      if (error instanceof DomainError && error.refusal === invalidOneTimeToken) await recordFailure(command);
      throw error;
    }
  };
}

/** Whoever reads the mail could set another password: so the browser is as well known as if it had proven this one. */
const versionOf = (
  stored: ({ readonly hash: string | undefined } & PasswordVersion) | undefined,
): PasswordVersion | undefined =>
  stored?.hash === undefined ? undefined : { userId: stored.userId, changedAt: stored.changedAt };
