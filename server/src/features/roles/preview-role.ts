import type { Database } from '../../db/database.ts';
import type { RoleId, UserId } from '../../kernel/ids.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { Actor, Permission } from '../../kernel/principal.ts';
import type { UsersStore } from '../users/index.ts';
import { type AffectedUser, affectedBy, type Effect } from './affected.ts';
import type { Authority } from './authority.ts';
import { builtInRole, roleNotFound } from './errors.ts';
import { permissionsOutside, without } from './policy.ts';
import type { Role } from './role.ts';
import type { RolesStore } from './store.ts';

/** Users that a preview tells one by one; the rest is told in numbers. */
const mostUsersTold = 100;

/** Users that a preview looks at. */
const mostUsersLookedAt = 1_000_000;

export interface PreviewRoleCommand {
  readonly id: RoleId;
  /** All that the role would hold; none is as good as deleting it. */
  readonly permissions: readonly Permission[];
  /** Who asks, with `roles:read`; `undefined` is the operator at the CLI. */
  readonly by: Actor | undefined;
}

/** How many users would gain or lose something, and what. */
export interface Tally {
  readonly users: number;
  readonly permissions: { readonly permission: Permission; readonly users: number }[];
}

export interface RolePreview {
  /** As it is now. */
  readonly role: Role;
  /** Living users who have the role, disabled ones among them. */
  readonly holders: number;
  readonly gains: Tally;
  readonly loses: Tally;
  /** The first of those who would gain or lose something, in the order of their ids. */
  readonly users: {
    readonly id: UserId;
    /** Not there for whoever may not see users: they learn of an id, and not whose it is. */
    readonly username?: string;
    readonly gains: Permission[];
    readonly loses: Permission[];
  }[];
  /** False where there are more holders than one preview looks at. */
  readonly complete: boolean;
}

/** Says what a change of a role would do, beside what other roles give anyway. @throws roleNotFound, builtInRole, validationFailed */
export type PreviewRole = (command: PreviewRoleCommand) => Promise<RolePreview>;

export function createPreviewRole(deps: {
  db: Database;
  users: UsersStore;
  authority: Authority;
  store: RolesStore;
}): PreviewRole {
  const { db, users, authority, store } = deps;

  const maySeeUsers = async (by: Actor | undefined): Promise<boolean> =>
    by === undefined || (await authority.grantsOf(db, by)).permissions.includes('users:read');

  const namesOf = async (affected: readonly AffectedUser[], by: Actor | undefined) => {
    if (!(await maySeeUsers(by))) return [];
    return Promise.all(affected.map(async ({ user }) => (await users.find(db, user))?.username));
  };

  return async ({ id, permissions, by }) => {
    const role = await store.findRole(db, id);
    if (role === undefined) throw roleNotFound();
    if (role.builtIn) throw builtInRole();
    const known = new Set((await store.listPermissions(db)).map((entry) => entry.name));
    const faults = permissionsOutside(permissions, known, (it) => `There is no permission "${it}".`);
    if (faults.length > 0) throw validationFailed({ errors: faults });

    const added = without(permissions, role.permissions).sort();
    const removed = without(role.permissions, permissions);
    const counts = new Map<Effect, number>();
    const first: AffectedUser[] = [];
    let holders = 0;
    for await (const page of affectedBy(store, db, { role: id, added, removed })) {
      for (const affected of page) {
        counts.set(affected.effect, (counts.get(affected.effect) ?? 0) + 1);
        if (first.length < mostUsersTold && isFelt(affected.effect)) first.push(affected);
      }
      holders += page.length;
      if (holders >= mostUsersLookedAt) break;
    }
    const names = await namesOf(first, by);
    return {
      role,
      holders,
      gains: tallyOf(counts, ({ gains }) => gains),
      loses: tallyOf(counts, ({ loses }) => loses),
      users: first.map((affected, place) => toldOf(affected, names[place])),
      complete: holders < mostUsersLookedAt,
    };
  };
}

const toldOf = ({ user: id, effect: { gains, loses } }: AffectedUser, username: string | undefined) => ({
  id,
  ...(username === undefined ? {} : { username }),
  gains: [...gains],
  loses: [...loses],
});

const isFelt = ({ gains, loses }: Effect): boolean => gains.length + loses.length > 0;

function tallyOf(counts: ReadonlyMap<Effect, number>, side: (effect: Effect) => readonly Permission[]): Tally {
  const permissions = new Map<Permission, number>();
  let users = 0;
  for (const [effect, count] of counts) {
    const changed = side(effect);
    if (changed.length > 0) users += count;
    for (const permission of changed) permissions.set(permission, (permissions.get(permission) ?? 0) + count);
  }
  const byName = [...permissions].sort(([a], [b]) => (a < b ? -1 : 1));
  return { users, permissions: byName.map(([permission, count]) => ({ permission, users: count })) };
}
