import type { Kysely } from 'kysely';
import type { Reads, Tx } from '../../db/database.ts';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asRoleId, type RoleId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import { roleExists } from './errors.ts';
import { everyPermission, unlessTaken } from './permissions-store.sql.ts';
import { adminRoleName } from './policy.ts';
import type { Role } from './role.ts';
import { foldRoleName } from './role-name.ts';
import type { RolesStore } from './store.ts';
import type { Flag, RolesTables } from './tables.ts';

const { statement, insert } = statements<RolesTables>();

export const adminKey = foldRoleName(adminRoleName);

/** No role has such a key: a folded name does not begin with a blank. */
const keyOfDeleted = (id: RoleId): string => ` deleted ${id}`;

const addAdminRole = statement((db, p: { at: Instant }, dialect) =>
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

const findRoleId = statement((db, p: { key: string }) =>
  db.selectFrom('roles').select('id').where('name_key', '=', p.key).where('deleted_at', 'is', null),
);

export const livingRoles = (db: Kysely<RolesTables>) =>
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

/** Makes sure that the role `admin` exists. Looked for first: an insert that finds its row there still uses up an id. */
export async function ensureAdminRole(tx: Tx, at: Instant): Promise<void> {
  if ((await tx.first(findRoleId, { key: adminKey })) === undefined) await tx.execute(addAdminRole, { at });
}

/** Which roles there are, and what they hold. */
export const recordsStore = {
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
} satisfies Partial<RolesStore>;

interface RoleRow {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly grants_all: Flag;
  readonly version: number | null;
}

/** The roles of these rows, which are in the order of their ids. */
export async function withPermissions(db: Reads, rows: readonly RoleRow[]): Promise<Role[]> {
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

export const sortedSet = (names: readonly string[]): string[] => [...new Set(names)].sort();
