import { dropIndex } from '../columns.ts';
import type { Migration } from '../migration.ts';

/** Nothing is looked up by it since counters are swept along their keys, and each attempt had to keep it. */
export const throttleIndex: Migration = {
  id: '0022-throttle-index',
  statements: (dialect) => [dropIndex(dialect, 'throttle_counters', 'last_at')],
};
