import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Audit } from '../audit/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import { lastAdmin, roleNotFound } from './errors.ts';
import type { Role } from './role.ts';
import { recordRolesOf } from './role-events.ts';
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

  const claim = async (tx: Tx, { user, role: name }: ChangeRoleCommand): Promise<Role> => {
    await store.lockGrants(tx);
    if ((await users.lock(tx, user)) === undefined) throw userNotFound();
    const id = await store.findRoleId(tx, name);
    const role = id && (await store.findRole(tx, id));
    if (role === undefined) throw roleNotFound({ detail: `There is no role ${name}.` });
    return role;
  };

  return {
    assign: (command) =>
      db.transact(async (tx) => {
        const role = await claim(tx, command);
        const changed = await store.assign(tx, command.user, role.id, clock.now());
        if (changed) await recordRolesOf({ audit, tx, by: undefined }, command.user, { given: [role], taken: [] });
        return changed;
      }),

    unassign: (command) =>
      db.transact(async (tx) => {
        const role = await claim(tx, command);
        if (role.builtIn && (await store.isLastAdmin(tx, command.user, clock.now()))) throw lastAdmin();
        const changed = await store.unassign(tx, command.user, role.id);
        if (changed) await recordRolesOf({ audit, tx, by: undefined }, command.user, { given: [], taken: [role] });
        return changed;
      }),
  };
}
