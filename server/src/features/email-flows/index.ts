/**
 * Owns: what a mail proves, and what follows from it.
 * Tables: pending_sign_ups.
 * Specifications: OWASP Forgot Password, NIST SP 800-63B-4 §3.1.3 and §4.2 (recovery), ASVS 5.0 6.4 and 6.6.
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Accounts } from '../accounts/index.ts';
import type { RevokeApiKeys } from '../api-keys/index.ts';
import type { Audit } from '../audit/index.ts';
import type { MailOffice } from '../mail/index.ts';
import type { Notices } from '../notices/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { Authority } from '../roles/index.ts';
import type { EndSessions, Sessions } from '../sessions/index.ts';
import type { Throttle } from '../throttle/index.ts';
import type { UsersStore } from '../users/index.ts';
import { type AskEmailChange, createAskEmailChange } from './ask-email-change.ts';
import { type AskProof, createAskProof } from './ask-proof.ts';
import { type BeginSignUp, createBeginSignUp } from './begin-sign-up.ts';
import { type ChargeMail, createChargeMail, createPassMail, type PassMail } from './charge-mail.ts';
import { type ChoosePassword, createChoosePassword } from './choose-password.ts';
import { type ConfirmEmailChange, createConfirmEmailChange } from './confirm-email-change.ts';
import { createEndAccess, type EndAccess } from './end-access.ts';
import { createFindOwner, type FindOwner } from './find-owner.ts';
import { createFinishSignUp, type FinishSignUp } from './finish-sign-up.ts';
import { createLockOwner, type LockOwner } from './lock-owner.ts';
import { createPostProof, type PostProof } from './post-proof.ts';
import { createProveAccount } from './prove-account.ts';
import { createProvePassword } from './prove-password.ts';
import { createResetPassword, type ResetPassword } from './reset-password.ts';
import { createStartReset, type StartReset } from './start-reset.ts';
import { pendingSignUpsStore as pendingSignUps } from './store.sql.ts';
import { createTakeOverAccount, type TakeOverAccount } from './take-over-account.ts';
import { createUndoEmailChange, type UndoEmailChange } from './undo-email-change.ts';
import { createVerifyEmail, type VerifyEmail } from './verify-email.ts';

export { askMailRoute, toActiveAccount } from './ask-mail-routes.ts';
export type { AskProof } from './ask-proof.ts';
export type { BeginSignUp } from './begin-sign-up.ts';
export { emailChangeRoutes } from './change-routes.ts';
export { type ChargeMail, mailCounters, type PassMail } from './charge-mail.ts';
export type { ChoosePassword } from './choose-password.ts';
export { emailFlowSettings, type RequireVerifiedEmail } from './config.ts';
export type { EndAccess } from './end-access.ts';
export { proofOfAccountNeeded } from './errors.ts';
export type { FindOwner } from './find-owner.ts';
export type { FinishSignUp } from './finish-sign-up.ts';
export type { LockOwner } from './lock-owner.ts';
export type { PasswordsGiven } from './policy.ts';
export type { PostProof } from './post-proof.ts';
export { passwordResetRoutes } from './reset-routes.ts';
export { emailFlowRoutes } from './routes.ts';
export { ChoosePasswordBody, LinkAndPasswordBody, LinkBody, TokenText } from './schemas.ts';
export type { TakeOverAccount } from './take-over-account.ts';

export interface EmailFlows {
  readonly chargeMail: ChargeMail;
  readonly findOwner: FindOwner;
  readonly passMail: PassMail;
  readonly endAccess: EndAccess;
  readonly lockOwner: LockOwner;
  readonly takeOverAccount: TakeOverAccount;
  readonly choosePassword: ChoosePassword;
  readonly postProof: PostProof;
  readonly askProof: AskProof;
  readonly resetPassword: ResetPassword;
  readonly startReset: StartReset;
  readonly verifyEmail: VerifyEmail;
  readonly beginSignUp: BeginSignUp;
  readonly finishSignUp: FinishSignUp;
  readonly askEmailChange: AskEmailChange;
  readonly confirmEmailChange: ConfirmEmailChange;
  readonly undoEmailChange: UndoEmailChange;
}

/** What every flow stands on. */
export interface EmailFlowsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly users: UsersStore;
  readonly authority: Authority;
  readonly mail: MailOffice;
  readonly notices: Notices;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  readonly oneTimeCodes: OneTimeCodes;
  readonly sessions: Sessions;
  readonly endSessions: EndSessions;
  readonly apiKeys: { readonly revoke: RevokeApiKeys };
  readonly accounts: Accounts;
}

export function createEmailFlows(deps: EmailFlowsDeps): EmailFlows {
  const endAccess = createEndAccess(deps);
  const provePassword = createProvePassword(deps);
  const parts = {
    ...deps,
    endAccess,
    createAccount: deps.accounts.create,
    pendingSignUps,
    chargeMail: createChargeMail(deps),
    findOwner: createFindOwner(deps),
    lockOwner: createLockOwner(deps),
    takeOverAccount: createTakeOverAccount({ ...deps, endAccess }),
    postProof: createPostProof(deps),
    choosePassword: createChoosePassword(deps),
    provePassword,
    proveAccount: createProveAccount({ ...deps, provePassword }),
  };
  return {
    chargeMail: parts.chargeMail,
    findOwner: parts.findOwner,
    passMail: createPassMail(deps),
    endAccess,
    lockOwner: parts.lockOwner,
    takeOverAccount: parts.takeOverAccount,
    postProof: parts.postProof,
    askProof: createAskProof(parts),
    resetPassword: createResetPassword(parts),
    startReset: createStartReset(parts),
    verifyEmail: createVerifyEmail(parts),
    beginSignUp: createBeginSignUp(parts),
    finishSignUp: createFinishSignUp(parts),
    choosePassword: parts.choosePassword,
    askEmailChange: createAskEmailChange(parts),
    confirmEmailChange: createConfirmEmailChange(parts),
    undoEmailChange: createUndoEmailChange(parts),
  };
}
