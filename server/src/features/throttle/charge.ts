import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { tooManyAttempts } from './errors.ts';
import { attemptOn, type Counter, type Pace, paces } from './policy.ts';
import type { ThrottleStore } from './store.ts';

interface Deps {
  readonly clock: Clock;
  readonly store: ThrottleStore;
  readonly keyOf: (counter: Counter) => string;
}

/** Moves counters, inside the caller's transaction. */
export interface Counters {
  /**
   * Counts an attempt on each counter, and on none when one is blocked. A silent one that is blocked is left out.
   *
   * @returns those that counted @throws tooManyAttempts
   */
  charge(tx: Tx, counters: readonly Counter[], spraying: boolean): Promise<Counter[]>;
  /** Counts on one that refuses nobody. @returns whether it was not blocked */
  passes(tx: Tx, counter: Counter): Promise<boolean>;
  /** Takes attempts back and opens the counter. */
  giveBack(tx: Tx, counter: Counter, attempts: number): Promise<void>;
  /** The counter starts anew. @returns the attempts it had counted */
  restart(tx: Tx, counter: Counter): Promise<number>;
}

export function createCounters({ clock, store, keyOf }: Deps): Counters {
  const judge = async (tx: Tx, counter: Counter, spraying: boolean) => {
    const now = clock.now();
    const key = keyOf(counter);
    return { counter, key, ...attemptOn(await store.lock(tx, key, now), now, paces[counter.kind], spraying) };
  };

  return {
    async charge(tx, counters, spraying) {
      const judged = [];
      for (const counter of counters) judged.push(await judge(tx, counter, spraying));
      const loud = judged.filter(({ counter }) => !isSilent(counter));
      const waits = loud.map((it) => (it.counted ? 0 : it.retryAfterSeconds));
      const retryAfterSeconds = Math.max(0, ...waits);
      if (retryAfterSeconds > 0) throw tooManyAttempts({ retryAfterSeconds });
      // One that is left out is saved as it was: it must cost the same.
      for (const { key, state } of judged) await store.save(tx, key, state);
      return judged.filter(({ counted }) => counted).map(({ counter }) => counter);
    },

    async passes(tx, counter) {
      const { key, counted, state } = await judge(tx, counter, false);
      if (counted) await store.save(tx, key, state);
      return counted;
    },

    async giveBack(tx, counter, attempts) {
      const key = keyOf(counter);
      const state = await store.lock(tx, key, clock.now());
      await store.save(tx, key, { ...state, attempts: Math.max(0, state.attempts - attempts), blockedUntil: 0 });
    },

    async restart(tx, counter) {
      const key = keyOf(counter);
      const now = clock.now();
      const { attempts } = await store.lock(tx, key, now);
      await store.save(tx, key, { attempts: 0, lastAt: now, blockedUntil: 0 });
      return attempts;
    },
  };
}

const isSilent = ({ kind }: Counter): boolean => (paces[kind] as Pace).silent === true;
