import type { Database } from '../../db/database.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import type { Passwords, ProvenPassword } from '../passwords/index.ts';
import type { Tokens } from '../sessions/index.ts';
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

/** @throws invalidCredentials, overloaded */
export type LogIn = (command: LogInCommand) => Promise<Tokens>;

/** No folded username is empty. */
const noUsername = '';

/** Logs in with a password. Whether the account is unknown, deleted, disabled, or the password wrong: one path, one answer. */
export function createLogIn(deps: {
  db: Database;
  audit: Audit;
  passwords: Passwords;
  completeSignIn: CompleteSignIn;
}): LogIn {
  const { db, audit, passwords, completeSignIn } = deps;

  const recordFailure = (ip: string) =>
    db.transact((tx) =>
      audit.record(tx, { event: 'login.failed', outcome: 'refused', reason: invalidCredentials.code, ip }),
    );

  /** In one transaction with the new session: a password that was changed while we hashed proves nothing any more. */
  const signIn = (proven: ProvenPassword, { origin, clientId }: LogInCommand): Promise<Tokens> =>
    db.transact(async (tx) => {
      const { userId, hash, betterHash } = proven;
      const tokens = await completeSignIn(tx, userId, { proof: 'password', origin, clientId });
      if (!(await passwords.store.isCurrent(tx, userId, hash))) throw invalidCredentials();
      if (betterHash !== undefined && (await passwords.store.replace(tx, userId, hash, betterHash))) {
        await audit.record(tx, { event: 'password.rehashed', subject: userId });
      }
      return tokens;
    });

  return async (command) => {
    const { name, byUsername, password, origin } = command;
    const key = { emailKey: foldEmail(name), usernameKey: byUsername ? foldUsername(name) : noUsername };
    const proven = await passwords.verify(key, password);
    if (proven === undefined) {
      await recordFailure(origin.ip);
      throw invalidCredentials();
    }
    return signIn(proven, command);
  };
}
