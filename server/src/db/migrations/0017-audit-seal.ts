import { addColumn, dropIndex, index, table, uniqueIndex } from '../columns.ts';
import type { Migration } from '../migration.ts';

const events = 'audit_events';

/**
 * What makes the record tamper-evident (docs/audit-log.md). The new columns are null in rows that an older release has written, until
 * they are sealed. Personal data stands apart, so that it can be erased while its row stays. There is one index for each filter, each in
 * the order in which events are shown.
 */
export const auditSeal: Migration = {
  id: '0017-audit-seal',
  statements: (dialect) => [
    addColumn(dialect, events).integer('format'),
    addColumn(dialect, events).text('uid', 36),
    addColumn(dialect, events).text('api_key', 64),
    addColumn(dialect, events).text('ip_digest', 43),
    addColumn(dialect, events).text('note_digest', 43),
    addColumn(dialect, events).text('mac', 43),
    addColumn(dialect, events).integer('seq'),
    addColumn(dialect, events).text('proof', 8),
    addColumn(dialect, events).text('chain', 43),
    uniqueIndex(dialect, events, 'uid'),
    // Both: rows that have no number yet are read in the order of their ids.
    index(dialect, events, 'seq', 'id'),
    index(dialect, events, 'at', 'id'),
    ...['event', 'outcome', 'reason', 'actor_id', 'subject_id', 'session_id', 'api_key'].map((column) =>
      index(dialect, events, column, 'at', 'id'),
    ),
    dropIndex(dialect, events, 'subject_id'),
    table(dialect, 'audit_personal')
      .integer('event_id')
      .text('part', 8)
      .integer('person_id', { nullable: true })
      .text('salt', 22)
      .longText('value')
      .primaryKey('event_id', 'part').statement,
    index(dialect, 'audit_personal', 'person_id'),
    table(dialect, 'audit_checkpoints').integer('size').longText('note').longText('leaves').primaryKey('size')
      .statement,
    table(dialect, 'audit_head').integer('id').integer('size').longText('frontier').primaryKey('id').statement,
    table(dialect, 'audit_keys')
      .text('id', 8)
      .text('origin', 300)
      .integer('created_at')
      .text('sealed', 256)
      .primaryKey('id').statement,
  ],
};
