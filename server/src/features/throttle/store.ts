import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { CounterState } from './policy.ts';

/** Counters as their rows know them: by an opaque key. */
export interface ThrottleStore {
  /** The counter as it stands, a new one where there is none. Until the transaction ends nobody else can lock it. */
  lock(tx: Tx, counter: string, now: Instant): Promise<CounterState>;
  /** Changes a counter that the caller has locked. One that is set to nothing is not removed: others may be waiting to lock it. */
  save(tx: Tx, counter: string, state: CounterState): Promise<void>;
  /** Adds one to a counter that only ever grows. */
  add(tx: Tx, counter: string, now: Instant): Promise<void>;
  /** The sum of the counters from `from` to below `to`. */
  sum(db: Reads, range: { readonly from: string; readonly to: string }): Promise<number>;
  /** Removes counters that have nothing to tell and that nobody used since `before`. */
  sweepEmpty(tx: Tx, before: Instant): Promise<void>;
  /** Removes counters from `from` to below `to` that nobody used since `before`. */
  sweep(tx: Tx, range: { readonly from: string; readonly to: string; readonly before: Instant }): Promise<void>;
}
