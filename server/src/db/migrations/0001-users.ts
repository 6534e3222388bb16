import { table, uniqueIndex } from '../columns.ts';
import type { Migration } from '../migration.ts';

/**
 * `*_key` is the folded form by which a name is unique. Deleting sets it to null: the row stays, the name is free, and a unique
 * index over nullable columns does what a partial index would, on every database.
 */
export const users: Migration = {
  id: '0001-users',
  statements: (dialect) => [
    table(dialect, 'users')
      .generatedId()
      .text('username', 256)
      .text('username_key', 256, { nullable: true })
      .text('email', 320)
      .text('email_key', 320, { nullable: true })
      .integer('created_at')
      .integer('deleted_at', { nullable: true })
      .integer('disabled_at', { nullable: true }).statement,
    uniqueIndex(dialect, 'users', 'email_key'),
    uniqueIndex(dialect, 'users', 'username_key'),
  ],
};
