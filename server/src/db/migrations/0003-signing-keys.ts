import { table } from '../columns.ts';
import type { Migration } from '../migration.ts';

/** Private keys stand sealed (AES-256-GCM); a copy of the database alone signs nothing. */
export const signingKeys: Migration = {
  id: '0003-signing-keys',
  statements: (dialect) => [
    table(dialect, 'signing_keys')
      .text('kid', 64)
      .text('algorithm', 16)
      .longText('public_jwk')
      .longText('sealed_private_key')
      .integer('created_at')
      .integer('retired_at', { nullable: true })
      .primaryKey('kid').statement,
  ],
};
