import { addColumns, dropIndex, index, indexes, table, uniqueIndex } from '../columns.ts';
import type { Migration } from '../migration.ts';

const events = 'audit_events';
const filters = ['event', 'outcome', 'reason', 'actor_id', 'subject_id', 'session_id', 'api_key'];

/**
 * What makes the record tamper-evident (docs/audit-log.md). The new columns are null in rows that an older release has written, until
 * they are sealed. Personal data stands apart, so that it can be erased while its row stays. There is one index for each filter, each in
 * the order in which events are shown.
 */
export const auditSeal: Migration = {
  id: '0016-audit-seal',
  statements: (dialect) => [
    ...addColumns(dialect, events, {
      format: 'integer',
      uid: { text: 36 },
      api_key: { text: 64 },
      ip_digest: { text: 43 },
      note_digest: { text: 43 },
      mac: { text: 43 },
      seq: 'integer',
      proof: { text: 8 },
      chain: { text: 43 },
    }),
    uniqueIndex(dialect, events, 'uid'),
    ...indexes(
      dialect,
      events,
      // With the id: rows that have no number yet are read in the order of their ids.
      ['seq', 'id'],
      ['at', 'id'],
      ...filters.map((column) => [column, 'at', 'id']),
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
