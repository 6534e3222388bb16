import type { Database, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import { nobody, type UserId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { CreateAccount, PreparedAccount } from '../accounts/index.ts';
import { invalidOneTimeToken, type LiveToken, type OneTimeCodes } from '../one-time-codes/index.ts';
import type { Charged, Throttle } from '../throttle/index.ts';
import type { ChoosePassword } from './choose-password.ts';
import { proofOfAccountNeeded } from './errors.ts';
import { assertNotBoth, type PasswordsGiven } from './policy.ts';
import type { ProvePassword } from './prove-password.ts';
import type { PendingSignUp, PendingSignUpsStore } from './store.ts';

/** A sign-up that was proven, so that only rows remain to be written. */
export interface ProvenSignUp {
  readonly token: LiveToken;
  readonly account: PreparedAccount;
  readonly locale: string | undefined;
  /** To be forgiven when the account is made. */
  readonly charged: Charged | undefined;
}

/**
 * Completes a sign-up by the token that was sent. Somebody else may have begun it with this address, so that the token alone makes no
 * account: whoever does not know the password that was chosen then chooses one.
 *
 * Two steps, because hashing must not happen inside a transaction.
 */
export interface FinishSignUp {
  /**
   * @throws invalidOneTimeToken, proofOfAccountNeeded, currentPasswordWrong, validationFailed, tooManyAttempts, overloaded; the token is
   * then as good as before
   */
  prove(token: string, given: PasswordsGiven, origin: RequestOrigin): Promise<ProvenSignUp>;
  /**
   * Makes the account, of many at once one. When a name was taken meanwhile the token is as good as before.
   *
   * @throws invalidOneTimeToken, emailTaken, usernameTaken
   */
  insert(tx: Tx, proven: ProvenSignUp, options: { at: Instant; ip: string }): Promise<UserId>;
}

export function createFinishSignUp(deps: {
  db: Database;
  throttle: Throttle;
  createAccount: CreateAccount;
  oneTimeCodes: OneTimeCodes;
  choosePassword: ChoosePassword;
  provePassword: ProvePassword;
  pendingSignUps: PendingSignUpsStore;
}): FinishSignUp {
  const { db, throttle, createAccount, oneTimeCodes, choosePassword, provePassword, pendingSignUps } = deps;

  const checkChosen = async (password: string, { emailKey }: LiveToken, hash: string, ip: string) => {
    // There is no account yet.
    const found = { userId: nobody, hash, changedAt: 0, active: true };
    const attempt = { password, emailKey, user: undefined, ip, event: 'user.created' } as const;
    const { charged } = await provePassword({ ...attempt, atHand: { found, work: hash } });
    return { passwordHash: hash, charged };
  };

  const settle = async (token: LiveToken, pending: PendingSignUp, given: PasswordsGiven, ip: string) => {
    const { password, newPassword } = given;
    if (password !== undefined) return checkChosen(password, token, pending.passwordHash, ip);
    if (newPassword === undefined) throw proofOfAccountNeeded();
    const names = { username: pending.username, email: token.email };
    return { passwordHash: await choosePassword(newPassword, names, { token, ip }), charged: undefined };
  };

  return {
    async prove(text, given, { ip }) {
      assertNotBoth(given);
      const token = await oneTimeCodes.find('complete-sign-up', { token: text }, ip);
      const pending = await pendingSignUps.find(db, token.id);
      if (pending === undefined) throw invalidOneTimeToken();
      const { passwordHash, charged } = await settle(token, pending, given, ip);
      const account = { username: pending.username, email: token.email, passwordHash };
      return { token, account, locale: pending.locale, charged };
    },

    async insert(tx, { token, account, locale, charged }, { at, ip }) {
      await oneTimeCodes.use(tx, token);
      await pendingSignUps.remove(tx, token.id);
      const how = { admin: false, how: 'sign-up', verified: true, locale, at, ip };
      const user = await createAccount.insert(tx, account, how);
      if (charged !== undefined) await throttle.forgive(tx, charged);
      return user;
    },
  };
}
