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
import type { EndSessions } from '../sessions/index.ts';
import type { Throttle } from '../throttle/index.ts';
import type { UsersStore } from '../users/index.ts';
import { type AskProof, createAskProof } from './ask-proof.ts';
import { type ChargeMail, createChargeMail } from './charge-mail.ts';
import { createLockOwner, type LockOwner } from './lock-owner.ts';
import { createPostProof } from './post-proof.ts';
import { createResetPassword, type ResetPassword } from './reset-password.ts';
import { createStartReset, type StartReset } from './start-reset.ts';
import { createTakeOverAccount, type TakeOverAccount } from './take-over-account.ts';

export type { AskProof } from './ask-proof.ts';
export type { LockOwner } from './lock-owner.ts';
export { passwordResetRoutes } from './reset-routes.ts';
export { AskMailBody, MailAskedReply, TokenText } from './schemas.ts';
export type { TakeOverAccount } from './take-over-account.ts';

export interface EmailFlows {
  readonly chargeMail: ChargeMail;
  readonly askProof: AskProof;
  readonly lockOwner: LockOwner;
  readonly resetPassword: ResetPassword;
  readonly startReset: StartReset;
  readonly takeOverAccount: TakeOverAccount;
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
  readonly endSessions: EndSessions;
  readonly apiKeys: { readonly revoke: RevokeApiKeys };
  readonly accounts: Accounts;
}

export function createEmailFlows(deps: EmailFlowsDeps): EmailFlows {
  const chargeMail = createChargeMail(deps);
  const lockOwner = createLockOwner(deps);
  const takeOverAccount = createTakeOverAccount(deps);
  const parts = { ...deps, chargeMail, lockOwner, takeOverAccount, postProof: createPostProof(deps) };
  return {
    chargeMail,
    lockOwner,
    takeOverAccount,
    askProof: createAskProof(parts),
    resetPassword: createResetPassword(parts),
    startReset: createStartReset(parts),
  };
}
