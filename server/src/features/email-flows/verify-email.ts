import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Audit } from '../audit/index.ts';
import { invalidOneTimeToken, type LiveToken, type OneTimeCodes } from '../one-time-codes/index.ts';
import type { User, UsersStore } from '../users/index.ts';
import type { ChoosePassword } from './choose-password.ts';
import type { FindOwner } from './find-owner.ts';
import type { LockOwner } from './lock-owner.ts';
import { assertNotBoth, type PasswordsGiven } from './policy.ts';
import type { AccountProofs, ProveAccount, ProvenAccount } from './prove-account.ts';
import type { TakeOverAccount } from './take-over-account.ts';

/** With the password of the account, or with one for it from now on: whoever had it before is out. */
export interface VerifyEmailCommand extends PasswordsGiven, AccountProofs {
  readonly token: string;
}

/**
 * Verifies an address by the token that was sent there. The token shows whose the mail is, and not whose the account is: that is shown by
 * its password or a session, or else the account is taken over.
 *
 * @throws invalidOneTimeToken, proofOfAccountNeeded, currentPasswordWrong, invalidToken, validationFailed, tooManyAttempts, overloaded;
 * the token is then as good as before
 */
export type VerifyEmail = (command: VerifyEmailCommand) => Promise<void>;

export function createVerifyEmail(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  oneTimeCodes: OneTimeCodes;
  findOwner: FindOwner;
  lockOwner: LockOwner;
  choosePassword: ChoosePassword;
  proveAccount: ProveAccount;
  takeOverAccount: TakeOverAccount;
}): VerifyEmail {
  const { db, clock, audit, users, oneTimeCodes } = deps;
  const { findOwner, lockOwner, choosePassword, proveAccount, takeOverAccount } = deps;

  /** Where the address is verified already the token is as good as dead. */
  const assertWaiting = (user: User): User => {
    if (user.emailVerifiedAt !== undefined) throw invalidOneTimeToken();
    return user;
  };

  /** Looks once more: whatever was looked at before may have changed since. */
  const use = async (tx: Tx, token: LiveToken): Promise<User> => {
    const user = assertWaiting(await lockOwner(tx, token));
    await oneTimeCodes.use(tx, token);
    return user;
  };

  const takeOver = async ({ origin }: VerifyEmailCommand, token: LiveToken, user: User, newPassword: string) => {
    const passwordHash = await choosePassword(newPassword, user, { token, ip: origin.ip });
    await db.transact(async (tx) => {
      const owner = await use(tx, token);
      await takeOverAccount.replacingPassword(tx, { user: owner, passwordHash, proof: 'verify-email', origin });
    });
  };

  const keepAll = (token: LiveToken, { by: reason, settle }: ProvenAccount, ip: string) =>
    db.transact(async (tx) => {
      const { id } = await use(tx, token);
      await settle(tx);
      if (!(await users.markVerified(tx, id, token.emailKey, clock.now()))) throw invalidOneTimeToken();
      await audit.record(tx, { event: 'email.verified', actor: { userId: id }, subject: id, ip, reason });
    });

  return async (command) => {
    const { newPassword, origin } = command;
    assertNotBoth(command);
    const token = await oneTimeCodes.find('verify-email', { token: command.token }, origin.ip);
    const user = assertWaiting(await findOwner(token));
    if (newPassword !== undefined) return takeOver(command, token, user, newPassword);
    return keepAll(token, await proveAccount(user, command, 'email.verified'), origin.ip);
  };
}
