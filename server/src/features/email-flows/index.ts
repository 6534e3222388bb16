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
import type { EndSessions, SessionsStore } from '../sessions/index.ts';
import type { Throttle } from '../throttle/index.ts';
import type { UsersStore } from '../users/index.ts';
import { type AskEmailChange, createAskEmailChange } from './ask-email-change.ts';
import { type ChargeMail, createChargeMail } from './charge-mail.ts';
import { type ConfirmEmailChange, createConfirmEmailChange } from './confirm-email-change.ts';
import { createTakeOverAccount, type TakeOverAccount } from './take-over-account.ts';
import { createUndoEmailChange, type UndoEmailChange } from './undo-email-change.ts';

export { emailChangeRoutes } from './change-routes.ts';

export interface EmailFlows {
  readonly chargeMail: ChargeMail;
  readonly takeOverAccount: TakeOverAccount;
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
  readonly mail: MailOffice;
  readonly notices: Notices;
  readonly passwords: Passwords;
  readonly throttle: Throttle;
  readonly oneTimeCodes: OneTimeCodes;
  readonly sessions: SessionsStore;
  readonly endSessions: EndSessions;
  readonly apiKeys: { readonly revoke: RevokeApiKeys };
  readonly accounts: Accounts;
}

export function createEmailFlows(deps: EmailFlowsDeps): EmailFlows {
  const chargeMail = createChargeMail(deps);
  return {
    chargeMail,
    takeOverAccount: createTakeOverAccount(deps),
    askEmailChange: createAskEmailChange({ ...deps, chargeMail }),
    confirmEmailChange: createConfirmEmailChange(deps),
    undoEmailChange: createUndoEmailChange(deps),
  };
}
