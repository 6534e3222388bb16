import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import { type Authority, isThemselves } from '../roles/index.ts';
import { foldEmail, type UsersStore, userNotFound } from '../users/index.ts';
import { ownNames } from './errors.ts';
import type { IsUsed } from './is-used.ts';
import { assertGoodNames, type NewNames, type Rename } from './rename.ts';
import type { TellOfNewEmail } from './tell-of-new-email.ts';

export interface RenameUserCommand extends NewNames {
  readonly id: UserId;
  /** Says that the address which the user then has is theirs. */
  readonly verified?: true | undefined;
  /** Who asks, with `users:write`; `undefined` is the operator at the CLI. */
  readonly by: Actor | undefined;
  readonly ip?: string;
}

/**
 * Changes the names of a user, or vouches for their address, as an administrator. Their sessions go on: they are still the same person.
 * The record says which names changed, and not from what to what, since it is for ever. Both addresses are told of another one, unless the
 * account was never used: then the former one may be a mistake in an invitation, and its reader is nobody to us. It may be a
 * rescue: of several ways back that are open only the first stays, which whoever has taken the account over since cannot have opened for
 * themselves.
 *
 * @throws validationFailed, lackingPermission, userNotFound, userHoldsMore, ownNames, emailTaken, usernameTaken
 */
export type RenameUser = (command: RenameUserCommand) => Promise<void>;

export function createRenameUser(deps: {
  db: Database;
  audit: Audit;
  clock: Clock;
  users: UsersStore;
  authority: Authority;
  oneTimeCodes: OneTimeCodes;
  isUsed: IsUsed;
  rename: Rename;
  tellOfNewEmail: TellOfNewEmail;
}): RenameUser {
  const { db, audit, clock, users, authority, oneTimeCodes, isUsed, rename, tellOfNewEmail } = deps;

  const verify = async (tx: Tx, { id, by, ip }: RenameUserCommand, email: string) => {
    if (!(await users.markVerified(tx, id, foldEmail(email), clock.now()))) return;
    await oneTimeCodes.revoke(tx, id, ['verify-email']);
    await audit.record(tx, { event: 'email.verified', actor: by, subject: id, ip, reason: 'vouched-for' });
  };

  return async (command) => {
    const { id, by, ip, verified, ...names } = command;
    assertGoodNames(names);
    return db.transact(async (tx) => {
      await authority.assertHolds(tx, by, 'users:write');
      const user = await users.lock(tx, id);
      if (user === undefined) throw userNotFound();
      // One's own names want the current password: else a stolen access token of an administrator could set them.
      if (isThemselves(by, id)) throw ownNames();
      await authority.assertReaches(tx, by, id);
      const changed = await rename(tx, user, names);
      const event = { event: 'user.renamed', actor: by, subject: id, ip, object: changed.join(' ') } as const;
      if (changed.length > 0) await audit.record(tx, event);
      const { email = user.email } = names;
      if (changed.includes('email')) {
        await oneTimeCodes.revokeLaterWaysBack(tx, id);
        if (await isUsed(tx, user)) await tellOfNewEmail(tx, { user, email, proven: false });
      }
      if (verified) await verify(tx, command, email);
    });
  };
}
