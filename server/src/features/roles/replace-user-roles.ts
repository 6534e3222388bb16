import type { Database, Reads } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { FieldError } from '../../kernel/errors.ts';
import type { RoleId, UserId } from '../../kernel/ids.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import type { Authority } from './authority.ts';
import { lastAdmin, permissionNotHeld, rolesChanged } from './errors.ts';
import { covers, grantsOfRoles, without } from './policy.ts';
import type { Grants, Role } from './role.ts';
import { recordRolesOf } from './role-events.ts';
import type { RolesStore } from './store.ts';

export interface ReplaceUserRolesCommand {
  readonly user: UserId;
  /** All that they will have. By id: a name may have gone over to another role since it was read. */
  readonly roles: readonly RoleId[];
  /** Where it is given, the roles are replaced only if it is these that they have. */
  readonly expected?: readonly RoleId[] | undefined;
  readonly by: Actor | undefined;
  readonly ip?: string;
}

export interface RolesReplaced {
  readonly roles: readonly Role[];
  readonly given: readonly Role[];
  readonly taken: readonly Role[];
}

/**
 * Gives a user these roles and no others; it holds from the next request on. Nobody gives what they do not hold, nobody takes anything
 * from a user who holds more than they do, and the last administrator stays one.
 *
 * @throws lackingPermission, userNotFound, userHoldsMore, rolesChanged, validationFailed at unknown roles, permissionNotHeld, lastAdmin
 */
export type ReplaceUserRoles = (command: ReplaceUserRolesCommand) => Promise<RolesReplaced>;

export function createReplaceUserRoles(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  authority: Authority;
  store: RolesStore;
}): ReplaceUserRoles {
  const { db, clock, audit, users, authority, store } = deps;

  /** The roles of these ids. @throws validationFailed with a pointer at each that is none */
  const rolesAt = async (reads: Reads, ids: readonly RoleId[], wanted: readonly RoleId[]): Promise<Role[]> => {
    const [roles, faults]: [Role[], FieldError[]] = [[], []];
    for (const id of ids) {
      const role = await store.findRole(reads, id);
      if (role === undefined)
        faults.push({ pointer: `/roles/${wanted.indexOf(id)}`, detail: 'There is no such role.' });
      else roles.push(role);
    }
    if (faults.length > 0) throw validationFailed({ errors: faults });
    return roles;
  };

  return ({ user, roles: wanted, expected, by, ip }) =>
    db.transact(async (tx) => {
      await store.lockGrants(tx);
      await authority.assertHolds(tx, by, 'roles:assign');
      if ((await users.lock(tx, user)) === undefined) throw userNotFound();
      await authority.assertReaches(tx, by, user);
      const present = await store.rolesOf(tx, user);
      const ids = present.map(({ id }) => id);
      if (expected !== undefined && !isSameSet(ids, expected)) throw rolesChanged();

      const given = await rolesAt(tx, without(wanted, ids), wanted);
      const taken = present.filter(({ id }) => !wanted.includes(id));
      if (by !== undefined) assertHeld(await authority.grantsOf(tx, by), given, wanted);
      if (taken.some(({ builtIn }) => builtIn) && (await store.isLastAdmin(tx, user, clock.now()))) throw lastAdmin();

      for (const { id } of taken) await store.unassign(tx, user, id);
      for (const { id } of given) await store.assign(tx, user, id, clock.now());
      await recordRolesOf({ audit, tx, by, ip }, user, { given, taken });
      return { roles: await store.rolesOf(tx, user), given, taken };
    });
}

/** @throws permissionNotHeld with a pointer at each role that holds more */
function assertHeld(own: Grants, given: readonly Role[], wanted: readonly RoleId[]): void {
  const beyond = given.filter((role) => !covers(own, grantsOfRoles([role])));
  if (beyond.length === 0) return;
  const errors = beyond.map(({ id, name }) => ({
    pointer: `/roles/${wanted.indexOf(id)}`,
    detail: `You do not hold all that the role "${name}" holds.`,
  }));
  throw permissionNotHeld({ errors });
}

const isSameSet = (some: readonly RoleId[], others: readonly RoleId[]): boolean =>
  without(some, others).length + without(others, some).length === 0;
