import type { Generated } from 'kysely';
import type { Instant } from '../../kernel/clock.ts';

export interface AuditTables {
  audit_events: {
    id: Generated<number>;
    at: Instant;
    event: string;
    outcome: string;
    reason: string | null;
    actor_id: number | null;
    subject_id: number | null;
    session_id: string | null;
    /** Written by older releases alone. */
    ip: string | null;
    object: string | null;
    format: number | null;
    uid: string | null;
    api_key: string | null;
    ip_digest: string | null;
    note_digest: string | null;
    mac: string | null;
    seq: number | null;
    proof: string | null;
    chain: string | null;
  };
  audit_personal: { event_id: number; part: string; person_id: number | null; salt: string; value: string };
  audit_checkpoints: { size: number; note: string; leaves: string };
  /** One row. */
  audit_head: { id: number; size: number; frontier: string };
  audit_keys: { id: string; origin: string; created_at: Instant; sealed: string };
}
