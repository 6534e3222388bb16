import { sql } from 'kysely';
import { addColumn } from '../columns.ts';
import type { Migration } from '../migration.ts';

/**
 * Since when an account that was made without a password waits for its user. Those that are there wait if they have no password, nobody has
 * shown whose their address is, and no session is left of anybody.
 */
export const waitingAccounts: Migration = {
  id: '0021-waiting-accounts',
  statements: (dialect) => [
    addColumn(dialect, 'users').integer('waits_since'),
    dialect.builder
      .updateTable('users')
      .set({ waits_since: sql.ref('created_at') })
      .where('email_verified_at', 'is', null)
      .where('id', 'not in', dialect.builder.selectFrom('passwords').select('user_id'))
      .where('id', 'not in', dialect.builder.selectFrom('sessions').select('user_id')),
  ],
};
