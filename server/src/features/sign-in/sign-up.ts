import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { CreateAccount, NewAccount, PreparedAccount, SetupToken } from '../accounts/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { IssueTokens } from '../sessions/index.ts';
import { sourceOf, type Throttle } from '../throttle/index.ts';
import type { CompleteSignIn, SignedIn } from './complete-sign-in.ts';

export interface SignUpCommand {
  readonly account: NewAccount;
  /** Makes the account the first administrator. */
  readonly setupToken?: string;
  readonly origin: RequestOrigin;
  readonly clientId: string;
}

/** @throws validationFailed, emailTaken, usernameTaken, invalidSetupToken, tooManyAttempts, overloaded */
export type SignUp = (command: SignUpCommand) => Promise<SignedIn>;

/** Makes an account and signs it in: both or neither. */
export function createSignUp(deps: {
  db: Database;
  clock: Clock;
  createAccount: CreateAccount;
  passwords: Passwords;
  setupToken: SetupToken;
  throttle: Throttle;
  completeSignIn: CompleteSignIn;
  issueTokens: IssueTokens;
}): SignUp {
  const { db, clock, createAccount, passwords, throttle, completeSignIn, issueTokens } = deps;

  /** The place comes first, so that what is refused for want of a core is not counted; it is left before anything is written. */
  const prepare = async (account: NewAccount, source: string): Promise<PreparedAccount> => {
    using place = passwords.takePlace({ source, known: false });
    await throttle.charge([{ kind: 'signup', of: [source] }]);
    return await createAccount.prepare(account, place);
  };

  return async ({ account, setupToken, origin, clientId }) => {
    const prepared = await prepare(account, sourceOf(origin.ip));
    const at = clock.now();
    const grant = await db.transact(async (tx) => {
      const admin = setupToken !== undefined;
      if (admin) await deps.setupToken.consume(tx, setupToken);
      const how = admin ? 'set-up' : 'sign-up';
      const user = await createAccount.insert(tx, prepared, { admin, how, at, ip: origin.ip });
      return completeSignIn(tx, user, { proof: how, origin, clientId });
    });
    return { ...(await issueTokens(grant)), proven: { userId: grant.user.id, changedAt: at } };
  };
}
