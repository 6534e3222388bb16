import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { SessionId, UserId } from '../../kernel/ids.ts';
import type { Purpose } from '../../kernel/purpose.ts';

/** A token that is good at this moment: what it was made for, and to whom it was sent. */
export interface LiveToken {
  readonly id: number;
  readonly purpose: Purpose;
  /** None where the address has no account yet. */
  readonly user: UserId | undefined;
  /** As it was typed. */
  readonly email: string;
  readonly emailKey: string;
  /** The session in which it was asked for, where that matters. */
  readonly session?: SessionId;
  readonly createdAt: Instant;
}

export interface NewToken extends Omit<LiveToken, 'id'> {
  readonly tokenHash: string;
  /** None where there is no code. */
  readonly codeHash: string | undefined;
  readonly expiresAt: Instant;
}

export interface CodeQuery {
  readonly purpose: Purpose;
  readonly emailKey: string;
  readonly codeHash: string;
  readonly now: Instant;
  readonly triesAtMost: number;
}

export interface OwnQuery {
  readonly purpose: Purpose;
  readonly user: UserId;
  readonly now: Instant;
}

/** One-time tokens and codes, by their digests. */
export interface OneTimeCodesStore {
  add(tx: Tx, token: NewToken): Promise<number>;
  /** Forgets those of a purpose that were sent to an address, or were made for a user. */
  forgetOlder(tx: Tx, older: { purpose: Purpose; emailKey: string; user: UserId | undefined }): Promise<void>;
  findByToken(db: Reads, query: { purpose: Purpose; tokenHash: string; now: Instant }): Promise<LiveToken | undefined>;
  /**
   * Counts a try at the code of an address, and finds its token if the try was right. Of many at once no more than `triesAtMost` are looked
   * at; the right code behind them is as wrong as any. Of codes that were made at the same moment the newest is the one. To be committed
   * whatever comes of it.
   */
  tryCode(tx: Tx, query: CodeQuery): Promise<LiveToken | undefined>;
  /** Uses a token up; of two at once, one gets `true`. */
  use(tx: Tx, id: number, now: Instant): Promise<boolean>;
  /** Those of a user, also such as are not good any more. */
  listOf(db: Reads, user: UserId): Promise<(LiveToken & { readonly expiresAt: Instant })[]>;
  /** Forgets those of a user, of some purposes or of all. */
  removeOf(tx: Tx, user: UserId, purposes?: readonly Purpose[]): Promise<void>;
  /** Forgets those of a user and a purpose that were made after the one with this id. */
  removeYounger(tx: Tx, token: { user: UserId; purpose: Purpose; id: number }): Promise<void>;
  /** The first that was made for a user and was not used, also if it has run out. */
  findOldest(db: Reads, query: { purpose: Purpose; user: UserId }): Promise<number | undefined>;
  /** Whether somebody else than `user` has one for this address that is good. */
  isAnothers(db: Reads, query: OwnQuery & { readonly emailKey: string }): Promise<boolean>;
  /** Forgets one; none costs the same. */
  remove(tx: Tx, id: number | undefined): Promise<void>;
  /** Removes those that ran out before an instant, and of the purpose that is kept longer those that did before an earlier one. */
  sweep(tx: Tx, before: Instant, longer: { readonly purpose: Purpose; readonly before: Instant }): Promise<void>;
}
