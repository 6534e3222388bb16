import { type Generated, type Kysely, sql } from 'kysely';
import { type Reads, type Tx, UniqueViolation } from '../../db/database.ts';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { Refusal } from '../../kernel/errors.ts';
import { asRoleId, asUserId, type RoleId, type UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import { isActiveUser, type PublishedUsers } from '../users/index.ts';
import { permissionExists, roleExists } from './errors.ts';
import { adminRoleName, builtInPermissions } from './policy.ts';
import type { PermissionEntry, Role } from './role.ts';
import { foldRoleName } from './role-name.ts';
import type { HolderPage, RolesStore } from './store.ts';

/** SQL has no boolean on every database. */
type Flag = 0 | 1;

export interface RolesTables {
  permissions: { name: string; description: string; built_in: Flag; created_at: Instant };
  roles: {
    id: Generated<number>;
    name: string;
    name_key: string;
    description: string;
    grants_all: Flag;
    created_at: Instant;
    /** Null is 1: an older release made it. */
    version: number | null;
    /** Who has a deleted role has nothing by it; the row goes when its last assignment is swept. */
    deleted_at: Instant | null;
  };
  role_permissions: { role_id: number; permission: string };
  user_roles: { user_id: number; role_id: number; assigned_at: Instant };
}

type RolesDb = Kysely<RolesTables & PublishedUsers>;

const { statement, insert } = statements<RolesTables & PublishedUsers>();

const adminKey = foldRoleName(adminRoleName);

/** No role has such a key: a folded name does not begin with a blank. */
const keyOfDeleted = (id: RoleId): string => ` deleted ${id}`;

const permissionsByName = (db: RolesDb) => db.selectFrom('permissions').selectAll().orderBy('name');

const allPermissions = statement((db, _: object) => permissionsByName(db));

const somePermissions = statement((db, p: { after: string; limit: number }) =>
  permissionsByName(db).where('name', '>', p.after).limit(p.limit),
);

const findPermission = statement((db, p: { name: string }) => permissionsByName(db).where('name', '=', p.name));

const ensurePermission = statement((db, p: { name: string; description: string; at: Instant }, dialect) =>
  dialect.unlessPresent(
    db.insertInto('permissions').values({ name: p.name, description: p.description, built_in: 1, created_at: p.at }),
  ),
);

const describeBuiltIn = statement((db, p: { name: string; description: string }) =>
  db.updateTable('permissions').set({ description: p.description, built_in: 1 }).where('name', '=', p.name),
);

const ensureAdminRole = statement((db, p: { at: Instant }, dialect) =>
  dialect.unlessPresent(
    db.insertInto('roles').values({
      name: adminRoleName,
      name_key: adminKey,
      description: 'Holds every permission.',
      grants_all: 1,
      created_at: p.at,
      version: 1,
    }),
  ),
);

/** The row of the built-in role is what everybody who changes grants stands in line for: it is always there, and nobody changes it. */
const lockGrants = statement((db, _: object, dialect) => {
  const row = db.selectFrom('roles').select('id').where('name_key', '=', adminKey);
  return dialect.rowLocks ? row.forUpdate() : row;
});

const addPermission = statement((db, p: { name: string; description: string; builtIn: Flag; at: Instant }) =>
  db
    .insertInto('permissions')
    .values({ name: p.name, description: p.description, built_in: p.builtIn, created_at: p.at }),
);

const removePermission = statement((db, p: { name: Permission }) =>
  db.deleteFrom('permissions').where('name', '=', p.name),
);

const addRole = insert((db, p: { name: string; key: string; description: string; at: Instant }) =>
  db.insertInto('roles').values({
    name: p.name,
    name_key: p.key,
    description: p.description,
    grants_all: 0,
    created_at: p.at,
    version: 1,
  }),
);

const updateRole = statement(
  (db, p: { id: RoleId; name: string; key: string; description: string; version: number; next: number }) =>
    db
      .updateTable('roles')
      .set({ name: p.name, name_key: p.key, description: p.description, version: p.next })
      .where('id', '=', p.id)
      .where('grants_all', '=', 0)
      .where('deleted_at', 'is', null)
      .where(({ eb, fn, lit }) => eb(fn.coalesce('version', lit(1)), '=', p.version)),
);

const countChange = statement((db, p: { permission: Permission }) =>
  db
    .updateTable('roles')
    .set(({ eb, fn, lit }) => ({ version: eb(fn.coalesce('version', lit(1)), '+', lit(1)) }))
    .where('id', 'in', (sub) =>
      sub.selectFrom('role_permissions').select('role_id').where('permission', '=', p.permission),
    ),
);

const deleteRole = statement((db, p: { id: RoleId; key: string; at: Instant }) =>
  db
    .updateTable('roles')
    .set({ deleted_at: p.at, name_key: p.key })
    .where('id', '=', p.id)
    .where('grants_all', '=', 0)
    .where('deleted_at', 'is', null),
);

const emptyRole = statement((db, p: { role: RoleId }) =>
  db.deleteFrom('role_permissions').where('role_id', '=', p.role),
);

const deletedRole = statement((db, _: object) =>
  db.selectFrom('roles').select('id').where('deleted_at', 'is not', null).orderBy('id').limit(1),
);

/** The last user of the next so many who have the role. */
const endOfBatch = statement((db, p: { role: RoleId; skipped: number }) =>
  db
    .selectFrom('user_roles')
    .select('user_id')
    .where('role_id', '=', p.role)
    .orderBy('user_id')
    .limit(1)
    .offset(p.skipped),
);

const unassignUpTo = statement((db, p: { role: RoleId; user: number }) =>
  db.deleteFrom('user_roles').where('role_id', '=', p.role).where('user_id', '<=', p.user),
);

/** Takes what is left of its assignments along (`ON DELETE CASCADE`): fewer than a batch. */
const forgetRole = statement((db, p: { role: RoleId }) =>
  db.deleteFrom('roles').where('id', '=', p.role).where('deleted_at', 'is not', null),
);

const addRolePermission = statement((db, p: { role: RoleId; permission: Permission }) =>
  db.insertInto('role_permissions').values({ role_id: p.role, permission: p.permission }),
);

const removeRolePermission = statement((db, p: { role: RoleId; permission: Permission }) =>
  db.deleteFrom('role_permissions').where('role_id', '=', p.role).where('permission', '=', p.permission),
);

const removeFromAll = statement((db, p: { permission: Permission }) =>
  db.deleteFrom('role_permissions').where('permission', '=', p.permission),
);

const rolesWith = statement((db, p: { permission: Permission }) =>
  db
    .selectFrom('role_permissions')
    .innerJoin('roles', 'roles.id', 'role_permissions.role_id')
    .select(['roles.id', 'roles.name'])
    .where('role_permissions.permission', '=', p.permission)
    .orderBy('roles.id'),
);

const findRoleId = statement((db, p: { key: string }) =>
  db.selectFrom('roles').select('id').where('name_key', '=', p.key).where('deleted_at', 'is', null),
);

const livingRoles = (db: RolesDb) =>
  db
    .selectFrom('roles')
    .select(['roles.id', 'roles.name', 'roles.description', 'roles.grants_all', 'roles.version'])
    .where('roles.deleted_at', 'is', null);

const findRole = statement((db, p: { id: RoleId }) => livingRoles(db).where('id', '=', p.id));

const someRoles = statement((db, p: { after: number; limit: number }) =>
  livingRoles(db).where('id', '>', p.after).orderBy('id').limit(p.limit),
);

const permissionsOfRoles = statement((db, p: { from: number; to: number }) =>
  db
    .selectFrom('role_permissions')
    .select(['role_id', 'permission'])
    .where('role_id', '>=', p.from)
    .where('role_id', '<=', p.to)
    .orderBy('role_id')
    .orderBy('permission'),
);

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
    .select(['roles.name', 'roles.grants_all', 'role_permissions.permission'])
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

export const rolesStore: RolesStore = {
  async ensureBuiltIns(tx, at) {
    // Looked for first: an insert that finds its row there still uses up an id.
    const present = new Map((await tx.all(allPermissions, {})).map((row) => [row.name, row]));
    for (const [name, description] of Object.entries(builtInPermissions)) {
      const row = present.get(name);
      if (row === undefined) await tx.execute(ensurePermission, { name, description, at });
      // Another release described it otherwise, or an application had registered the name before it was built in.
      else if (row.description !== description || row.built_in !== 1)
        await tx.execute(describeBuiltIn, { name, description });
    }
    if ((await tx.first(findRoleId, { key: adminKey })) === undefined) await tx.execute(ensureAdminRole, { at });
  },

  lockGrants: async (tx) => {
    await tx.first(lockGrants, {});
  },

  async addRole(tx, { name, description, permissions, at }) {
    const row = { name, key: foldRoleName(name), description, at };
    const role = asRoleId(await unlessTaken(tx.insert(addRole, row), roleExists));
    for (const permission of permissions) await tx.execute(addRolePermission, { role, permission });
    return role;
  },

  async updateRole(tx, { id, name, description, version }) {
    const row = { id, name, key: foldRoleName(name), description, version, next: version + 1 };
    return (await unlessTaken(tx.execute(updateRole, row), roleExists)) === 1;
  },

  addToRole: async (tx, role, permission) => {
    await tx.execute(addRolePermission, { role, permission });
  },
  removeFromRole: async (tx, role, permission) => {
    await tx.execute(removeRolePermission, { role, permission });
  },

  async deleteRole(tx, id, at) {
    if ((await tx.execute(deleteRole, { id, key: keyOfDeleted(id), at })) !== 1) return false;
    await tx.execute(emptyRole, { role: id });
    return true;
  },

  async sweepRoles(tx, limit) {
    const row = await tx.first(deletedRole, {});
    if (row === undefined) return false;
    const role = asRoleId(row.id);
    const last = await tx.first(endOfBatch, { role, skipped: limit - 1 });
    await (last === undefined
      ? tx.execute(forgetRole, { role })
      : tx.execute(unassignUpTo, { role, user: last.user_id }));
    return true;
  },

  findRole: async (db, id) => (await withPermissions(db, await db.all(findRole, { id })))[0],
  async findRoleId(db, name) {
    const row = await db.first(findRoleId, { key: foldRoleName(name) });
    return row && asRoleId(row.id);
  },
  listRoles: async (db, page) => withPermissions(db, await db.all(someRoles, page)),

  async addPermission(tx, { name, description, at }) {
    await unlessTaken(tx.execute(addPermission, { name, description, builtIn: 0, at }), permissionExists);
  },
  async removePermission(tx, name) {
    await tx.execute(countChange, { permission: name });
    await tx.execute(removeFromAll, { permission: name });
    await tx.execute(removePermission, { name });
  },
  findPermission: async (db, name) => (await db.all(findPermission, { name })).map(toPermission)[0],
  listPermissions: async (db) => (await db.all(allPermissions, {})).map(toPermission),
  listSomePermissions: async (db, page) => (await db.all(somePermissions, page)).map(toPermission),
  rolesWith: async (db, permission) =>
    (await db.all(rolesWith, { permission })).map(({ id, name }) => ({ id: asRoleId(id), name })),

  async grantsOf(db, user) {
    const rows = await db.all(grantsOfUser, { user });
    const permissions = rows.some((row) => row.grants_all)
      ? await everyPermission(db)
      : rows.flatMap(({ permission }) => permission ?? []);
    return { roles: sortedSet(rows.map((row) => row.name)), permissions: sortedSet(permissions) };
  },

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

interface RoleRow {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly grants_all: Flag;
  readonly version: number | null;
}

/** The roles of these rows, which are in the order of their ids. */
async function withPermissions(db: Reads, rows: readonly RoleRow[]): Promise<Role[]> {
  const held = await permissionsWithin(db, rows);
  const everything = rows.some((row) => row.grants_all) ? await everyPermission(db) : [];
  return rows.map(({ id, name, description, grants_all, version }) => ({
    id: asRoleId(id),
    name,
    description,
    permissions: sortedSet(grants_all ? everything : (held.get(id) ?? [])),
    builtIn: grants_all === 1,
    version: version ?? 1,
  }));
}

/** A run of ids at a time, so that the roles in between, which are not wanted, are not read. */
async function permissionsWithin(db: Reads, rows: readonly RoleRow[]): Promise<Map<number, Permission[]>> {
  const held = new Map<number, Permission[]>();
  const ids = rows.filter((row) => !row.grants_all).map(({ id }) => id);
  for (const { from, to } of runsOf(ids)) {
    for (const { role_id, permission } of await db.all(permissionsOfRoles, { from, to })) {
      const permissions = held.get(role_id);
      if (permissions === undefined) held.set(role_id, [permission]);
      else permissions.push(permission);
    }
  }
  return held;
}

/** Ids that follow one another, as ranges. */
function runsOf(ids: readonly number[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const id of ids) {
    const run = runs.at(-1);
    if (run !== undefined && run.to === id - 1) run.to = id;
    else runs.push({ from: id, to: id });
  }
  return runs;
}

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

const toPermission = (row: { name: string; description: string; built_in: Flag }): PermissionEntry => ({
  name: row.name,
  description: row.description,
  builtIn: row.built_in === 1,
});

async function everyPermission(db: Reads): Promise<Permission[]> {
  return (await db.all(allPermissions, {})).map(({ name }) => name);
}

async function unlessTaken<T>(write: Promise<T>, taken: Refusal): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw error instanceof UniqueViolation ? taken({ cause: error }) : error;
  }
}

const sortedSet = (names: readonly string[]): string[] => [...new Set(names)].sort();
