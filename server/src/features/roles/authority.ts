import type { Reads } from '../../db/database.ts';
import { invalidToken, lackingPermission } from '../../kernel/access.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Actor, Permission } from '../../kernel/principal.ts';
import { isActive, type UsersStore } from '../users/index.ts';
import { userHoldsMore } from './errors.ts';
import { covers, grantsWithin } from './policy.ts';
import type { Grants } from './role.ts';
import type { RolesStore } from './store.ts';

/**
 * What one user may do to another, as it stands in this transaction: a permission that was taken away while the request was under way
 * counts no longer. `by` is `undefined` for the operator, who may do everything.
 */
export interface Authority {
  /** What they hold, as far as their credential reaches. */
  grantsOf(db: Reads, by: Actor): Promise<Grants>;
  /** Who was deleted or disabled while the request was under way holds nothing any more. @throws lackingPermission, invalidToken */
  assertHolds(db: Reads, by: Actor | undefined, permission: Permission): Promise<void>;
  /**
   * Nobody acts on a user to whom they could not have given what that user holds: else a permission to disable or delete would be one to
   * get rid of whoever stands above. Everybody reaches themselves in person, and by an API key never.
   *
   * Who was deleted or disabled while the request was under way reaches nobody any more. Asked behind the change, it sees all that the
   * change had to wait for.
   *
   * @throws userHoldsMore, invalidToken
   */
  assertReaches(db: Reads, by: Actor | undefined, subject: UserId): Promise<void>;
}

/** Whether this is the user in person; a credential that is limited to permissions has no right to their own affairs. */
export const isThemselves = (by: Actor | undefined, user: UserId): boolean =>
  by?.userId === user && by.limitedTo === undefined;

export function createAuthority(deps: { clock: Clock; users: UsersStore; store: RolesStore }): Authority {
  const { clock, users, store } = deps;

  const assertActive = async (db: Reads, id: UserId): Promise<void> => {
    if (!isActive(await users.find(db, id), clock.now())) throw invalidToken();
  };

  const grantsOf = async (db: Reads, by: Actor): Promise<Grants> =>
    grantsWithin(await store.grantsOf(db, by.userId), by.limitedTo);

  return {
    grantsOf,
    async assertHolds(db, by, permission) {
      if (by === undefined) return;
      await assertActive(db, by.userId);
      if (!(await grantsOf(db, by)).permissions.includes(permission)) throw lackingPermission(permission);
    },
    async assertReaches(db, by, subject) {
      if (by === undefined || isThemselves(by, subject)) return;
      // What a key holds is its owner's: it is not for it to shut them out.
      if (by.userId === subject) throw userHoldsMore();
      await assertActive(db, by.userId);
      if (!covers(await grantsOf(db, by), await store.grantsOf(db, subject))) throw userHoldsMore();
    },
  };
}
