import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';

export const mailStates = ['waiting', 'sent', 'given-up'] as const;
export type MailState = (typeof mailStates)[number];

/** What is known of a mail besides what it says. */
export interface MailRecord {
  readonly id: string;
  readonly user: UserId | undefined;
  readonly to: string;
  readonly template: string;
  readonly state: MailState;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** When it is tried next, while it waits. */
  readonly dueAt: Instant | undefined;
  readonly attempts: number;
  readonly sentAt: Instant | undefined;
  readonly givenUpAt: Instant | undefined;
  /** Why the last attempt failed. */
  readonly lastError: string | undefined;
}

/** A mail of development, with what it says. */
export interface ShownMail {
  readonly id: string;
  readonly sealed: string;
  readonly createdAt: Instant;
}

/** The outbox, as it is looked at: by operators, by those to whom mails go, and in the mailbox of development. */
export interface MailRecordsStore {
  find(db: Reads, id: string): Promise<MailRecord | undefined>;
  /** The newest first. */
  list(db: Reads, state: MailState | undefined, limit: number): Promise<MailRecord[]>;
  /** Those to a user, the newest first. */
  listOf(db: Reads, user: UserId): Promise<MailRecord[]>;
  /** Lets a mail that has failed be tried now. `false` where it does not wait for that, or somebody is sending it. */
  hasten(tx: Tx, id: string, now: Instant): Promise<boolean>;
  /** The same for all; how many. */
  hastenAll(tx: Tx, now: Instant): Promise<number>;
  /** Those that were shown, the newest first, with what they say. */
  listShown(db: Reads, limit: number): Promise<ShownMail[]>;
  findShown(db: Reads, id: string): Promise<ShownMail | undefined>;
  /** Forgets all mails to a user, also those that wait. */
  removeOf(tx: Tx, user: UserId): Promise<void>;
}
