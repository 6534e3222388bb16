import type { Kysely } from 'kysely';
import { type Reads, type Tx, UniqueViolation } from '../../db/database.ts';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { Refusal } from '../../kernel/errors.ts';
import { asRoleId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import { permissionExists } from './errors.ts';
import { builtInPermissions } from './policy.ts';
import type { PermissionEntry } from './role.ts';
import type { RolesStore } from './store.ts';
import type { Flag, RolesTables } from './tables.ts';

const { statement } = statements<RolesTables>();

const permissionsByName = (db: Kysely<RolesTables>) => db.selectFrom('permissions').selectAll().orderBy('name');

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

const addPermission = statement((db, p: { name: string; description: string; builtIn: Flag; at: Instant }) =>
  db
    .insertInto('permissions')
    .values({ name: p.name, description: p.description, built_in: p.builtIn, created_at: p.at }),
);

const removePermission = statement((db, p: { name: Permission }) =>
  db.deleteFrom('permissions').where('name', '=', p.name),
);

const countChange = statement((db, p: { permission: Permission }) =>
  db
    .updateTable('roles')
    .set(({ eb, fn, lit }) => ({ version: eb(fn.coalesce('version', lit(1)), '+', lit(1)) }))
    .where('id', 'in', (sub) =>
      sub.selectFrom('role_permissions').select('role_id').where('permission', '=', p.permission),
    ),
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

/** Makes sure that the built-in permissions exist. */
export async function ensurePermissions(tx: Tx, at: Instant): Promise<void> {
  // Looked for first: an insert that finds its row there still uses up an id.
  const present = new Map((await tx.all(allPermissions, {})).map((row) => [row.name, row]));
  for (const [name, description] of Object.entries(builtInPermissions)) {
    const row = present.get(name);
    if (row === undefined) await tx.execute(ensurePermission, { name, description, at });
    // Another release described it otherwise, or an application had registered the name before it was built in.
    else if (row.description !== description || row.built_in !== 1)
      await tx.execute(describeBuiltIn, { name, description });
  }
}

/** Which permissions there are. */
export const permissionsStore = {
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
} satisfies Partial<RolesStore>;

const toPermission = (row: { name: string; description: string; built_in: Flag }): PermissionEntry => ({
  name: row.name,
  description: row.description,
  builtIn: row.built_in === 1,
});

/** What a role with all permissions holds. */
export async function everyPermission(db: Reads): Promise<Permission[]> {
  return (await db.all(allPermissions, {})).map(({ name }) => name);
}

/** Tells that a name is taken, in the words of whose it is. */
export async function unlessTaken<T>(write: Promise<T>, taken: Refusal): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw error instanceof UniqueViolation ? taken({ cause: error }) : error;
  }
}
