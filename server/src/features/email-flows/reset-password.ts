import type { Database, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import { countersOfProven, type PasswordVersion, type Throttle } from '../throttle/index.ts';
import { foldEmail, type User } from '../users/index.ts';
import type { ChoosePassword } from './choose-password.ts';
import type { EndAccess } from './end-access.ts';
import type { FindOwner } from './find-owner.ts';
import type { LockOwner } from './lock-owner.ts';
import type { TakeOverAccount } from './take-over-account.ts';

export interface ResetPasswordCommand {
  readonly token: string;
  readonly newPassword: string;
  readonly origin: RequestOrigin;
}

/**
 * Sets a new password for whoever reads the mail of the account, and ends all its sessions: whoever was in is out. Nobody is signed in. A
 * password that the policy refuses costs nothing: the token is good for another.
 *
 * @returns the new password, as the one that this browser has proven
 * @throws invalidOneTimeToken, validationFailed, tooManyAttempts, overloaded
 */
export type ResetPassword = (command: ResetPasswordCommand) => Promise<PasswordVersion>;

export function createResetPassword(deps: {
  db: Database;
  audit: Audit;
  throttle: Throttle;
  oneTimeCodes: OneTimeCodes;
  endAccess: EndAccess;
  findOwner: FindOwner;
  lockOwner: LockOwner;
  choosePassword: ChoosePassword;
  takeOverAccount: TakeOverAccount;
}): ResetPassword {
  const { db, audit, throttle, oneTimeCodes, endAccess, findOwner, lockOwner, choosePassword, takeOverAccount } = deps;

  const throwOut = (tx: Tx, user: User, passwordHash: string, origin: RequestOrigin): Promise<Instant> => {
    const whom = { user, passwordHash, origin } as const;
    return user.emailVerifiedAt === undefined
      ? takeOverAccount.replacingPassword(tx, { ...whom, proof: 'reset-password' })
      : endAccess.replacingPassword(tx, { ...whom, reason: 'password-reset', kept: ['api-keys', 'ways-back'] });
  };

  return async ({ token: text, newPassword, origin }) => {
    const { ip } = origin;
    const token = await oneTimeCodes.find('reset-password', { token: text }, ip);
    const asFound = await findOwner(token);
    const passwordHash = await choosePassword(newPassword, asFound, { token, ip });
    return db.transact(async (tx) => {
      const user = await lockOwner(tx, token);
      await oneTimeCodes.use(tx, token);
      await audit.record(tx, { event: 'password.reset', actor: { userId: user.id }, subject: user.id, ip });
      const changedAt = await throwOut(tx, user, passwordHash, origin);
      // As after a login from here: their own mistakes with the forgotten password are forgiven, those of others are not.
      const counters = countersOfProven({ name: foldEmail(user.email), account: user.id, ip });
      await throttle.forgive(tx, { counters, heard: true });
      return { userId: user.id, changedAt };
    });
  };
}
