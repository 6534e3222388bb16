/**
 * Owns: the record of every security event: who, what, whom, when, from where, with which outcome.
 * Tables: audit_events.
 * Specifications: ASVS 5.0 V16 (what to log, and what never).
 */
import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { createAuditHolding } from './personal-data.ts';
import { auditStore } from './store.sql.ts';
import type { AuditEvent, AuditStore } from './store.ts';

export const auditHolding = createAuditHolding(auditStore);
export type { AuditEvent, RecordedEvent } from './store.ts';

export interface Audit {
  /** Records an event in the transaction of the change itself, so that there is never one without the other. */
  record(tx: Tx, event: AuditEvent): Promise<void>;
  readonly list: AuditStore['list'];
}

export function createAudit({ clock }: { clock: Clock }): Audit {
  return {
    record: (tx, event) => auditStore.append(tx, { ...event, at: clock.now() }),
    list: auditStore.list,
  };
}
