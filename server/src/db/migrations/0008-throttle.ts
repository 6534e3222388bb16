import { index, table } from '../columns.ts';
import type { Migration } from '../migration.ts';

/** One row a counter: who tries, from where. The key is an HMAC, so that the table names nobody. */
export const throttle: Migration = {
  id: '0008-throttle',
  statements: (dialect) => [
    table(dialect, 'throttle_counters')
      .text('counter', 64)
      .integer('attempts')
      .integer('last_at')
      .integer('blocked_until')
      .primaryKey('counter').statement,
    index(dialect, 'throttle_counters', 'last_at'),
  ],
};
