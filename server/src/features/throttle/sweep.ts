import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { paces, sprayingWindowMs } from './paces.ts';
import { type Memory, memoryOf } from './policy.ts';
import type { Range, ThrottleStore } from './store.ts';

/** Counters of a step, which is a transaction of its own: a large table must not keep logins waiting. */
const perStep = 100;

/**
 * How long a counter stays behind its end: so that one that was given all back is not made anew at every login, and that nodes whose
 * clocks differ a little sweep nothing that another still counts by.
 */
const graceMs = 600_000;

/** Each kind with its memory, and the failures that are counted for spraying. */
const kinds: readonly (readonly [kind: string, memory: Memory])[] = [
  ...Object.entries(paces).map(([kind, pace]) => [kind, memoryOf(pace)] as const),
  ['failures', { allMs: 2 * sprayingWindowMs, eachMs: 0 }],
];

/** Removes counters that hold nothing any more: a name that was tried once stays for a day. */
export function createSweep(deps: { db: Database; clock: Clock; store: ThrottleStore }): () => Promise<void> {
  const { db, clock, store } = deps;

  /** @returns where the next step begins; `undefined` when all is done */
  const step = async (range: Range, memory: Memory): Promise<string | undefined> => {
    const next = await store.findBehind(db, range, perStep);
    const over = { ...memory, before: clock.now() - graceMs };
    await db.transact((tx) => store.sweep(tx, { ...range, to: next ?? range.to }, over), { patience: 'maintenance' });
    return next;
  };

  return async () => {
    for (const [kind, memory] of kinds) {
      const to = `${kind};`;
      let from: string | undefined = `${kind}:`;
      while (from !== undefined) from = await step({ from, to }, memory);
    }
  };
}
