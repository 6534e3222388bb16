import { addColumns, table } from '../columns.ts';
import type { Migration } from '../migration.ts';

/**
 * When a user has shown that the address is theirs, and in which language they read; and sign-ups that wait for such a proof. Null where
 * an older release has made the account.
 */
export const verifiedAddresses: Migration = {
  id: '0020-verified-addresses',
  statements: (dialect) => [
    ...addColumns(dialect, 'users', { email_verified_at: 'integer', locale: { text: 35 } }),
    table(dialect, 'pending_sign_ups')
      .integer('token_id', { references: 'one_time_tokens.id' })
      .text('username', 256)
      .text('password_hash', 512)
      .text('locale', 35, { nullable: true })
      .primaryKey('token_id').statement,
  ],
};
