import { sql } from 'kysely';
import type { Reads, Tx } from '../../db/database.ts';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asRoleId, asUserId, type RoleId, type UserId } from '../../kernel/ids.ts';
import { isActiveUser, type PublishedUsers } from '../users/index.ts';
import { ensurePermissions, everyPermission, permissionsStore } from './permissions-store.sql.ts';
import {
  adminKey,
  ensureAdminRole,
  livingRoles,
  recordsStore,
  sortedSet,
  withPermissions,
} from './records-store.sql.ts';
import type { Grants, HeldRow } from './role.ts';
import type { HolderPage, RolesStore } from './store.ts';
import type { RolesTables } from './tables.ts';

const { statement } = statements<RolesTables & PublishedUsers>();

/** The row of the built-in role is what everybody who changes grants stands in line for: it is always there, and nobody changes it. */
const lockGrants = statement((db, _: object, dialect) => {
  const row = db.selectFrom('roles').select('id').where('name_key', '=', adminKey);
  return dialect.rowLocks ? row.forUpdate() : row;
});

const rolesOfUser = statement((db, p: { user: UserId }) =>
  livingRoles(db)
    .innerJoin('user_roles', 'user_roles.role_id', 'roles.id')
    .where('user_roles.user_id', '=', p.user)
    .orderBy('roles.id'),
);

/** A row for each role and permission, so that no database needs to aggregate text its own way. */
const grantsOfUser = statement((db, p: { user: UserId }) =>
  db
    .selectFrom('user_roles')
    .innerJoin('roles', 'roles.id', 'user_roles.role_id')
    .leftJoin('role_permissions', 'role_permissions.role_id', 'roles.id')
    .select(['roles.name as role', 'roles.grants_all', 'role_permissions.permission'])
    .where('user_roles.user_id', '=', p.user)
    .where('roles.deleted_at', 'is', null),
);

/** Holders of a page. */
const pageOfHolders = 1_000;

/** Parted from the joins, and with the number in its text: so every planner knows how few they are before it looks for the rest. */
const holdersOfRole = statement((db, p: { role: RoleId; after: number }) => {
  const page = db
    .selectFrom('user_roles')
    .select('user_id')
    .where('role_id', '=', p.role)
    .where('user_id', '>', p.after)
    .orderBy('user_id')
    .limit(sql.lit(pageOfHolders))
    .as('page');
  return db
    .selectFrom(page)
    .innerJoin('users', 'users.id', 'page.user_id')
    .leftJoin('user_roles as others', (join) =>
      join.onRef('others.user_id', '=', 'page.user_id').on('others.role_id', '!=', p.role),
    )
    .select(['page.user_id', 'users.deleted_at', 'others.role_id as other'])
    .orderBy('page.user_id');
});

const assignRole = statement((db, p: { user: UserId; role: RoleId; at: Instant }, dialect) =>
  dialect.unlessPresent(db.insertInto('user_roles').values({ user_id: p.user, role_id: p.role, assigned_at: p.at })),
);

const unassignRole = statement((db, p: { user: UserId; role: RoleId }) =>
  db.deleteFrom('user_roles').where('user_id', '=', p.user).where('role_id', '=', p.role),
);

const unassignAllRoles = statement((db, p: { user: UserId }) =>
  db.deleteFrom('user_roles').where('user_id', '=', p.user),
);

const activeAdmins = statement((db, p: { now: Instant }) =>
  db
    .selectFrom('user_roles')
    .innerJoin('roles', 'roles.id', 'user_roles.role_id')
    .innerJoin('users', 'users.id', 'user_roles.user_id')
    .select(['users.id', 'users.waits_since'])
    .where('roles.grants_all', '=', 1)
    .where(isActiveUser(p.now))
    .orderBy('users.id'),
);

const lockedAdmins = async (tx: Tx, now: Instant) => {
  await tx.first(lockGrants, {});
  return tx.all(activeAdmins, { now });
};

async function grantsIn(db: Reads, rows: readonly HeldRow[]): Promise<Grants> {
  const permissions = rows.some((row) => row.grants_all)
    ? await everyPermission(db)
    : rows.flatMap(({ permission }) => permission ?? []);
  return { roles: sortedSet(rows.flatMap(({ role }) => role ?? [])), permissions: sortedSet(permissions) };
}

export const rolesStore: RolesStore = {
  ...permissionsStore,
  ...recordsStore,

  async ensureBuiltIns(tx, at) {
    await ensurePermissions(tx, at);
    await ensureAdminRole(tx, at);
  },

  lockGrants: async (tx) => {
    await tx.first(lockGrants, {});
  },

  grantsOf: async (db, user) => grantsIn(db, await db.all(grantsOfUser, { user })),
  grantsIn,

  rolesOf: async (db, user) => withPermissions(db, await db.all(rolesOfUser, { user })),
  holdersOf: async (db, role, after) => holdersIn(await db.all(holdersOfRole, { role, after })),

  assign: async (tx, user, role, at) => (await tx.execute(assignRole, { user, role, at })) === 1,
  unassign: async (tx, user, role) => (await tx.execute(unassignRole, { user, role })) === 1,
  unassignAll: async (tx, user) => {
    await tx.execute(unassignAllRoles, { user });
  },
  async isLastAdmin(tx, user, now) {
    const admins = await lockedAdmins(tx, now);
    const arrived = admins.filter(({ waits_since }) => waits_since === null);
    const peers = arrived.some(({ id }) => id === user) ? arrived : admins;
    return peers.length === 1 && peers[0]?.id === user;
  },
  lockAdmins: async (tx, now) => (await lockedAdmins(tx, now)).map(({ id }) => asUserId(id)),
};

/** The rows of a user stand together. */
function holdersIn(rows: readonly { user_id: number; deleted_at: Instant | null; other: number | null }[]): HolderPage {
  const holders: { user: UserId; others: RoleId[] }[] = [];
  let holder: (typeof holders)[number] | undefined;
  for (const { user_id, deleted_at, other } of rows) {
    if (deleted_at !== null) continue;
    if (holder?.user !== user_id) {
      holder = { user: asUserId(user_id), others: [] };
      holders.push(holder);
    }
    if (other !== null) holder.others.push(asRoleId(other));
  }
  return { holders, next: rows.at(-1)?.user_id };
}
