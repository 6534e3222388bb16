import { table } from '../columns.ts';
import type { Migration } from '../migration.ts';

/** The one-time token by which the first administrator is made. Only its hash is kept. */
export const setupTokens: Migration = {
  id: '0007-setup-tokens',
  statements: (dialect) => [
    table(dialect, 'setup_tokens')
      .text('token_hash', 64)
      .integer('expires_at')
      .integer('used_at', { nullable: true })
      .primaryKey('token_hash').statement,
  ],
};
