import { table } from '../columns.ts';
import type { Migration } from '../migration.ts';

/** A user without a row has no password and signs in by other proofs. */
export const passwords: Migration = {
  id: '0002-passwords',
  statements: (dialect) => [
    table(dialect, 'passwords')
      .integer('user_id', { references: 'users.id' })
      .text('hash', 1024)
      .integer('changed_at')
      .primaryKey('user_id').statement,
  ],
};
