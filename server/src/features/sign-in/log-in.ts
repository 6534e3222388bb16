import type { Database } from '../../db/database.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import type { Passwords, ProvenPassword } from '../passwords/index.ts';
import type { IssueTokens, TokenGrant, Tokens } from '../sessions/index.ts';
import { type PasswordCounters, passwordCounters, type Throttle } from '../throttle/index.ts';
import { foldEmail, foldUsername } from '../users/index.ts';
import type { CompleteSignIn } from './complete-sign-in.ts';
import { invalidCredentials } from './errors.ts';

export interface LogInCommand {
  /** An e-mail address; with `byUsername` also a username. */
  readonly name: string;
  readonly byUsername: boolean;
  readonly password: string;
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

  const recordFailure = (ip: string) =>
    db.transact((tx) =>
      audit.record(tx, { event: 'login.failed', outcome: 'refused', reason: invalidCredentials.code, ip }),
    );

  /** In one transaction with the new session: a password that was changed while we hashed proves nothing any more. */
  const signIn = (
    proven: ProvenPassword,
    { origin, clientId }: LogInCommand,
    counters: PasswordCounters,
  ): Promise<TokenGrant> =>
    db.transact(async (tx) => {
      const { userId, hash, betterHash } = proven;
      const grant = await completeSignIn(tx, userId, { proof: 'password', origin, clientId });
      if (!(await passwords.store.isCurrent(tx, userId, hash))) throw invalidCredentials();
      if (betterHash !== undefined && (await passwords.store.replace(tx, userId, hash, betterHash))) {
        await audit.record(tx, { event: 'password.rehashed', subject: userId });
      }
      await throttle.forgive(tx, counters.own, [counters.source]);
      return grant;
    });

  const prove = async (command: LogInCommand, { own, source }: PasswordCounters): Promise<ProvenPassword> => {
    const { name, byUsername, password } = command;
    await throttle.charge([own, source]);
    const key = { emailKey: foldEmail(name), usernameKey: byUsername ? foldUsername(name) : noUsername };
    const proven = await passwords.verify(key, password);
    if (proven === undefined) throw invalidCredentials();
    return proven;
  };

  return async (command) => {
    const counters = countersOf(command);
    try {
      return await issueTokens(await signIn(await prove(command, counters), command, counters));
    } catch (error) {
      // Also when the password was right, but its user is disabled or it was changed meanwhile: what was rolled back left no record.
      if (isInvalidCredentials(error)) await recordFailure(command.origin.ip);
      throw error;
    }
  };
}

const isInvalidCredentials = (error: unknown): boolean =>
  error instanceof DomainError && error.refusal === invalidCredentials;

function countersOf({ name, origin }: LogInCommand): PasswordCounters {
  return passwordCounters(name.includes('@') ? foldEmail(name) : foldUsername(name), origin.ip);
}
