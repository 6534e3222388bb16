/**
 * Owns: how accounts begin, change and end: creation, names, passwords, disabling, soft deletion, restoring, the first administrator.
 * Tables: setup_tokens.
 * Specifications: ASVS 5.0 6.2.2, 6.2.3 and 7.4.3 (changing a password), 6.3.2 (no default accounts), 7.4.2 (disabling ends sessions).
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import type { Audit } from '../audit/index.ts';
import type { MailOffice } from '../mail/index.ts';
import type { Notices } from '../notices/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { Authority, RolesStore } from '../roles/index.ts';
import type { EndSessions, SessionsStore } from '../sessions/index.ts';
import type { Throttle } from '../throttle/index.ts';
import type { UsersStore } from '../users/index.ts';
import { type ChangePassword, createChangePassword } from './change-password.ts';
import { type CreateAccount, createCreateAccount } from './create-account.ts';
import { type CreateUser, createCreateUser } from './create-user.ts';
import { createDeleteAccount, type DeleteAccount } from './delete-account.ts';
import { createDisableAccount, type DisableAccount } from './disable-account.ts';
import { createEnsureFirstAdmin, type EnsureFirstAdmin } from './first-admin.ts';
import { createForgetRunOut } from './forget-run-out.ts';
import { createInviteUser, createSendInvitation, type InviteUser } from './invite-user.ts';
import { createIsUsed } from './is-used.ts';
import { createLockYourself, type LockYourself } from './lock-yourself.ts';
import { createRename, type Rename } from './rename.ts';
import { createRenameUser, type RenameUser } from './rename-user.ts';
import { createRenameYourself, type RenameYourself } from './rename-yourself.ts';
import { createRestoreAccount, type RestoreAccount } from './restore-account.ts';
import { createSetPassword, type SetPassword } from './set-password.ts';
import { createSetupToken, type SetupToken } from './setup-token.ts';
import { setupTokensStore } from './store.sql.ts';
import { createTellOfNewEmail, type TellOfNewEmail } from './tell-of-new-email.ts';
import { createWithCurrentPassword, type WithCurrentPassword } from './with-current-password.ts';

export { accountAdminRoutes } from './admin-routes.ts';
export { accountSettings } from './config.ts';
export type { CreateAccount, NewAccount, PreparedAccount } from './create-account.ts';
export { currentPasswordWrong, invalidSetupToken } from './errors.ts';
export { ownAccountRoutes } from './own-routes.ts';
export { assertGoodNames } from './rename.ts';
export { accountRoutes } from './routes.ts';
export { type SetupToken, setupTokenMinutes } from './setup-token.ts';
export type { CurrentPasswordCommand, CurrentPasswordProof } from './with-current-password.ts';

export interface Accounts {
  readonly create: CreateAccount;
  readonly createUser: CreateUser;
  readonly inviteUser: InviteUser;
  readonly renameUser: RenameUser;
  readonly renameYourself: RenameYourself;
  readonly delete: DeleteAccount;
  readonly disabling: DisableAccount;
  readonly restore: RestoreAccount;
  readonly changePassword: ChangePassword;
  readonly setPassword: SetPassword;
  readonly setupToken: SetupToken;
  readonly ensureFirstAdmin: EnsureFirstAdmin;
  /** For flows above, in the transactions of theirs. */
  readonly withCurrentPassword: WithCurrentPassword;
  readonly lockYourself: LockYourself;
  readonly rename: Rename;
  readonly tellOfNewEmail: TellOfNewEmail;
  /** Tidies up behind disabilities that have run out. To be called now and then. */
  readonly forgetRunOut: () => Promise<void>;
}

export function createAccounts(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  audit: Audit;
  passwords: Passwords;
  users: UsersStore;
  roles: RolesStore;
  authority: Authority;
  throttle: Throttle;
  mail: MailOffice;
  notices: Notices;
  oneTimeCodes: OneTimeCodes;
  sessions: SessionsStore;
  endSessions: EndSessions;
}): Accounts {
  const createAccount = createCreateAccount(deps);
  const parts = {
    ...deps,
    createAccount,
    isUsed: createIsUsed(deps),
    rename: createRename(deps),
    tellOfNewEmail: createTellOfNewEmail(deps),
    sendInvitation: createSendInvitation(deps),
  };
  const yourself = {
    ...parts,
    lockYourself: createLockYourself(deps),
    withCurrentPassword: createWithCurrentPassword(deps),
  };
  return {
    create: createAccount,
    createUser: createCreateUser(parts),
    inviteUser: createInviteUser(parts),
    renameUser: createRenameUser(parts),
    renameYourself: createRenameYourself(yourself),
    delete: createDeleteAccount(deps),
    disabling: createDisableAccount(deps),
    restore: createRestoreAccount(deps),
    changePassword: createChangePassword(yourself),
    setPassword: createSetPassword(deps),
    setupToken: createSetupToken({ ...deps, store: setupTokensStore }),
    ensureFirstAdmin: createEnsureFirstAdmin({ ...deps, createAccount }),
    withCurrentPassword: yourself.withCurrentPassword,
    lockYourself: yourself.lockYourself,
    rename: parts.rename,
    tellOfNewEmail: parts.tellOfNewEmail,
    forgetRunOut: createForgetRunOut(deps),
  };
}
