import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Audit } from '../audit/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import { lastAdmin, roleNotFound } from './errors.ts';
import { adminRoleName, foldRoleName } from './policy.ts';
import type { RolesStore } from './store.ts';

export interface ChangeRoleCommand {
  readonly user: UserId;
  readonly role: string;
}

/** Gives and takes roles, as the operator. It holds from the next request on. */
export interface ChangeRole {
  /** @returns whether the user did not have it @throws userNotFound, roleNotFound */
  assign(command: ChangeRoleCommand): Promise<boolean>;
  /** @returns whether the user had it @throws userNotFound, roleNotFound, lastAdmin */
  unassign(command: ChangeRoleCommand): Promise<boolean>;
}

export function createChangeRole(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  store: RolesStore;
}): ChangeRole {
  const { db, clock, audit, users, store } = deps;
  return {
    assign: ({ user, role: name }) =>
      db.transact(async (tx) => {
        if ((await users.lockActive(tx, user, clock.now())) === undefined) throw userNotFound();
        const role = await store.findRoleId(tx, name);
        if (role === undefined) throw roleNotFound();
        const changed = await store.assign(tx, user, role, clock.now());
        if (changed) await audit.record(tx, { event: 'role.assigned', subject: user, object: name });
        return changed;
      }),

    unassign: ({ user, role: name }) =>
      db.transact(async (tx) => {
        // Locked before anything is read, so that of two last administrators who are demoted at once one stays.
        const isLast = await store.isLastAdmin(tx, user, clock.now());
        if ((await users.lockActive(tx, user, clock.now())) === undefined) throw userNotFound();
        const role = await store.findRoleId(tx, name);
        if (role === undefined) throw roleNotFound();
        if (isLast && foldRoleName(name) === adminRoleName) throw lastAdmin();
        const changed = await store.unassign(tx, user, role);
        if (changed) await audit.record(tx, { event: 'role.unassigned', subject: user, object: name });
        return changed;
      }),
  };
}
