import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { CounterState, Memory } from './policy.ts';

/** Counters from `from` to below `to`, byte by byte. */
export interface Range {
  readonly from: string;
  readonly to: string;
}

/** A counter, and what it is to hold. */
export interface SavedCounter extends CounterState {
  readonly counter: string;
}

/** Counters as their rows know them: by an opaque key. To lock or to save none asks nothing of the database. */
export interface ThrottleStore {
  /**
   * The counters as they stand, a new one where there is none. Until the transaction ends nobody else can lock them. However they are
   * named, they are locked in one order, so that no two callers wait for each other in a ring.
   */
  lock(tx: Tx, counters: readonly string[], now: Instant): Promise<CounterState[]>;
  /** Changes counters that the caller has locked. One that is set to nothing is not removed: others may be waiting to lock it. */
  save(tx: Tx, changes: readonly SavedCounter[]): Promise<void>;
  /** Adds one to a counter that only ever grows. */
  add(tx: Tx, counter: string, now: Instant): Promise<void>;
  /** The sum of the counters from `from` to below `to`. */
  sum(db: Reads, range: Range): Promise<number>;
  /** The counter that so many others stand between, from `from` to below `to`; `undefined` where there are fewer. */
  findBehind(db: Reads, range: Range, others: number): Promise<string | undefined>;
  /** Removes, in a range, what held nothing any more at `before`: counters whose attempts are all forgotten and that block nobody. */
  sweep(tx: Tx, range: Range, over: Memory & { readonly before: Instant }): Promise<number>;
}
