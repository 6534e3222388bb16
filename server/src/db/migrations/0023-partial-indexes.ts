import { emptyLeftOut } from '../columns.ts';
import type { Migration } from '../migration.ts';

/**
 * Indexes no longer hold rows that have nothing in their first column: nothing looks for those by them, and each sign-in had to add its own.
 * That of `subject_id` keeps them: a refused login of nobody must cost what one of somebody costs.
 *
 * Of one table alone: a transaction that locked sessions as well would wait for those whose sign-ins wait for it.
 */
export const partialIndexes: Migration = {
  id: '0023-partial-indexes',
  statements: (dialect) => [
    ...emptyLeftOut(dialect, 'audit_events', 'actor_id', 'at', 'id'),
    ...emptyLeftOut(dialect, 'audit_events', 'session_id', 'at', 'id'),
    ...emptyLeftOut(dialect, 'audit_events', 'api_key', 'at', 'id'),
  ],
};
