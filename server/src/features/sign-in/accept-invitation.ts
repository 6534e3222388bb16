import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import type { ChoosePassword, EndAccess, FindOwner, LockOwner } from '../email-flows/index.ts';
import { invalidOneTimeToken, type OneTimeCodes } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { IssueTokens } from '../sessions/index.ts';
import type { UsersStore } from '../users/index.ts';
import type { CompleteSignIn, SignedIn } from './complete-sign-in.ts';

export interface AcceptInvitationCommand {
  readonly token: string;
  readonly newPassword: string;
  readonly origin: RequestOrigin;
  readonly clientId: string;
}

/**
 * Makes an account that was made for somebody theirs: the token shows that the address is, the password is their own from the beginning.
 * Signs them in: all of it or nothing.
 *
 * @throws invalidOneTimeToken, also where the account has got a password or another address meanwhile, or is not let in; validationFailed,
 * and the token is then as good as before; tooManyAttempts, overloaded
 */
export type AcceptInvitation = (command: AcceptInvitationCommand) => Promise<SignedIn>;

export function createAcceptInvitation(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  passwords: Passwords;
  oneTimeCodes: OneTimeCodes;
  findOwner: FindOwner;
  lockOwner: LockOwner;
  choosePassword: ChoosePassword;
  endAccess: EndAccess;
  completeSignIn: CompleteSignIn;
  issueTokens: IssueTokens;
}): AcceptInvitation {
  const { db, clock, audit, users, passwords, oneTimeCodes } = deps;
  const { findOwner, lockOwner, choosePassword, endAccess, completeSignIn, issueTokens } = deps;

  const prepare = async ({ token: text, newPassword, origin: { ip } }: AcceptInvitationCommand) => {
    const token = await oneTimeCodes.find('accept-invitation', { token: text }, ip);
    return { token, hash: await choosePassword(newPassword, await findOwner(token), { token, ip }) };
  };

  /**
   * Hashing takes its time: whoever has set a password or another address meanwhile was faster. Somebody else may have come in by a mail to
   * an earlier address: all that they got in by dies.
   */
  const join = async (tx: Tx, { token, hash }: Awaited<ReturnType<typeof prepare>>, origin: RequestOrigin) => {
    const user = await lockOwner(tx, token);
    const { id } = user;
    if ((await passwords.store.findOf(tx, id))?.hash !== undefined) throw invalidOneTimeToken();
    await oneTimeCodes.use(tx, token);
    await users.markVerified(tx, id, token.emailKey, clock.now());
    await audit.record(tx, { event: 'invitation.accepted', actor: { userId: id }, subject: id, ip: origin.ip });
    const end = { user, passwordHash: hash, reason: 'account-taken-over', isTold: true, origin } as const;
    return { userId: id, changedAt: await endAccess.replacingPassword(tx, end) };
  };

  return async (command) => {
    const { origin, clientId } = command;
    const prepared = await prepare(command);
    const { grant, proven } = await db.transact(async (tx) => {
      const proven = await join(tx, prepared, origin);
      return { proven, grant: await completeSignIn(tx, proven.userId, { proof: 'invitation', origin, clientId }) };
    });
    return { ...(await issueTokens(grant)), proven };
  };
}
