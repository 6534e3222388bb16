import type { Database } from '../../db/database.ts';
import type { Actor, Permission } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { Authority } from './authority.ts';
import type { ChangeableRoles } from './changeable-role.ts';
import { builtInPermission, permissionInUse, permissionNotFound, permissionNotHeld } from './errors.ts';
import type { Role } from './role.ts';
import { recordContents } from './role-events.ts';
import type { RolesStore } from './store.ts';

export interface RemovePermissionCommand {
  readonly name: Permission;
  /** Takes it out of every role that holds it. Without, such a permission stays. */
  readonly force: boolean;
  readonly by: Actor | undefined;
  readonly ip?: string;
}

/**
 * Removes a permission of an application, which is then unknown. Nobody removes one that they do not hold, nor takes it from whoever
 * stands above them.
 *
 * @returns the roles that held it
 * @throws lackingPermission, permissionNotFound, builtInPermission, permissionNotHeld, permissionInUse, userHoldsMore
 */
export type RemovePermission = (command: RemovePermissionCommand) => Promise<Pick<Role, 'id' | 'name'>[]>;

export function createRemovePermission(deps: {
  db: Database;
  audit: Audit;
  authority: Authority;
  store: RolesStore;
  changeable: ChangeableRoles;
}): RemovePermission {
  const { db, audit, authority, store, changeable } = deps;
  return ({ name, force, by, ip }) =>
    db.transact(async (tx) => {
      await store.lockGrants(tx);
      await authority.assertHolds(tx, by, 'permissions:write');
      const permission = await store.findPermission(tx, name);
      if (permission === undefined) throw permissionNotFound();
      if (permission.builtIn) throw builtInPermission();
      const own = by && (await authority.grantsOf(tx, by));
      if (own !== undefined && !own.permissions.includes(name)) throw permissionNotHeld();

      const roles = await store.rolesWith(tx, name);
      if (roles.length > 0 && !force) throw permissionInUse({ detail: heldBy(roles) });
      if (roles.length > 0) await authority.assertHolds(tx, by, 'roles:write');
      await store.removePermission(tx, name);
      for (const role of roles) {
        await changeable.assertReachesLosers(tx, own, { role: role.id, added: [], removed: [name] });
        await recordContents({ audit, tx, by, ip }, role, { removed: [name] });
      }
      await audit.record(tx, { event: 'permission.removed', actor: by, ip, object: name });
      return roles;
    });
}

const namesTold = 5;

function heldBy(roles: readonly Pick<Role, 'name'>[]): string {
  const names = roles.slice(0, namesTold).map(({ name }) => name);
  const more = roles.length - names.length;
  return `These roles hold it: ${names.join(', ')}${more > 0 ? `, and ${more} more` : ''}.`;
}
