import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { Actor, Permission } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { Authority } from './authority.ts';
import { permissionNotHeld } from './errors.ts';
import { permissionsOutside } from './policy.ts';
import type { Role } from './role.ts';
import { recordContents } from './role-events.ts';
import { checkRoleName } from './role-name.ts';
import type { RolesStore } from './store.ts';

export interface CreateRoleCommand {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly Permission[];
  /** Who asks; `undefined` is the operator at the CLI, who holds everything. */
  readonly by: Actor | undefined;
  readonly ip?: string;
}

export type CreateRole = (command: CreateRoleCommand) => Promise<Role>;

/**
 * Makes a role out of permissions that exist and that its maker holds.
 *
 * @throws lackingPermission; validationFailed with a pointer at each unknown permission; permissionNotHeld; roleExists
 */
export function createCreateRole(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  authority: Authority;
  store: RolesStore;
}): CreateRole {
  const { db, clock, audit, authority, store } = deps;
  return ({ name, description, permissions, by, ip }) =>
    db.transact(async (tx) => {
      await store.lockGrants(tx);
      await authority.assertHolds(tx, by, 'roles:write');
      const known = new Set((await store.listPermissions(tx)).map((entry) => entry.name));
      const unknown = permissionsOutside(permissions, known, (it) => `There is no permission "${it}".`);
      const faults = [...checkRoleName(name), ...unknown];
      if (faults.length > 0) throw validationFailed({ errors: faults });

      const held = by === undefined ? known : new Set((await authority.grantsOf(tx, by)).permissions);
      const beyond = permissionsOutside(permissions, held, (it) => `You do not hold "${it}".`);
      if (beyond.length > 0) throw permissionNotHeld({ errors: beyond });

      const at = clock.now();
      const unique = [...new Set(permissions)].sort();
      const id = await store.addRole(tx, { name, description, permissions: unique, at });
      await audit.record(tx, { event: 'role.created', actor: by, ip, object: name });
      await recordContents({ audit, tx, by, ip }, { name }, { added: unique });
      return { id, name, description, permissions: unique, builtIn: false, version: 1 };
    });
}
