/**
 * Owns: how accounts begin, change and end: creation, names, passwords, disabling, soft deletion, restoring, the first administrator.
 * Tables: setup_tokens.
 * Specifications: ASVS 5.0 6.2.2, 6.2.3 and 7.4.3 (changing a password), 6.3.2 (no default accounts), 7.4.2 (disabling ends sessions).
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import type { Audit } from '../audit/index.ts';
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
import { createLockYourself } from './lock-yourself.ts';
import { createRenameUser, type RenameUser } from './rename-user.ts';
import { createRenameYourself, type RenameYourself } from './rename-yourself.ts';
import { createRestoreAccount, type RestoreAccount } from './restore-account.ts';
import { createSetPassword, type SetPassword } from './set-password.ts';
import { createSetupToken, type SetupToken } from './setup-token.ts';
import { setupTokensStore } from './store.sql.ts';
import { createWithCurrentPassword } from './with-current-password.ts';

export { accountAdminRoutes } from './admin-routes.ts';
export { accountSettings } from './config.ts';
export type { CreateAccount, NewAccount, PreparedAccount } from './create-account.ts';
export { currentPasswordWrong, invalidSetupToken } from './errors.ts';
export { ownAccountRoutes } from './own-routes.ts';
export { accountRoutes } from './routes.ts';
export { type SetupToken, setupTokenMinutes } from './setup-token.ts';

export interface Accounts {
  readonly create: CreateAccount;
  readonly createUser: CreateUser;
  readonly renameUser: RenameUser;
  readonly renameYourself: RenameYourself;
  readonly delete: DeleteAccount;
  readonly disabling: DisableAccount;
  readonly restore: RestoreAccount;
  readonly changePassword: ChangePassword;
  readonly setPassword: SetPassword;
  readonly setupToken: SetupToken;
  readonly ensureFirstAdmin: EnsureFirstAdmin;
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
  sessions: SessionsStore;
  endSessions: EndSessions;
  oneTimeCodes: OneTimeCodes;
}): Accounts {
  const createAccount = createCreateAccount(deps);
  const yourself = {
    ...deps,
    lockYourself: createLockYourself(deps),
    withCurrentPassword: createWithCurrentPassword(deps),
  };
  return {
    create: createAccount,
    createUser: createCreateUser({ ...deps, createAccount }),
    renameUser: createRenameUser(deps),
    renameYourself: createRenameYourself(yourself),
    delete: createDeleteAccount(deps),
    disabling: createDisableAccount(deps),
    restore: createRestoreAccount(deps),
    changePassword: createChangePassword(yourself),
    setPassword: createSetPassword(deps),
    setupToken: createSetupToken({ ...deps, store: setupTokensStore }),
    ensureFirstAdmin: createEnsureFirstAdmin({ ...deps, createAccount }),
    forgetRunOut: createForgetRunOut(deps),
  };
}
