import { addColumn, index } from '../columns.ts';
import type { Migration } from '../migration.ts';

/**
 * Roles can be changed and deleted. `version` counts the changes; null, as an older release leaves it, is the first. A deleted role holds
 * nothing any more and stays until the last of its assignments was swept, since a million of them are too many for one transaction.
 */
export const roleChanges: Migration = {
  id: '0013-role-changes',
  statements: (dialect) => [
    addColumn(dialect, 'roles').integer('version'),
    addColumn(dialect, 'roles').integer('deleted_at'),
    // With both columns: who has a role is read in the order of the users, a page at a time.
    index(dialect, 'user_roles', 'role_id', 'user_id'),
  ],
};
