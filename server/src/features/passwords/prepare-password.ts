import type { BreachedPasswords } from '../../kernel/breached-passwords.ts';
import type { FieldError } from '../../kernel/errors.ts';
import type { Hasher, Place } from '../../kernel/hasher.ts';
import { checkPassword, normalisePassword, type OwnNames, type PasswordLimits } from './policy.ts';

/** A password that somebody wants to have: what is against it, and its hash. */
export interface PreparePassword {
  /** What is wrong with it, as field errors at `pointer` (`/password` unless said); empty when nothing is. */
  check(password: string, names: OwnNames, pointer?: string): FieldError[];
  /**
   * What breaches elsewhere have against it, where that is asked for: worth asking only when `check` found nothing. Goes over the
   * network, so never inside a transaction.
   */
  checkBreaches(password: string, pointer?: string): Promise<FieldError[]>;
  /** What is wrong with a hash that another system made. */
  checkHash(hash: string): FieldError[];
  /** @returns such a hash as it is to be stored: what is weak is wrapped @throws overloaded */
  keepHash(hash: string): Promise<string>;
  /** @returns its hash, to be stored @throws overloaded */
  hash(password: string, place?: Place): Promise<string>;
}

const unusableHash =
  'This is no hash that can be verified: its format is unknown, it is broken, or it would cost too much.';

const breached = 'This password is known from a data breach. Choose one that you use nowhere else.';

export function createPreparePassword(deps: {
  hasher: Hasher;
  limits: PasswordLimits;
  breachedPasswords: BreachedPasswords | undefined;
}): PreparePassword {
  return {
    check: (password, names, pointer = '/password') =>
      checkPassword(password, deps.limits, names).map((detail) => ({ pointer, detail })),
    async checkBreaches(password, pointer = '/password') {
      const isBreached = await deps.breachedPasswords?.has(normalisePassword(password));
      return isBreached ? [{ pointer, detail: breached }] : [];
    },
    checkHash: (hash) => (deps.hasher.canVerify(hash) ? [] : [{ pointer: '/password', detail: unusableHash }]),
    keepHash: (hash) => deps.hasher.wrapIfWeak(hash),
    hash: (password, place) => deps.hasher.hash(normalisePassword(password), place),
  };
}
