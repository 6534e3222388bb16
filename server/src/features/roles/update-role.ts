import type { Database, Reads } from '../../db/database.ts';
import type { RoleId } from '../../kernel/ids.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { Actor, Permission } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { Changeable, ChangeableRoles } from './changeable-role.ts';
import { permissionNotHeld, roleChanged } from './errors.ts';
import { permissionsOutside, without } from './policy.ts';
import type { Role } from './role.ts';
import { recordContents, recordWords } from './role-events.ts';
import { checkRoleName } from './role-name.ts';
import type { RolesStore } from './store.ts';

export interface UpdateRoleCommand {
  readonly id: RoleId;
  /** The one that the change was decided on: whoever comes second is told, instead of undoing what came between. */
  readonly version: number;
  /** What is left out stays. */
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** All that the role will hold. */
  readonly permissions?: readonly Permission[] | undefined;
  readonly by: Actor | undefined;
  readonly ip?: string;
}

/**
 * Changes a role for everybody who has it, from the next request on. What is so already stays so, and is no event.
 *
 * @throws lackingPermission, roleNotFound, builtInRole, roleHoldsMore, roleChanged, validationFailed, permissionNotHeld, roleExists,
 * userHoldsMore
 */
export type UpdateRole = (command: UpdateRoleCommand) => Promise<Role>;

export function createUpdateRole(deps: {
  db: Database;
  audit: Audit;
  store: RolesStore;
  changeable: ChangeableRoles;
}): UpdateRole {
  const { db, audit, store, changeable } = deps;

  const assertGood = async (tx: Reads, command: UpdateRoleCommand, { role, own }: Changeable): Promise<void> => {
    const { name = role.name, permissions = [] } = command;
    const known = new Set((await store.listPermissions(tx)).map((entry) => entry.name));
    const unknown = permissionsOutside(permissions, known, (it) => `There is no permission "${it}".`);
    const faults = [...(name === role.name ? [] : checkRoleName(name)), ...unknown];
    if (faults.length > 0) throw validationFailed({ errors: faults });
    const held = own === undefined ? known : new Set(own.permissions);
    const beyond = permissionsOutside(permissions, held, (it) => `You do not hold "${it}".`);
    if (beyond.length > 0) throw permissionNotHeld({ errors: beyond });
  };

  return (command) =>
    db.transact(async (tx) => {
      const { id, version, by, ip } = command;
      const claimed = await changeable.claim(tx, id, by);
      const { role, own } = claimed;
      if (role.version !== version) throw roleChanged();
      await assertGood(tx, command, claimed);

      const { name = role.name, description = role.description } = command;
      const permissions = [...new Set(command.permissions ?? role.permissions)].sort();
      const added = without(permissions, role.permissions);
      const removed = without(role.permissions, permissions);
      const isSame = name === role.name && description === role.description && added.length + removed.length === 0;
      if (isSame) return role;

      if (!(await store.updateRole(tx, { id, name, description, version }))) throw roleChanged();
      for (const permission of removed) await store.removeFromRole(tx, id, permission);
      for (const permission of added) await store.addToRole(tx, id, permission);
      await changeable.assertReachesLosers(tx, own, { role: id, added, removed });
      await recordWords({ audit, tx, by, ip }, role, { name, description });
      await recordContents({ audit, tx, by, ip }, { name }, { added, removed });
      return { ...role, name, description, permissions, version: version + 1 };
    });
}
