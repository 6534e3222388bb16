import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { FinishSignUp, PasswordsGiven } from '../email-flows/index.ts';
import type { IssueTokens } from '../sessions/index.ts';
import type { CompleteSignIn, SignedIn } from './complete-sign-in.ts';

/** With the password that was chosen at the sign-up, or with another one in its place. */
export interface CompleteSignUpCommand extends PasswordsGiven {
  readonly token: string;
  readonly origin: RequestOrigin;
  readonly clientId: string;
}

/**
 * Makes the account of a sign-up whose mail has arrived, and signs it in: both or neither.
 *
 * @throws invalidOneTimeToken, proofOfAccountNeeded, currentPasswordWrong, emailTaken, usernameTaken, validationFailed, tooManyAttempts, overloaded
 */
export type CompleteSignUp = (command: CompleteSignUpCommand) => Promise<SignedIn>;

export function createCompleteSignUp(deps: {
  db: Database;
  clock: Clock;
  finishSignUp: FinishSignUp;
  completeSignIn: CompleteSignIn;
  issueTokens: IssueTokens;
}): CompleteSignUp {
  const { db, clock, finishSignUp, completeSignIn, issueTokens } = deps;
  return async ({ token, origin, clientId, ...given }) => {
    const proven = await finishSignUp.prove(token, given, origin);
    const at = clock.now();
    const grant = await db.transact(async (tx) => {
      const user = await finishSignUp.insert(tx, proven, { at, ip: origin.ip });
      return completeSignIn(tx, user, { proof: 'sign-up', origin, clientId });
    });
    return { ...(await issueTokens(grant)), proven: { userId: grant.user.id, changedAt: at } };
  };
}
