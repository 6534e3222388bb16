import type { Reads } from '../../db/database.ts';
import { invalidToken, lackingPermission } from '../../kernel/access.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { UsersStore } from '../users/index.ts';
import { userHoldsMore } from './errors.ts';
import { covers } from './policy.ts';
import type { RolesStore } from './store.ts';

/**
 * What one user may do to another, as it stands in this transaction: a permission that was taken away while the request was under way
 * counts no longer. `by` is `undefined` for the operator, who may do everything.
 */
export interface Authority {
  /** @throws lackingPermission */
  assertHolds(db: Reads, by: UserId | undefined, permission: Permission): Promise<void>;
  /**
   * Nobody acts on a user to whom they could not have given what that user holds: else a permission to disable or delete would be one to
   * get rid of whoever stands above. Everybody reaches themselves.
   *
   * Who was deleted or disabled while the request was under way reaches nobody any more. Asked behind the change, it sees all that the
   * change had to wait for.
   *
   * @throws userHoldsMore, invalidToken
   */
  assertReaches(db: Reads, by: UserId | undefined, subject: UserId): Promise<void>;
}

export function createAuthority({ users, store }: { users: UsersStore; store: RolesStore }): Authority {
  const assertActive = async (db: Reads, id: UserId): Promise<void> => {
    const user = await users.find(db, id);
    if (user === undefined || user.deletedAt !== undefined || user.disabledAt !== undefined) throw invalidToken();
  };

  return {
    async assertHolds(db, by, permission) {
      if (by === undefined) return;
      if (!(await store.grantsOf(db, by)).permissions.includes(permission)) throw lackingPermission(permission);
    },
    async assertReaches(db, by, subject) {
      if (by === undefined || by === subject) return;
      await assertActive(db, by);
      if (!covers(await store.grantsOf(db, by), await store.grantsOf(db, subject))) throw userHoldsMore();
    },
  };
}
