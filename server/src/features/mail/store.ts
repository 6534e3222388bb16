import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { Template } from './letters.ts';

/** A mail that waits to be sent. */
export interface WaitingMail {
  readonly id: string;
  /** Address, language and letter; sealed, since it may hold a token. */
  readonly sealed: string;
  readonly createdAt: Instant;
  /** How often it has been tried. */
  readonly attempts: number;
  /** When it may be tried next; also what a claim is told by. */
  readonly dueAt: Instant;
  /** When its links are dead, and it is worth nothing any more. */
  readonly expiresAt: Instant;
}

export interface NewMail {
  readonly id: string;
  readonly user: UserId | undefined;
  readonly template: Template;
  readonly sealed: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** The outbox. */
export interface MailStore {
  /** Adds a mail within the transaction of what it tells of: both or neither. */
  add(tx: Tx, mail: NewMail): Promise<void>;
  /** Those that are due, the longest first. */
  listDue(db: Reads, now: Instant, limit: number): Promise<WaitingMail[]>;
  /** How many of a template were added for a user since an instant, sent ones too while they are kept. */
  countSince(db: Reads, user: UserId, template: Template, since: Instant): Promise<number>;
  /** Forgets all mails to a user, also those that wait. */
  removeOf(tx: Tx, user: UserId): Promise<void>;
}
