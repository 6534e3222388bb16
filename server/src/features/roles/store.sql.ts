import type { Generated } from 'kysely';
import { type Reads, UniqueViolation } from '../../db/database.ts';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { Refusal } from '../../kernel/errors.ts';
import { asRoleId, asUserId, type RoleId, type UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import { isActiveUser, type PublishedUsers } from '../users/index.ts';
import { permissionExists, roleExists } from './errors.ts';
import { adminRoleName, builtInPermissions, foldRoleName } from './policy.ts';
import type { Role } from './role.ts';
import type { RolesStore } from './store.ts';

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
  };
  role_permissions: { role_id: number; permission: string };
  user_roles: { user_id: number; role_id: number; assigned_at: Instant };
}

const { statement, insert } = statements<RolesTables & PublishedUsers>();

const allPermissions = statement((db, _: object) => db.selectFrom('permissions').selectAll().orderBy('name'));

const ensurePermission = statement((db, p: { name: string; description: string; at: Instant }, dialect) =>
  dialect.unlessPresent(
    db.insertInto('permissions').values({ name: p.name, description: p.description, built_in: 1, created_at: p.at }),
  ),
);

const ensureAdminRole = statement((db, p: { key: string; at: Instant }, dialect) =>
  dialect.unlessPresent(
    db.insertInto('roles').values({
      name: adminRoleName,
      name_key: p.key,
      description: 'Holds every permission.',
      grants_all: 1,
      created_at: p.at,
    }),
  ),
);

const addPermission = statement((db, p: { name: string; description: string; builtIn: Flag; at: Instant }) =>
  db
    .insertInto('permissions')
    .values({ name: p.name, description: p.description, built_in: p.builtIn, created_at: p.at }),
);

const addRole = insert((db, p: { name: string; key: string; description: string; grantsAll: Flag; at: Instant }) =>
  db.insertInto('roles').values({
    name: p.name,
    name_key: p.key,
    description: p.description,
    grants_all: p.grantsAll,
    created_at: p.at,
  }),
);

const addRolePermission = statement((db, p: { role: RoleId; permission: Permission }) =>
  db.insertInto('role_permissions').values({ role_id: p.role, permission: p.permission }),
);

const findRole = statement((db, p: { key: string }) =>
  db.selectFrom('roles').select('id').where('name_key', '=', p.key),
);

const allRoles = statement((db, _: object) =>
  db
    .selectFrom('roles')
    .leftJoin('role_permissions', 'role_permissions.role_id', 'roles.id')
    .select(['roles.id', 'roles.name', 'roles.description', 'roles.grants_all', 'role_permissions.permission'])
    .orderBy('roles.id')
    .orderBy('role_permissions.permission'),
);

/** A row for each role and permission, so that no database needs to aggregate text its own way. */
const grantsOfUser = statement((db, p: { user: UserId }) =>
  db
    .selectFrom('user_roles')
    .innerJoin('roles', 'roles.id', 'user_roles.role_id')
    .leftJoin('role_permissions', 'role_permissions.role_id', 'roles.id')
    .select(['roles.name', 'roles.grants_all', 'role_permissions.permission'])
    .where('user_roles.user_id', '=', p.user),
);

const assignRole = statement((db, p: { user: UserId; role: RoleId; at: Instant }, dialect) =>
  dialect.unlessPresent(db.insertInto('user_roles').values({ user_id: p.user, role_id: p.role, assigned_at: p.at })),
);

const unassignRole = statement((db, p: { user: UserId; role: RoleId }) =>
  db.deleteFrom('user_roles').where('user_id', '=', p.user).where('role_id', '=', p.role),
);

const unassignAllRoles = statement((db, p: { user: UserId }) =>
  db.deleteFrom('user_roles').where('user_id', '=', p.user),
);

const activeAdmins = statement((db, p: { now: Instant }, dialect) => {
  const admins = db
    .selectFrom('user_roles')
    .innerJoin('roles', 'roles.id', 'user_roles.role_id')
    .innerJoin('users', 'users.id', 'user_roles.user_id')
    .select('users.id')
    .where('roles.grants_all', '=', 1)
    .where(isActiveUser(p.now))
    .orderBy('users.id');
  return dialect.rowLocks ? admins.forUpdate() : admins;
});

export const rolesStore: RolesStore = {
  async ensureBuiltIns(tx, at) {
    // Looked for first: an insert that finds its row there still uses up an id.
    const present = new Set((await tx.all(allPermissions, {})).map((row) => row.name));
    for (const [name, description] of Object.entries(builtInPermissions)) {
      if (!present.has(name)) await tx.execute(ensurePermission, { name, description, at });
    }
    const key = foldRoleName(adminRoleName);
    if ((await tx.first(findRole, { key })) === undefined) await tx.execute(ensureAdminRole, { key, at });
  },

  async addRole(tx, { name, description, permissions, at }) {
    const row = { name, key: foldRoleName(name), description, grantsAll: 0 as const, at };
    const role = asRoleId(await unlessTaken(tx.insert(addRole, row), roleExists));
    for (const permission of permissions) await tx.execute(addRolePermission, { role, permission });
    return role;
  },

  async addPermission(tx, { name, description, at }) {
    await unlessTaken(tx.execute(addPermission, { name, description, builtIn: 0, at }), permissionExists);
  },

  async listRoles(db) {
    const rows = await db.all(allRoles, {});
    const everything = rows.some((row) => row.grants_all) ? await everyPermission(db) : [];
    const roles = new Map<number, Role & { permissions: Permission[] }>();
    for (const { id, name, description, grants_all, permission } of rows) {
      const role = roles.get(id) ?? { id: asRoleId(id), name, description, permissions: grants_all ? everything : [] };
      if (permission !== null) role.permissions.push(permission);
      roles.set(id, role);
    }
    return [...roles.values()];
  },

  async listPermissions(db) {
    const rows = await db.all(allPermissions, {});
    return rows.map(({ name, description, built_in }) => ({ name, description, builtIn: built_in === 1 }));
  },

  async findRoleId(db, name) {
    const row = await db.first(findRole, { key: foldRoleName(name) });
    return row && asRoleId(row.id);
  },

  async grantsOf(db, user) {
    const rows = await db.all(grantsOfUser, { user });
    const permissions = rows.some((row) => row.grants_all)
      ? await everyPermission(db)
      : rows.flatMap(({ permission }) => permission ?? []);
    return { roles: sortedSet(rows.map((row) => row.name)), permissions: sortedSet(permissions) };
  },

  assign: async (tx, user, role, at) => (await tx.execute(assignRole, { user, role, at })) === 1,
  unassign: async (tx, user, role) => (await tx.execute(unassignRole, { user, role })) === 1,
  unassignAll: async (tx, user) => {
    await tx.execute(unassignAllRoles, { user });
  },
  async isLastAdmin(tx, user, now) {
    const [first, ...others] = await this.lockAdmins(tx, now);
    return first === user && others.length === 0;
  },
  lockAdmins: async (tx, now) => (await tx.all(activeAdmins, { now })).map(({ id }) => asUserId(id)),
};

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
