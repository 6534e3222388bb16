/**
 * Owns: passwords: their policy, their hashes, the proof that somebody knows one.
 * Tables: passwords.
 * Specifications: NIST SP 800-63B-4 §3.1.1 (policy), RFC 9106 (argon2), OWASP Password Storage.
 */
import type { Database } from '../../db/database.ts';
import type { BreachedPasswords } from '../../kernel/breached-passwords.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Asker, Hasher, Place } from '../../kernel/hasher.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import { type AdmitCheck, createAdmitCheck } from './check-password.ts';
import { createFindPassword, type FindPassword } from './find-password.ts';
import { createFindStandIn } from './find-stand-in.ts';
import { createPasswordsHolding } from './personal-data.ts';
import type { PasswordLimits } from './policy.ts';
import { createPreparePassword, type PreparePassword } from './prepare-password.ts';
import { passwordsStore } from './store.sql.ts';
import type { PasswordsStore } from './store.ts';

export { type PasswordAtHand, type ProvenPassword, wasNotLookedAt } from './check-password.ts';
export { passwordSettings } from './config.ts';
export { isSamePassword } from './policy.ts';
export { passwordRoutes } from './routes.ts';
export { PasswordText } from './schemas.ts';
export type { PasswordsStore } from './store.ts';

export const passwordsHolding = createPasswordsHolding(passwordsStore);

export interface Passwords {
  readonly prepare: PreparePassword;
  readonly find: FindPassword;
  readonly admit: AdmitCheck;
  /** A place in which to hash a new password. @throws overloaded at once */
  takePlace(asker: Asker): Place;
  readonly store: PasswordsStore;
  /** What new passwords are measured by. */
  readonly limits: PasswordLimits;
  readonly checksBreaches: boolean;
}

export function createPasswords(deps: {
  db: Database;
  clock: Clock;
  secretKeys: SecretKeys;
  hasher: Hasher;
  breachedPasswords: BreachedPasswords | undefined;
  limits: PasswordLimits;
}): Passwords {
  const parts = { ...deps, store: passwordsStore };
  return {
    prepare: createPreparePassword(parts),
    find: createFindPassword({ ...parts, findStandIn: createFindStandIn(parts) }),
    admit: createAdmitCheck(deps),
    takePlace: (asker) => deps.hasher.admit(asker),
    store: passwordsStore,
    limits: deps.limits,
    checksBreaches: deps.breachedPasswords !== undefined,
  };
}
