import { index, table } from '../columns.ts';
import type { Migration } from '../migration.ts';

/** One row a session; `generation` and `token_hash` are of the one refresh token that is valid now. */
export const sessions: Migration = {
  id: '0005-sessions',
  statements: (dialect) => [
    table(dialect, 'sessions')
      .text('id', 32)
      .integer('user_id', { references: 'users.id' })
      .integer('generation')
      .text('token_hash', 64)
      .integer('created_at')
      .integer('rotated_at')
      .integer('expires_at')
      .integer('idle_expires_at')
      .integer('ended_at', { nullable: true })
      .text('end_reason', 32, { nullable: true })
      .text('ip', 64)
      .text('user_agent', 256)
      .primaryKey('id').statement,
    index(dialect, 'sessions', 'user_id'),
    index(dialect, 'sessions', 'expires_at'),
  ],
};
