import type { Database } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import { type Authority, isThemselves } from '../roles/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import { ownNames } from './errors.ts';
import { assertGoodNames, type NewNames, rename } from './rename.ts';

export interface RenameUserCommand extends NewNames {
  readonly id: UserId;
  /** Who asks, with `users:write`; `undefined` is the operator at the CLI. */
  readonly by: Actor | undefined;
  readonly ip?: string;
}

/**
 * Changes the names of a user, as an administrator. Their sessions go on: they are still the same person. The record says which names
 * changed, and not from what to what, since it is for ever.
 *
 * @throws validationFailed, lackingPermission, userNotFound, userHoldsMore, ownNames, emailTaken, usernameTaken
 */
export type RenameUser = (command: RenameUserCommand) => Promise<void>;

export function createRenameUser(deps: {
  db: Database;
  audit: Audit;
  users: UsersStore;
  authority: Authority;
}): RenameUser {
  const { db, audit, users, authority } = deps;
  return async ({ id, by, ip, ...names }) => {
    assertGoodNames(names);
    return db.transact(async (tx) => {
      await authority.assertHolds(tx, by, 'users:write');
      const user = await users.lock(tx, id);
      if (user === undefined) throw userNotFound();
      // One's own names want the current password: else a stolen access token of an administrator could set them.
      if (isThemselves(by, id)) throw ownNames();
      await authority.assertReaches(tx, by, id);
      const changed = await rename(tx, users, user, names);
      if (changed.length === 0) return;
      await audit.record(tx, { event: 'user.renamed', actor: by, subject: id, ip, object: changed.join(' ') });
    });
  };
}
