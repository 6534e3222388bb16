import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import { invalidOneTimeToken, type LiveToken, type OneTimeCodes } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import type { IssueTokens } from '../sessions/index.ts';
import { sourceOf } from '../throttle/index.ts';
import { foldEmail, isActive, type User, type UsersStore } from '../users/index.ts';
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

/** Of the field that faults are told of. */
const pointer = '/new_password';

export function createAcceptInvitation(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  passwords: Passwords;
  oneTimeCodes: OneTimeCodes;
  completeSignIn: CompleteSignIn;
  issueTokens: IssueTokens;
}): AcceptInvitation {
  const { db, clock, audit, users, passwords, oneTimeCodes, completeSignIn, issueTokens } = deps;

  const assertInvited = (user: User | undefined, { emailKey }: LiveToken): User => {
    if (user === undefined || !isActive(user, clock.now())) throw invalidOneTimeToken();
    if (foldEmail(user.email) !== emailKey) throw invalidOneTimeToken();
    return user;
  };

  /** The place comes first, so that what is refused for want of a core has cost nothing; it is left before anything is written. */
  const prepare = async ({ token, newPassword, origin }: AcceptInvitationCommand) => {
    using place = passwords.takePlace({ source: sourceOf(origin.ip), known: false });
    const found = await oneTimeCodes.find('accept-invitation', { token }, origin.ip);
    const user = assertInvited(found.user && (await users.find(db, found.user)), found);
    const errors = passwords.prepare.check(newPassword, user, pointer);
    if (errors.length === 0) errors.push(...(await passwords.prepare.checkBreaches(newPassword, pointer)));
    if (errors.length > 0) throw validationFailed({ errors });
    return { found, id: user.id, hash: await passwords.prepare.hash(newPassword, place) };
  };

  /** Looks once more: whoever has set a password or another address meanwhile was faster. */
  const join = async (tx: Tx, { found, id, hash }: Awaited<ReturnType<typeof prepare>>, ip: string) => {
    const at = clock.now();
    assertInvited(await users.lockActive(tx, id, at), found);
    if ((await passwords.store.findOf(tx, id))?.hash !== undefined) throw invalidOneTimeToken();
    await oneTimeCodes.use(tx, found);
    await oneTimeCodes.revoke(tx, id);
    await passwords.store.add(tx, id, hash, at);
    await users.markVerified(tx, id, found.emailKey, at);
    await audit.record(tx, { event: 'invitation.accepted', actor: { userId: id }, subject: id, ip });
    return { userId: id, changedAt: at };
  };

  return async (command) => {
    const { origin, clientId } = command;
    const prepared = await prepare(command);
    const { grant, proven } = await db.transact(async (tx) => {
      const proven = await join(tx, prepared, origin.ip);
      return { proven, grant: await completeSignIn(tx, prepared.id, { proof: 'invitation', origin, clientId }) };
    });
    return { ...(await issueTokens(grant)), proven };
  };
}
