import type { Generated, Selectable } from 'kysely';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asSessionId, asUserId, type UserId } from '../../kernel/ids.ts';
import type { AuditEventName, AuditStore, RecordedEvent } from './store.ts';

interface AuditTables {
  audit_events: {
    id: Generated<number>;
    at: Instant;
    event: string;
    outcome: string;
    reason: string | null;
    actor_id: number | null;
    subject_id: number | null;
    session_id: string | null;
    ip: string | null;
    object: string | null;
  };
}

const { statement } = statements<AuditTables>();

interface Row {
  at: Instant;
  event: string;
  outcome: string;
  reason: string | null;
  actor: number | null;
  subject: number | null;
  session: string | null;
  ip: string | null;
  object: string | null;
}

const append = statement((db, p: Row) =>
  db.insertInto('audit_events').values({
    at: p.at,
    event: p.event,
    outcome: p.outcome,
    reason: p.reason,
    actor_id: p.actor,
    subject_id: p.subject,
    session_id: p.session,
    ip: p.ip,
    object: p.object,
  }),
);

const list = statement((db, p: { after: number }) =>
  db.selectFrom('audit_events').selectAll().where('id', '>', p.after).orderBy('id').limit(1_000),
);

const listAbout = statement((db, p: { subject: UserId; after: number; limit: number }) =>
  db
    .selectFrom('audit_events')
    .selectAll()
    .where('subject_id', '=', p.subject)
    .where('id', '>', p.after)
    .orderBy('id')
    .limit(p.limit),
);

export const auditStore: AuditStore = {
  async append(tx, event) {
    await tx.execute(append, {
      at: event.at,
      event: event.event,
      outcome: event.outcome ?? 'success',
      reason: event.reason ?? null,
      actor: event.actor?.userId ?? null,
      subject: event.subject ?? null,
      session: event.session ?? null,
      ip: event.ip ?? null,
      object: event.object ?? null,
    });
  },
  list: async (db, after) => (await db.all(list, { after })).map(toEvent),
  listAbout: async (db, subject, after, limit) => (await db.all(listAbout, { subject, after, limit })).map(toEvent),
};

function toEvent(row: Selectable<AuditTables['audit_events']>): RecordedEvent {
  return {
    id: row.id,
    at: row.at,
    event: row.event as AuditEventName,
    outcome: row.outcome as 'success' | 'refused',
    reason: row.reason ?? undefined,
    actor: row.actor_id === null ? undefined : asUserId(row.actor_id),
    subject: row.subject_id === null ? undefined : asUserId(row.subject_id),
    session: row.session_id === null ? undefined : asSessionId(row.session_id),
    ip: row.ip ?? undefined,
    object: row.object ?? undefined,
  };
}
