import { validationFailed } from '../../kernel/invalid.ts';
import type { LiveToken } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import { sourceOf, type Throttle } from '../throttle/index.ts';

/** Of the field that faults are told of. */
const pointer = '/new_password';

/**
 * Judges and hashes a password that somebody chooses by way of a mail, in a turn of their own source. Never inside a transaction. A token
 * buys a limited number of looks at passwords, since each costs a core, or asks a service elsewhere.
 *
 * @returns its hash
 * @throws validationFailed at `/new_password`; tooManyAttempts, overloaded
 */
export type ChoosePassword = (
  password: string,
  names: { readonly username: string; readonly email: string },
  by: { readonly token: LiveToken; readonly ip: string },
) => Promise<string>;

export function createChoosePassword(deps: { passwords: Passwords; throttle: Throttle }): ChoosePassword {
  const { passwords, throttle } = deps;
  return async (password, names, { token, ip }) => {
    const faults = passwords.prepare.check(password, names, pointer);
    if (faults.length > 0) throw validationFailed({ errors: faults });
    using place = passwords.takePlace({ source: sourceOf(ip), known: true });
    await throttle.charge([{ kind: 'new-password', of: [token.id] }]);
    const breaches = await passwords.prepare.checkBreaches(password, pointer);
    if (breaches.length > 0) throw validationFailed({ errors: breaches });
    return await passwords.prepare.hash(password, place);
  };
}
