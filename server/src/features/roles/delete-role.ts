import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RoleId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { ChangeableRoles } from './changeable-role.ts';
import { roleChanged, roleNotFound } from './errors.ts';
import { recordContents } from './role-events.ts';
import type { RolesStore } from './store.ts';

export interface DeleteRoleCommand {
  readonly id: RoleId;
  /** Where it is given, the role is deleted only if it is still that one. */
  readonly version?: number | undefined;
  readonly by: Actor | undefined;
  readonly ip?: string;
}

/**
 * Deletes a role, and so takes it from everybody who has it, from the next request on. Its name is free again.
 *
 * @throws lackingPermission, roleNotFound, builtInRole, roleHoldsMore, roleChanged, userHoldsMore
 */
export type DeleteRole = (command: DeleteRoleCommand) => Promise<void>;

export function createDeleteRole(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  store: RolesStore;
  changeable: ChangeableRoles;
}): DeleteRole {
  const { db, clock, audit, store, changeable } = deps;
  return ({ id, version, by, ip }) =>
    db.transact(async (tx) => {
      const { role, own } = await changeable.claim(tx, id, by);
      if (version !== undefined && role.version !== version) throw roleChanged();
      const removed = role.permissions;
      if (!(await store.deleteRole(tx, id, clock.now()))) throw roleNotFound();
      await changeable.assertReachesLosers(tx, own, { role: id, added: [], removed });
      await recordContents({ audit, tx, by, ip }, role, { removed });
      await audit.record(tx, { event: 'role.deleted', actor: by, ip, object: role.name });
    });
}

/** Assignments that one transaction removes: so few that nobody waits long for it. */
const batch = 1_000;

/** Removes what is left of deleted roles, a little at a time. */
export function createSweepRoles({ db, store }: { db: Database; store: RolesStore }): () => Promise<void> {
  return async () => {
    while (await db.transact((tx) => store.sweepRoles(tx, batch)));
  };
}
