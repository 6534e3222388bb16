/**
 * Owns: the ways in. Each proves who somebody is, and all end in complete-sign-in.ts.
 * Tables: none.
 * Specifications: OWASP Authentication (one answer for every failure), ASVS 5.0 V6.
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Accounts } from '../accounts/index.ts';
import type { Audit } from '../audit/index.ts';
import type { Notices } from '../notices/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { Sessions } from '../sessions/index.ts';
import type { Throttle } from '../throttle/index.ts';
import type { UsersStore } from '../users/index.ts';
import { type AcceptInvitation, createAcceptInvitation } from './accept-invitation.ts';
import { createCompleteSignIn } from './complete-sign-in.ts';
import { createLogIn, type LogIn } from './log-in.ts';
import { createSignUp, type SignUp } from './sign-up.ts';

export { invalidCredentials } from './errors.ts';
export type { LogIn } from './log-in.ts';
export { signInRoutes } from './routes.ts';

export interface SignIn {
  readonly logIn: LogIn;
  readonly signUp: SignUp;
  readonly acceptInvitation: AcceptInvitation;
}

export function createSignIn(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  notices: Notices;
  oneTimeCodes: OneTimeCodes;
  passwords: Passwords;
  sessions: Sessions;
  accounts: Accounts;
  throttle: Throttle;
}): SignIn {
  const completeSignIn = createCompleteSignIn({ ...deps, startSession: deps.sessions.start });
  const { issueTokens } = deps.sessions;
  const { create: createAccount, setupToken } = deps.accounts;
  return {
    logIn: createLogIn({ ...deps, completeSignIn, issueTokens }),
    signUp: createSignUp({ ...deps, createAccount, setupToken, completeSignIn, issueTokens }),
    acceptInvitation: createAcceptInvitation({ ...deps, completeSignIn, issueTokens }),
  };
}
