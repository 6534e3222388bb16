/**
 * Owns: how accounts begin and end: creation, soft deletion, restoring, the first administrator.
 * Tables: setup_tokens.
 * Specifications: ASVS 5.0 6.3.2 (no default accounts).
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import type { Audit } from '../audit/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { RolesStore } from '../roles/index.ts';
import type { SessionsStore } from '../sessions/index.ts';
import type { UsersStore } from '../users/index.ts';
import { type CreateAccount, createCreateAccount } from './create-account.ts';
import { createDeleteAccount, type DeleteAccount } from './delete-account.ts';
import { createEnsureFirstAdmin, type EnsureFirstAdmin } from './first-admin.ts';
import { createRestoreAccount, type RestoreAccount } from './restore-account.ts';
import { createSetupToken, type SetupToken } from './setup-token.ts';
import { setupTokensStore } from './store.sql.ts';

export { accountSettings } from './config.ts';
export type { CreateAccount, NewAccount } from './create-account.ts';
export { invalidSetupToken } from './errors.ts';
export { accountRoutes } from './routes.ts';
export { type SetupToken, setupTokenMinutes } from './setup-token.ts';

export interface Accounts {
  readonly create: CreateAccount;
  readonly delete: DeleteAccount;
  readonly restore: RestoreAccount;
  readonly setupToken: SetupToken;
  readonly ensureFirstAdmin: EnsureFirstAdmin;
}

export function createAccounts(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  audit: Audit;
  passwords: Passwords;
  users: UsersStore;
  roles: RolesStore;
  sessions: SessionsStore;
}): Accounts {
  const createAccount = createCreateAccount(deps);
  return {
    create: createAccount,
    delete: createDeleteAccount(deps),
    restore: createRestoreAccount(deps),
    setupToken: createSetupToken({ ...deps, store: setupTokensStore }),
    ensureFirstAdmin: createEnsureFirstAdmin({ ...deps, createAccount }),
  };
}
