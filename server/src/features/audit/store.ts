import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { SessionId, UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';

/** What can happen. A past participle: it did happen, or was refused with a reason. */
export type AuditEventName =
  | 'user.created'
  | 'user.renamed'
  | 'user.deleted'
  | 'user.restored'
  | 'user.disabled'
  | 'user.enabled'
  | 'user.purged'
  | 'user.exported'
  | 'session.started'
  | 'session.ended'
  | 'session.stolen'
  | 'login.failed'
  | 'password.changed'
  | 'password.rehashed'
  | 'role.created'
  | 'role.changed'
  | 'role.renamed'
  | 'role.described'
  | 'role.deleted'
  | 'role.assigned'
  | 'role.unassigned'
  | 'permission.registered'
  | 'permission.removed'
  | 'api-key.created'
  | 'api-key.revoked'
  | 'key.published'
  | 'key.retired'
  | 'key.revoked';

/** One security event. Never holds a secret. */
export interface AuditEvent {
  readonly event: AuditEventName;
  readonly outcome?: 'success' | 'refused';
  /** The stable code of the refusal, or why a session ended. */
  readonly reason?: string | undefined;
  /** Who did it; absent for the operator at the CLI and for strangers. */
  readonly actor?: Actor | undefined;
  /** To whom. */
  readonly subject?: UserId | undefined;
  readonly session?: SessionId | undefined;
  readonly ip?: string | undefined;
  /** What else it is about, where that is no user: the name of a role, the id of an API key, `new-device` of a session that was started. */
  readonly object?: string | undefined;
}

/** An event as the record has it. */
export interface RecordedEvent extends Omit<AuditEvent, 'actor'> {
  readonly id: number;
  readonly at: Instant;
  readonly actor: UserId | undefined;
}

export interface AuditStore {
  /** Appends a row within the transaction of the change that it records: both or neither. */
  append(tx: Tx, event: AuditEvent & { at: Instant }): Promise<void>;
  /** From behind `after`, oldest first. */
  list(db: Reads, after: number): Promise<RecordedEvent[]>;
  /** The same of those about a user, so many at a time. */
  listAbout(db: Reads, subject: UserId, after: number, limit: number): Promise<RecordedEvent[]>;
}
