import type { Database, Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { SessionId, UserId } from '../../kernel/ids.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Filter, Position } from './filter.ts';
import type { NewRow } from './row.ts';

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
  | 'login.mail-asked'
  | 'password.changed'
  | 'password.rehashed'
  | 'password.reset-asked'
  | 'password.reset'
  | 'email.verified'
  | 'email.verification-asked'
  | 'account.taken-over'
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
  | 'key.revoked'
  | 'audit.resumed';

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
  /** Personal data of who acts, or else of the subject. */
  readonly ip?: string | undefined;
  /**
   * What else it is about, where that is no user: the name of a role, the id of an API key, `new-device` of a session that was started. It can never be
   * erased, so nothing that somebody says of a person belongs here.
   */
  readonly object?: string | undefined;
  /** What somebody says of the subject in words of their own: personal data of the subject. */
  readonly note?: string | undefined;
  /** A folded name that nobody has. It may be a password in the wrong field: what is kept is a keyed hash (`object`), never the name. */
  readonly triedName?: string | undefined;
}

/** An event as the record has it. Personal data that was erased is not there any more. */
export interface RecordedEvent extends Omit<AuditEvent, 'actor' | 'triedName'> {
  readonly id: number;
  readonly at: Instant;
  readonly actor: UserId | undefined;
  /** The API key that acted for them. */
  readonly apiKey: string | undefined;
}

/** An event with its place in the record. */
export interface FoundEvent extends RecordedEvent {
  /** A UUID (version 7); none of an event that an older release recorded. */
  readonly uid: string | undefined;
  /** The number under which it is sealed, within a second or two. */
  readonly seq: number | undefined;
}

export interface AuditStore {
  /** Appends a row, with its personal data beside it, within the transaction of the change that it records: both or neither. */
  append(tx: Tx, row: NewRow): Promise<void>;
  /** From behind the id `after`, oldest first, a thousand at most. */
  list(db: Reads, after: number): Promise<RecordedEvent[]>;
  /**
   * Those that a filter lets through, from behind a position in the order that is asked for. Where several filters are asked for, only so
   * many rows are looked at; `lookedTo` is then how far, and there may be more behind it.
   */
  find(db: Database, query: FindQuery): Promise<{ events: FoundEvent[]; lookedTo: Position | undefined }>;
  /** The same of those about a user, so many at a time. */
  listAbout(db: Reads, subject: UserId, after: number, limit: number): Promise<RecordedEvent[]>;
  /** Deletes the personal data of a person. */
  erase(tx: Tx, person: UserId): Promise<void>;
}

export interface FindQuery {
  readonly filter: Filter;
  readonly order: 'asc' | 'desc';
  readonly after: Position | undefined;
  readonly limit: number;
}
