import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { SessionId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import { currentPasswordWrong } from '../accounts/index.ts';
import type { Audit } from '../audit/index.ts';
import { invalidOneTimeToken, type LiveToken, type OneTimeCodes } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { Sessions } from '../sessions/index.ts';
import type { Throttle } from '../throttle/index.ts';
import type { User, UsersStore } from '../users/index.ts';
import type { ChoosePassword } from './choose-password.ts';
import { proofOfAccountNeeded } from './errors.ts';
import type { FindOwner } from './find-owner.ts';
import type { LockOwner } from './lock-owner.ts';
import { assertNotBoth, type PasswordsGiven } from './policy.ts';
import type { ProvePassword } from './prove-password.ts';
import type { TakeOverAccount } from './take-over-account.ts';

/** With the password of the account, or with one for it from now on: whoever had it before is out. */
export interface VerifyEmailCommand extends PasswordsGiven {
  readonly token: string;
  /** A session of the account stands for its password. */
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  /** The device token that came with it. */
  readonly device?: string | undefined;
  readonly origin: RequestOrigin;
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
  passwords: Passwords;
  throttle: Throttle;
  sessions: Sessions;
  oneTimeCodes: OneTimeCodes;
  findOwner: FindOwner;
  lockOwner: LockOwner;
  choosePassword: ChoosePassword;
  provePassword: ProvePassword;
  takeOverAccount: TakeOverAccount;
}): VerifyEmail {
  const { db, clock, audit, users, passwords, throttle, sessions, oneTimeCodes } = deps;
  const { findOwner, lockOwner, choosePassword, provePassword, takeOverAccount } = deps;

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
      await takeOverAccount(tx, { user: await use(tx, token), passwordHash, proof: 'verify-email', origin });
    });
  };

  /** @param settle looks once more, inside the transaction, whether the proof still holds */
  const keepAll = (token: LiveToken, ip: string, reason: string, settle: (tx: Tx) => Promise<void>) =>
    db.transact(async (tx) => {
      const { id } = await use(tx, token);
      await settle(tx);
      if (!(await users.markVerified(tx, id, token.emailKey, clock.now()))) throw invalidOneTimeToken();
      await audit.record(tx, { event: 'email.verified', actor: { userId: id }, subject: id, ip, reason });
    });

  /** Only looks at the refresh token: it is neither used up nor taken for stolen. */
  const sessionOf = async ({ accessToken, refreshToken }: VerifyEmailCommand, user: User) => {
    if (accessToken !== undefined) {
      const person = await sessions.authenticate(accessToken, undefined);
      if (person.userId === user.id) return person.sessionId;
    }
    const active = refreshToken === undefined ? undefined : await sessions.introspect(refreshToken);
    return active?.kind === 'refresh' && active.user.id === user.id ? active.sessionId : undefined;
  };

  const bySession = (token: LiveToken, user: User, session: SessionId, ip: string) =>
    keepAll(token, ip, 'session', async (tx) => {
      const claim = { session, user: user.id, now: clock.now(), permission: undefined };
      if ((await sessions.store.authenticate(tx, claim)) === undefined) throw proofOfAccountNeeded();
    });

  const byPassword = async (command: VerifyEmailCommand, token: LiveToken, user: User, password: string) => {
    const [{ emailKey }, { device, origin }] = [token, command];
    const attempt = { password, emailKey, user: user.id, device, ip: origin.ip, event: 'email.verified' } as const;
    const { proven, charged } = await provePassword({ ...attempt, atHand: await passwords.find.of(user.id) });
    await keepAll(token, origin.ip, 'password', async (tx) => {
      if (!(await passwords.store.isCurrent(tx, proven))) throw currentPasswordWrong();
      await throttle.forgive(tx, charged);
    });
  };

  return async (command) => {
    const { password, newPassword, origin } = command;
    assertNotBoth(command);
    const token = await oneTimeCodes.find('verify-email', { token: command.token }, origin.ip);
    const user = assertWaiting(await findOwner(token));
    if (newPassword !== undefined) return takeOver(command, token, user, newPassword);
    const session = await sessionOf(command, user);
    if (session !== undefined) return bySession(token, user, session, origin.ip);
    if (password === undefined) throw proofOfAccountNeeded();
    return byPassword(command, token, user, password);
  };
}
