import type { CreateAccount, NewAccount, PreparedAccount } from '../accounts/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { Counter, Throttle } from '../throttle/index.ts';

/**
 * Counts that somebody makes an account, and does all the work of it that must not happen inside a transaction. The place comes first, so
 * that what is refused for want of a core is not counted; it is left before anything is written.
 *
 * @param counters besides that of sign-ups
 * @throws validationFailed, tooManyAttempts, overloaded
 */
export type PrepareAccount = (
  account: NewAccount,
  source: string,
  counters?: readonly Counter[],
) => Promise<PreparedAccount>;

export function createPrepareAccount(deps: {
  createAccount: CreateAccount;
  passwords: Passwords;
  throttle: Throttle;
}): PrepareAccount {
  const { createAccount, passwords, throttle } = deps;
  return async (account, source, counters = []) => {
    using place = passwords.takePlace({ source, known: false });
    await throttle.charge([{ kind: 'signup', of: [source] }, ...counters]);
    return await createAccount.prepare(account, place);
  };
}
