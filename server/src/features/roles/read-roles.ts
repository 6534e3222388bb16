import type { Database } from '../../db/database.ts';
import type { RoleId, UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import { type Authority, isThemselves } from './authority.ts';
import { roleNotFound } from './errors.ts';
import type { Role } from './role.ts';
import type { Page, RolesStore } from './store.ts';

/** Looks at the roles there are, and at those of a user. */
export interface ReadRoles {
  /** In the order of their ids; with a name, in whatever spelling, only the role of that name. */
  list(query: Page<number> & { readonly name?: string | undefined }): Promise<Role[]>;
  /** @throws roleNotFound */
  find(id: RoleId): Promise<Role>;
  /**
   * One's own, or with `roles:read` those of anybody. Without it the answer is the same whether or not the other exists.
   *
   * @throws lackingPermission, userNotFound
   */
  ofUser(query: { readonly user: UserId; readonly by: Actor | undefined }): Promise<Role[]>;
}

export function createReadRoles(deps: {
  db: Database;
  users: UsersStore;
  authority: Authority;
  store: RolesStore;
}): ReadRoles {
  const { db, users, authority, store } = deps;

  return {
    async list({ name, after, limit }) {
      if (name === undefined) return store.listRoles(db, { after, limit });
      const id = await store.findRoleId(db, name);
      const role = id !== undefined && id > after ? await store.findRole(db, id) : undefined;
      return role === undefined ? [] : [role];
    },
    async find(id) {
      const role = await store.findRole(db, id);
      if (role === undefined) throw roleNotFound();
      return role;
    },
    async ofUser({ user: id, by }) {
      if (!isThemselves(by, id)) await authority.assertHolds(db, by, 'roles:read');
      const user = await users.find(db, id);
      if (user === undefined || user.deletedAt !== undefined) throw userNotFound();
      return store.rolesOf(db, id);
    },
  };
}
