import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { tooManyAttempts } from './errors.ts';
import { type Counter, paces, waitSeconds } from './policy.ts';
import type { ThrottleStore } from './store.ts';

/** Counts an attempt on each counter, or refuses it when one is blocked. @throws tooManyAttempts */
export function createCharge(deps: {
  db: Database;
  clock: Clock;
  store: ThrottleStore;
  keyOf: (counter: Counter) => string;
}): (counters: readonly Counter[]) => Promise<void> {
  const { db, clock, store, keyOf } = deps;
  return (counters) =>
    db.transact(async (tx) => {
      const now = clock.now();
      for (const counter of counters) {
        const key = keyOf(counter);
        const { attempts, blockedUntil, counted } = await store.count(tx, key, now);
        // Throwing takes back what was counted on the counters before: a refused attempt makes no wait longer.
        if (!counted) throw tooManyAttempts({ retryAfterSeconds: Math.ceil((blockedUntil - now) / 1_000) });
        const wait = waitSeconds(attempts, paces[counter.kind]);
        if (wait > 0) await store.block(tx, key, now + wait * 1_000);
      }
    });
}
