/**
 * Owns: passwords: their policy, their hashes, the proof that somebody knows one.
 * Tables: passwords.
 * Specifications: NIST SP 800-63B-4 §3.1.1 (policy), RFC 9106 (argon2), OWASP Password Storage.
 */
import type { Database } from '../../db/database.ts';
import type { BreachedPasswords } from '../../kernel/breached-passwords.ts';
import type { Hasher } from '../../kernel/hasher.ts';
import { createPasswordsHolding } from './personal-data.ts';
import type { PasswordLimits } from './policy.ts';
import { createPreparePassword, type PreparePassword } from './prepare-password.ts';
import { passwordsStore } from './store.sql.ts';
import type { PasswordsStore } from './store.ts';
import {
  createVerifyPassword,
  createVerifyPasswordOf,
  type VerifyPassword,
  type VerifyPasswordOf,
} from './verify-password.ts';

export { passwordSettings } from './config.ts';
export { isSamePassword } from './policy.ts';
export { passwordRoutes } from './routes.ts';
export { PasswordText } from './schemas.ts';
export type { PasswordsStore } from './store.ts';
export { type ProvenPassword, wasNotLookedAt } from './verify-password.ts';

export const passwordsHolding = createPasswordsHolding(passwordsStore);

export interface Passwords {
  readonly prepare: PreparePassword;
  readonly verify: VerifyPassword;
  readonly verifyOf: VerifyPasswordOf;
  readonly store: PasswordsStore;
  /** What new passwords are measured by. */
  readonly limits: PasswordLimits;
  readonly checksBreaches: boolean;
}

export function createPasswords(deps: {
  db: Database;
  hasher: Hasher;
  breachedPasswords: BreachedPasswords | undefined;
  limits: PasswordLimits;
}): Passwords {
  const parts = { ...deps, store: passwordsStore };
  return {
    prepare: createPreparePassword(parts),
    verify: createVerifyPassword(parts),
    verifyOf: createVerifyPasswordOf(parts),
    store: passwordsStore,
    limits: deps.limits,
    checksBreaches: deps.breachedPasswords !== undefined,
  };
}
