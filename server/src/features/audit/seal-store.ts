import type { Database, Reads, Tx } from '../../db/database.ts';
import type { StoredAuditKey } from './audit-key.ts';
import type { AuditRow, PersonalDatum } from './row.ts';

/** How far the record is sealed: the right edge of its tree, and the checkpoint that says so under a signature. */
export interface Head {
  readonly size: number;
  readonly frontier: string;
  /** Undefined where nothing is sealed, or the checkpoint is gone. */
  readonly note: string | undefined;
  /** The size of the checkpoint that has sealed most; 0 when there is none. */
  readonly newest: number;
}

/** A checkpoint with the hashes of the leaves that it has sealed. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly note: string;
  readonly leaves: string;
}

/** What the sealer adds to a row. */
export interface RowSeal {
  readonly id: number;
  readonly format: number;
  readonly seq: number;
  readonly proof: string;
  readonly chain: string;
  readonly ipDigest: string | null;
  /** The address that an older release wrote into the row itself, on its way out of it. */
  readonly movedIp: PersonalDatum | undefined;
}

/** The side of the record that is sealed. */
export interface SealStore {
  /** As one read, so that its parts belong together; `undefined` before the first row is sealed. */
  head(db: Reads): Promise<Head | undefined>;
  /** Rows without a number, in the order of their ids, from behind `after`. */
  pending(db: Reads, page: { after: number; limit: number }): Promise<AuditRow[]>;
  /** The highest id of a row that an older release has written; 0 when there is none. */
  lastLegacyId(db: Reads): Promise<number>;
  /** Which of these ids of events are those of sealed rows. */
  sealedAmong(db: Database, uids: readonly string[]): Promise<Set<string>>;
  /** Moves the head from one size to the next; of two at once, one gets `true`. */
  advance(tx: Tx, head: { from: number; size: number; frontier: string }): Promise<boolean>;
  /** Numbers a row that has no number yet; of two at once, one gets `true`. */
  seal(tx: Tx, seal: RowSeal): Promise<boolean>;
  addCheckpoint(tx: Tx, checkpoint: StoredCheckpoint): Promise<void>;
  /** The one that has sealed most. */
  newestCheckpoint(db: Reads): Promise<StoredCheckpoint | undefined>;
  checkpoint(db: Reads, size: number): Promise<StoredCheckpoint | undefined>;
  /** In the order of their sizes, from behind `after`. */
  checkpoints(db: Reads, page: { after: number; limit: number }): Promise<StoredCheckpoint[]>;
  /** The rows with these numbers, `from` not included, in their order. */
  sealedRows(db: Reads, range: { from: number; to: number }): Promise<AuditRow[]>;
  /** A hundred at most of the rows with numbers that no checkpoint reaches. */
  strays(db: Reads): Promise<{ readonly id: number; readonly seq: number }[]>;
  /** Takes their numbers from the rows behind `size`, and removes the checkpoints that are behind it; sets the head there. */
  rollBack(tx: Tx, head: { size: number; frontier: string }): Promise<void>;
  /** Newest first. */
  keys(db: Reads): Promise<StoredAuditKey[]>;
  addKey(tx: Tx, key: StoredAuditKey): Promise<void>;
  /** Replaces the sealed key, if it is still `from`. */
  resealKey(tx: Tx, id: string, change: { readonly from: string; readonly to: string }): Promise<void>;
}
