import { addColumn } from '../columns.ts';
import type { Migration } from '../migration.ts';

/** How many of somebody's attempts were not heard. Null where none was, and where an older release has counted. */
export const unheardAttempts: Migration = {
  id: '0012-unheard-attempts',
  statements: (dialect) => [addColumn(dialect, 'throttle_counters').integer('unheard')],
};
