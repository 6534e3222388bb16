import type { Database } from '../../db/database.ts';
import { DomainError } from '../../kernel/errors.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import type { LockOwner, TakeOverAccount } from '../email-flows/index.ts';
import { invalidOneTimeToken, type OneTimeCodes, type Presented } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { IssueTokens } from '../sessions/index.ts';
import type { PasswordVersion } from '../throttle/index.ts';
import { foldEmail, type UsersStore } from '../users/index.ts';
import type { CompleteSignIn, SignedIn } from './complete-sign-in.ts';
import { signInByEmailOff } from './errors.ts';

/** The token of the link, or the code and the address that it went to. */
export interface EmailProof {
  readonly token?: string | undefined;
  readonly email?: string | undefined;
  readonly code?: string | undefined;
}

export interface LogInByEmailCommand {
  readonly proof: EmailProof;
  readonly origin: RequestOrigin;
  readonly clientId: string;
}

/** @throws signInByEmailOff, validationFailed, invalidOneTimeToken, tooManyAttempts */
export type LogInByEmail = (command: LogInByEmailCommand) => Promise<SignedIn>;

/**
 * Signs in whoever has the newest mail. That proves the address; where it was not verified, the account is theirs from now on, and whoever
 * made it may have been somebody else: the password dies with all the rest.
 */
export function createLogInByEmail(deps: {
  byEmail: boolean;
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
  const { byEmail, db, audit, users, passwords, oneTimeCodes } = deps;
  const { lockOwner, takeOverAccount, completeSignIn, issueTokens } = deps;

  /** A code is short enough to be guessed, so a wrong one is a failed login; nobody guesses a token. */
  const recordFailure = async (presented: Presented, { ip }: RequestOrigin): Promise<void> => {
    if (!('code' in presented)) return;
    await db.transact(async (tx) => {
      const emailKey = foldEmail(presented.email);
      const user = await users.findByEmail(tx, emailKey);
      const whom = user === undefined ? { triedName: emailKey } : { subject: user.id };
      const refused = { outcome: 'refused', reason: invalidOneTimeToken.code } as const;
      await audit.record(tx, { event: 'login.failed', ...refused, ...whom, ip });
    });
  };

  const signIn = async (presented: Presented, { origin, clientId }: LogInByEmailCommand) => {
    const token = await oneTimeCodes.find('sign-in', presented, origin.ip);
    return db.transact(async (tx) => {
      const user = await lockOwner(tx, token);
      await oneTimeCodes.use(tx, token);
      if (user.emailVerifiedAt === undefined) {
        await takeOverAccount.removingPassword(tx, { user, proof: 'sign-in', origin });
      }
      const grant = await completeSignIn(tx, user.id, { proof: 'email', origin, clientId });
      return { grant, proven: await versionOf(await passwords.store.findOf(tx, user.id)) };
    });
  };

  return async (command) => {
    if (!byEmail) throw signInByEmailOff();
    const presented = presentedIn(command.proof);
    try {
      const { grant, proven } = await signIn(presented, command);
      return { ...(await issueTokens(grant)), proven };
    } catch (error) {
      if (error instanceof DomainError && error.refusal === invalidOneTimeToken)
        await recordFailure(presented, command.origin);
      throw error;
    }
  };
}

/** @throws validationFailed unless it is the one or the other */
function presentedIn({ token, email, code }: EmailProof): Presented {
  if (token !== undefined && email === undefined && code === undefined) return { token };
  if (token === undefined && email !== undefined && code !== undefined) return { email, code };
  const detail = 'Give the token of the link; or else the e-mail address and the code.';
  throw validationFailed({ errors: [{ pointer: '/token', detail }] });
}

/** Whoever reads the mail could set another password: so the browser is as well known as if it had proven this one. */
const versionOf = (
  stored: ({ readonly hash: string | undefined } & PasswordVersion) | undefined,
): PasswordVersion | undefined =>
  stored?.hash === undefined ? undefined : { userId: stored.userId, changedAt: stored.changedAt };
