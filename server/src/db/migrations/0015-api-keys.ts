import { index, table } from '../columns.ts';
import type { Migration } from '../migration.ts';

/** Keys for programs, of which only hashes are kept, and what each was given. A permission that goes is taken from the keys too. */
export const apiKeys: Migration = {
  id: '0015-api-keys',
  statements: (dialect) => [
    table(dialect, 'api_keys')
      .text('id', 32)
      .integer('user_id', { references: 'users.id' })
      .text('key_hash', 64)
      .text('name', 128)
      .text('description', 1024)
      .integer('created_at')
      .integer('expires_at', { nullable: true })
      .integer('revoked_at', { nullable: true })
      .integer('last_used_at', { nullable: true })
      .primaryKey('id').statement,
    index(dialect, 'api_keys', 'user_id'),
    table(dialect, 'api_key_permissions')
      .text('api_key_id', 32, { references: 'api_keys.id' })
      .text('permission', 128, { references: 'permissions.name' })
      .primaryKey('api_key_id', 'permission').statement,
    index(dialect, 'api_key_permissions', 'permission'),
  ],
};
