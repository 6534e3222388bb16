import { addColumn, index, table, uniqueIndex } from '../columns.ts';
import type { Migration } from '../migration.ts';

/**
 * Gives each session a place in the status lists. `status_indexes` hands the places out, each once for ever; its rows are of no further
 * use. Null for a session that an older release has begun, until its next refresh.
 */
export const sessionStatus: Migration = {
  id: '0011-session-status',
  statements: (dialect) => [
    table(dialect, 'status_indexes').generatedId().integer('taken_at').statement,
    addColumn(dialect, 'sessions').integer('status_index'),
    uniqueIndex(dialect, 'sessions', 'status_index'),
    // With both columns: the feed reads the latest ends in order, a page at a time, from this index alone.
    index(dialect, 'sessions', 'ended_at', 'status_index'),
  ],
};
