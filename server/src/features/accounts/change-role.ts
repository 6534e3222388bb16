import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Audit } from '../audit/index.ts';
import { adminRoleName, type RolesStore, roleNotFound } from '../roles/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import { lastAdmin } from './errors.ts';

export interface ChangeRoleCommand {
  readonly user: UserId;
  readonly role: string;
  readonly change: 'assign' | 'unassign';
}

/** @returns whether anything changed @throws userNotFound, roleNotFound, lastAdmin */
export type ChangeRole = (command: ChangeRoleCommand) => Promise<boolean>;

/** Gives or takes a role, as the operator. It holds from the next request on. */
export function createChangeRole(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  roles: RolesStore;
}): ChangeRole {
  const { db, clock, audit, users, roles } = deps;
  return ({ user, role: name, change }) =>
    db.transact(async (tx) => {
      const admins = await roles.lockAdmins(tx);
      if (!(await users.lockActive(tx, user))) throw userNotFound();
      const role = await roles.findRoleId(tx, name);
      if (role === undefined) throw roleNotFound();
      const isAdminRole = role === (await roles.findRoleId(tx, adminRoleName));
      if (change === 'unassign' && isAdminRole && admins.length === 1 && admins[0] === user) throw lastAdmin();
      const changed = await (change === 'assign'
        ? roles.assign(tx, user, role, clock.now())
        : roles.unassign(tx, user, role));
      if (changed) await audit.record(tx, { event: `role.${change}ed`, subject: user, object: name });
      return changed;
    });
}
