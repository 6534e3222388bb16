import { index, table } from '../columns.ts';
import type { Migration } from '../migration.ts';

/** One row a security event. It names users without pointing at them, so that it outlives them. */
export const audit: Migration = {
  id: '0006-audit',
  statements: (dialect) => [
    table(dialect, 'audit_events')
      .generatedId()
      .integer('at')
      .text('event', 64)
      .text('outcome', 16)
      .text('reason', 64, { nullable: true })
      .integer('actor_id', { nullable: true })
      .integer('subject_id', { nullable: true })
      .text('session_id', 32, { nullable: true })
      .text('ip', 64, { nullable: true })
      .text('object', 256, { nullable: true }).statement,
    index(dialect, 'audit_events', 'subject_id'),
  ],
};
