import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { CreateAccount, NewAccount, SetupToken } from '../accounts/index.ts';
import type { IssueTokens } from '../sessions/index.ts';
import { sourceOf } from '../throttle/index.ts';
import type { CompleteSignIn, SignedIn } from './complete-sign-in.ts';
import type { PrepareAccount } from './prepare-account.ts';

export interface SetUpCommand {
  readonly account: NewAccount;
  readonly setupToken: string;
  readonly origin: RequestOrigin;
  readonly clientId: string;
}

/**
 * Makes the first administrator and signs them in: both or neither. Their address counts as verified: who reads the console says whose it
 * is, and there may be no mail yet.
 *
 * @throws validationFailed, emailTaken, usernameTaken, invalidSetupToken, tooManyAttempts, overloaded
 */
export type SetUp = (command: SetUpCommand) => Promise<SignedIn>;

export function createSetUp(deps: {
  db: Database;
  clock: Clock;
  createAccount: CreateAccount;
  prepareAccount: PrepareAccount;
  setupToken: SetupToken;
  completeSignIn: CompleteSignIn;
  issueTokens: IssueTokens;
}): SetUp {
  const { db, clock, createAccount, prepareAccount, completeSignIn, issueTokens } = deps;
  return async ({ account, setupToken, origin, clientId }) => {
    const prepared = await prepareAccount(account, sourceOf(origin.ip));
    const at = clock.now();
    const grant = await db.transact(async (tx) => {
      await deps.setupToken.consume(tx, setupToken);
      const how = { admin: true, verified: true, how: 'set-up', at, ip: origin.ip };
      const user = await createAccount.insert(tx, prepared, how);
      return completeSignIn(tx, user, { proof: 'set-up', origin, clientId });
    });
    return { ...(await issueTokens(grant)), proven: { userId: grant.user.id, changedAt: at } };
  };
}
