import type { Database, Tx } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import { sprayingFrom, sprayingWindowMs } from './paces.ts';
import type { ThrottleStore } from './store.ts';

/** Notices that many try few passwords at many accounts, each of them too seldom to be noticed. */
export interface Spraying {
  isUnderWay(): Promise<boolean>;
  /** @param spread decides which of the rows counts it: a text that differs from failure to failure */
  recordFailure(tx: Tx, spread: string): Promise<void>;
}

/** Rows of a window: with one, every failure would wait for every other. */
const shards = 16;
/** How long a node goes by what it has read. */
const lookEveryMs = 5_000;

const windowKey = (at: Instant, ahead = 0): string => {
  const start = (Math.floor(at / sprayingWindowMs) + ahead) * sprayingWindowMs;
  return `failures:${String(start).padStart(15, '0')}`;
};

export function createSpraying(deps: { db: Database; clock: Clock; store: ThrottleStore }): Spraying {
  const { db, clock, store } = deps;
  let seen: { readonly at: Instant; readonly underWay: boolean } | undefined;

  const look = async (at: Instant): Promise<boolean> =>
    (await store.sum(db, { from: windowKey(at, -1), to: windowKey(at, 1) })) >= sprayingFrom;

  return {
    async isUnderWay() {
      const now = clock.now();
      if (seen === undefined || Math.abs(now - seen.at) >= lookEveryMs) {
        seen = { at: now, underWay: await look(now) };
      }
      return seen.underWay;
    },
    recordFailure(tx, spread) {
      const now = clock.now();
      return store.add(tx, `${windowKey(now)}:${spread.charCodeAt(spread.length - 2) % shards}`, now);
    },
  };
}
