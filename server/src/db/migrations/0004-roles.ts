import { index, table, uniqueIndex } from '../columns.ts';
import type { Migration } from '../migration.ts';

/** `grants_all` marks the built-in administrator, who holds every permission, also those registered later. */
export const roles: Migration = {
  id: '0004-roles',
  statements: (dialect) => [
    table(dialect, 'permissions')
      .text('name', 128)
      .text('description', 1024)
      .integer('built_in')
      .integer('created_at')
      .primaryKey('name').statement,
    table(dialect, 'roles')
      .generatedId()
      .text('name', 256)
      .text('name_key', 256)
      .text('description', 1024)
      .integer('grants_all')
      .integer('created_at').statement,
    uniqueIndex(dialect, 'roles', 'name_key'),
    table(dialect, 'role_permissions')
      .integer('role_id', { references: 'roles.id' })
      .text('permission', 128, { references: 'permissions.name' })
      .primaryKey('role_id', 'permission').statement,
    index(dialect, 'role_permissions', 'permission'),
    table(dialect, 'user_roles')
      .integer('user_id', { references: 'users.id' })
      .integer('role_id', { references: 'roles.id' })
      .integer('assigned_at')
      .primaryKey('user_id', 'role_id').statement,
    index(dialect, 'user_roles', 'role_id'),
  ],
};
