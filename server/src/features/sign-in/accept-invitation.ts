import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import type { ChoosePassword, FindOwner, LockOwner } from '../email-flows/index.ts';
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
  completeSignIn: CompleteSignIn;
  issueTokens: IssueTokens;
}): AcceptInvitation {
  const { db, clock, audit, users, passwords, oneTimeCodes } = deps;
  const { findOwner, lockOwner, choosePassword, completeSignIn, issueTokens } = deps;

  const prepare = async ({ token: text, newPassword, origin: { ip } }: AcceptInvitationCommand) => {
    const token = await oneTimeCodes.find('accept-invitation', { token: text }, ip);
    return { token, hash: await choosePassword(newPassword, await findOwner(token), { token, ip }) };
  };

  /** Hashing takes its time: whoever has set a password or another address meanwhile was faster. */
  const join = async (tx: Tx, { token, hash }: Awaited<ReturnType<typeof prepare>>, ip: string) => {
    const { id } = await lockOwner(tx, token);
    if ((await passwords.store.findOf(tx, id))?.hash !== undefined) throw invalidOneTimeToken();
    await oneTimeCodes.use(tx, token);
    await oneTimeCodes.revoke(tx, id);
    const changedAt = clock.now();
    await passwords.store.add(tx, id, hash, changedAt);
    await users.markVerified(tx, id, token.emailKey, changedAt);
    await audit.record(tx, { event: 'invitation.accepted', actor: { userId: id }, subject: id, ip });
    return { userId: id, changedAt };
  };

  return async (command) => {
    const { origin, clientId } = command;
    const prepared = await prepare(command);
    const { grant, proven } = await db.transact(async (tx) => {
      const proven = await join(tx, prepared, origin.ip);
      return { proven, grant: await completeSignIn(tx, proven.userId, { proof: 'invitation', origin, clientId }) };
    });
    return { ...(await issueTokens(grant)), proven };
  };
}
