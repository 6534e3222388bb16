import type { FieldError } from '../../kernel/errors.ts';
import type { Hasher } from '../../kernel/hasher.ts';
import { checkPassword, normalisePassword, type OwnNames, type PasswordLimits } from './policy.ts';

/** A password that somebody wants to have: what is against it, and its hash. */
export interface PreparePassword {
  /** What is wrong with it, as field errors of `/password`; empty when nothing is. */
  check(password: string, names: OwnNames): FieldError[];
  /** @returns its hash, to be stored @throws overloaded */
  hash(password: string): Promise<string>;
}

export function createPreparePassword(deps: { hasher: Hasher; limits: PasswordLimits }): PreparePassword {
  return {
    check: (password, names) =>
      checkPassword(password, deps.limits, names).map((detail) => ({ pointer: '/password', detail })),
    hash: (password) => deps.hasher.hash(normalisePassword(password)),
  };
}
