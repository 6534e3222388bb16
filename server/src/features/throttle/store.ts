import type { Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';

/** A counter as its row knows it: an opaque key. */
export interface CounterState {
  readonly attempts: number;
  readonly blockedUntil: Instant;
}

export interface ThrottleStore {
  /**
   * Counts an attempt unless the counter is blocked, and holds the counter until the transaction ends: of any number of callers at once
   * each counts.
   *
   * @returns the counter after the attempt was counted; for a blocked one, as it stands
   */
  count(tx: Tx, counter: string, now: Instant): Promise<CounterState & { readonly counted: boolean }>;
  block(tx: Tx, counter: string, until: Instant): Promise<void>;
  /** Takes one attempt back and opens the counter. */
  uncount(tx: Tx, counter: string): Promise<void>;
  forget(tx: Tx, counter: string): Promise<void>;
  /** Removes counters that nobody used since `before`. */
  sweep(tx: Tx, before: Instant): Promise<void>;
}
