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
  /** How often it has been tried; also what a claim is told by: each claim adds one. */
  readonly attempts: number;
  /** How often it was not taken while the mail server was there. */
  readonly failures: number;
  /** When its links are dead, and it is worth nothing any more. */
  readonly expiresAt: Instant;
}

export interface NewMail {
  readonly id: string;
  readonly user: UserId | undefined;
  readonly to: string;
  readonly template: Template;
  readonly sealed: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** A mail that one has claimed: whoever claims it later has another number. */
export type Claim = Pick<WaitingMail, 'id' | 'attempts'>;

/** When a mail is tried again, and why that is needed. */
export interface NextTry {
  readonly dueAt: Instant;
  readonly error: string | undefined;
  /** From now on; as before where it was not the mail that failed. */
  readonly failures: number;
}

export interface Backlog {
  readonly waiting: number;
  readonly since: Instant | undefined;
  readonly lastError: string | undefined;
}

/** The outbox, as mails go through it. */
export interface MailStore {
  /** Adds a mail within the transaction of what it tells of: both or neither. */
  add(tx: Tx, mail: NewMail): Promise<void>;
  /** The same, as one that is shown and not sent: it keeps what it says. */
  addShown(tx: Tx, mail: NewMail): Promise<void>;
  /** Those that are due, the longest first. */
  listDue(db: Reads, now: Instant, limit: number): Promise<WaitingMail[]>;
  /** How many of a template were added for an address since an instant, sent ones too while they are kept. */
  countSince(db: Reads, to: string, template: Template, since: Instant): Promise<number>;
  /** Forgets a mail; none costs the same. */
  remove(tx: Tx, id: string | undefined): Promise<void>;
  /** Takes a mail until `until`, and counts the attempt. Of several who have seen it at once, one gets `true`. */
  claim(tx: Tx, seen: Claim, until: Instant): Promise<boolean>;
  /** It was sent; what it said is erased. `false` where somebody else has claimed it meanwhile. */
  markSent(tx: Tx, claim: Claim, at: Instant): Promise<boolean>;
  /** It is to be tried again. `false` as above. */
  putOff(tx: Tx, claim: Claim, next: NextTry): Promise<boolean>;
  /** It is not tried again; what it said is erased. `false` as above. */
  giveUp(tx: Tx, claim: Claim, end: { readonly at: Instant; readonly error: string }): Promise<boolean>;
  /** How many wait that were written before `before`, since when the oldest does, and why it failed last. */
  backlog(db: Reads, before: Instant): Promise<Backlog>;
  /** Forgets mails of before `before` that were sent, shown or given up, or have expired by then; at most so many. @returns how many */
  sweep(tx: Tx, before: Instant, limit: number): Promise<number>;
  /** Erases what shown mails say. */
  eraseShown(tx: Tx): Promise<void>;
}
