import { validationFailed } from '../../kernel/invalid.ts';
import type { Passwords } from '../passwords/index.ts';
import { sourceOf } from '../throttle/index.ts';

/** Of the field that faults are told of. */
const pointer = '/new_password';

/**
 * Judges and hashes a password that somebody chooses by way of a mail. Never inside a transaction.
 *
 * @returns its hash
 * @throws validationFailed at `/new_password`; overloaded
 */
export type ChoosePassword = (
  password: string,
  names: { readonly username: string; readonly email: string },
  ip: string,
) => Promise<string>;

export function createChoosePassword({ passwords }: { passwords: Passwords }): ChoosePassword {
  return async (password, names, ip) => {
    const errors = passwords.prepare.check(password, names, pointer);
    if (errors.length === 0) errors.push(...(await passwords.prepare.checkBreaches(password, pointer)));
    if (errors.length > 0) throw validationFailed({ errors });
    using place = passwords.takePlace({ source: sourceOf(ip), known: false });
    return await passwords.prepare.hash(password, place);
  };
}
