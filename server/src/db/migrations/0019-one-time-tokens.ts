import { index, table, uniqueIndex } from '../columns.ts';
import type { Migration } from '../migration.ts';

/** Tokens and codes that are sent to an address and are good for one use. Only digests are kept. */
export const oneTimeTokens: Migration = {
  id: '0019-one-time-tokens',
  statements: (dialect) => [
    table(dialect, 'one_time_tokens')
      .generatedId()
      .text('purpose', 32)
      .integer('user_id', { references: 'users.id', nullable: true })
      .text('email', 320)
      .text('email_key', 320)
      .text('token_hash', 64)
      .text('code_hash', 64, { nullable: true })
      .text('session_id', 32, { nullable: true })
      .integer('code_tries')
      .integer('created_at')
      .integer('expires_at')
      .integer('used_at', { nullable: true }).statement,
    uniqueIndex(dialect, 'one_time_tokens', 'token_hash'),
    index(dialect, 'one_time_tokens', 'purpose', 'email_key'),
    index(dialect, 'one_time_tokens', 'user_id'),
    index(dialect, 'one_time_tokens', 'expires_at'),
  ],
};
