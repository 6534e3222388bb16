import type { Reads } from '../../db/database.ts';
import { lackingPermission } from '../../kernel/access.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { RolesStore } from '../roles/index.ts';
import type { DeleteAccount } from './delete-account.ts';

/**
 * Deletes a user on behalf of another: oneself always, others with `users:delete`. Without it the answer is the same whether or not
 * the other exists.
 *
 * @throws lackingPermission, userNotFound, lastAdmin
 */
export type DeleteUser = (command: { id: UserId; by: UserId; ip: string }) => Promise<void>;

export function createDeleteUser(deps: { db: Reads; roles: RolesStore; deleteAccount: DeleteAccount }): DeleteUser {
  const { db, roles, deleteAccount } = deps;
  return async ({ id, by, ip }) => {
    if (id !== by && !(await roles.grantsOf(db, by)).permissions.includes('users:delete'))
      throw lackingPermission('users:delete');
    await deleteAccount({ id, by, ip });
  };
}
