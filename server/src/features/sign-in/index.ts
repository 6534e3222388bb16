/**
 * Owns: the ways in. Each proves who somebody is, and all end in complete-sign-in.ts.
 * Tables: none.
 * Specifications: OWASP Authentication (one answer for every failure), ASVS 5.0 V6.
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Accounts } from '../accounts/index.ts';
import type { Audit } from '../audit/index.ts';
import type { EmailFlows, RequireVerifiedEmail } from '../email-flows/index.ts';
import type { Notices } from '../notices/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { Sessions } from '../sessions/index.ts';
import type { Throttle } from '../throttle/index.ts';
import type { UsersStore } from '../users/index.ts';
import { type AcceptInvitation, createAcceptInvitation } from './accept-invitation.ts';
import { type AskSignInMail, createAskSignInMail } from './ask-sign-in-mail.ts';
import { createCompleteSignIn } from './complete-sign-in.ts';
import { type CompleteSignUp, createCompleteSignUp } from './complete-sign-up.ts';
import { createLogIn, type LogIn } from './log-in.ts';
import { createLogInByEmail, type LogInByEmail } from './log-in-by-email.ts';
import { createPrepareAccount } from './prepare-account.ts';
import { createSetUp, type SetUp } from './set-up.ts';
import { createShowLinkAccount, type ShowLinkAccount } from './show-link-account.ts';
import { createSignUp, type SignUp } from './sign-up.ts';

export { signInSettings } from './config.ts';
export { emailNotVerified, invalidCredentials } from './errors.ts';
export type { LogIn } from './log-in.ts';
export { signInRoutes } from './routes.ts';

export interface SignIn {
  readonly logIn: LogIn;
  readonly signUp: SignUp;
  readonly acceptInvitation: AcceptInvitation;
  readonly completeSignUp: CompleteSignUp;
  readonly setUp: SetUp;
  readonly askSignInMail: AskSignInMail;
  readonly logInByEmail: LogInByEmail;
  readonly showLinkAccount: ShowLinkAccount;
}

export function createSignIn(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  notices: Notices;
  passwords: Passwords;
  sessions: Sessions;
  accounts: Accounts;
  throttle: Throttle;
  oneTimeCodes: OneTimeCodes;
  emailFlows: EmailFlows;
  settings: { readonly byEmail: boolean; readonly requireVerifiedEmail: RequireVerifiedEmail };
}): SignIn {
  const { create: createAccount, setupToken } = deps.accounts;
  const { byEmail, requireVerifiedEmail } = deps.settings;
  const parts = {
    ...deps,
    ...deps.emailFlows,
    byEmail,
    requireVerifiedEmail,
    createAccount,
    setupToken,
    prepareAccount: createPrepareAccount({ ...deps, createAccount }),
    completeSignIn: createCompleteSignIn({ ...deps, requireVerifiedEmail, startSession: deps.sessions.start }),
    issueTokens: deps.sessions.issueTokens,
  };
  return {
    logIn: createLogIn(parts),
    signUp: createSignUp(parts),
    acceptInvitation: createAcceptInvitation(parts),
    completeSignUp: createCompleteSignUp(parts),
    setUp: createSetUp(parts),
    askSignInMail: createAskSignInMail(parts),
    logInByEmail: createLogInByEmail(parts),
    showLinkAccount: createShowLinkAccount(parts),
  };
}
