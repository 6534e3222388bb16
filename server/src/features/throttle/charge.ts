import type { Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { tooManyAttempts } from './errors.ts';
import { attemptOn, type Counter, type Judgement, type Mistakes, noteOn, type Pace, paces, without } from './policy.ts';
import type { ThrottleStore } from './store.ts';

interface Deps {
  readonly clock: Clock;
  readonly store: ThrottleStore;
  readonly keyOf: (counter: Counter) => string;
}

/** What an attempt has been counted on, to be settled when it is known how it went. */
export interface Charged {
  readonly counters: readonly Counter[];
  /** False: to be answered as a wrong password, whatever it is. */
  readonly heard: boolean;
}

/** Moves counters, inside the caller's transaction. */
export interface Counters {
  /**
   * Counts an attempt on each counter, and on none when one is blocked. A silent one that is blocked is left out, and the attempt is not
   * heard.
   *
   * @throws tooManyAttempts
   */
  charge(tx: Tx, counters: readonly Counter[], spraying: boolean): Promise<Charged>;
  /** Counts on one that refuses nobody. @returns whether it was not blocked */
  passes(tx: Tx, counter: Counter): Promise<boolean>;
  /** Takes attempts back and opens the counter. @returns those that were there */
  giveBack(tx: Tx, counter: Counter, wanted: Mistakes): Promise<Mistakes>;
}

export function createCounters({ clock, store, keyOf }: Deps): Counters {
  const judge = async (tx: Tx, counter: Counter, spraying: boolean) => {
    const now = clock.now();
    const key = keyOf(counter);
    const state = await store.lock(tx, key, now);
    const pace = paces[counter.kind];
    const judgement: Judgement = counter.takesNote
      ? { counted: true, state: noteOn(state, now, pace) }
      : attemptOn(state, now, pace, spraying);
    return { counter, key, judgement };
  };

  return {
    async charge(tx, counters, spraying) {
      const judged = [];
      for (const counter of counters) judged.push(await judge(tx, counter, spraying));
      const waits = judged.map(({ counter, judgement }) => (isSilent(counter) ? 0 : waitOf(judgement)));
      const retryAfterSeconds = Math.max(0, ...waits);
      if (retryAfterSeconds > 0) throw tooManyAttempts({ retryAfterSeconds });
      const heard = judged.every(({ judgement }) => judgement.counted);
      for (const { counter, key, judgement } of judged) {
        const { state } = judgement;
        const unheard = state.unheard + (heard || counter.kind !== 'own' ? 0 : 1);
        // One that is left out is saved as it was: it must cost the same.
        await store.save(tx, key, { ...state, unheard });
      }
      return { counters: judged.filter(({ judgement }) => judgement.counted).map(({ counter }) => counter), heard };
    },

    async passes(tx, counter) {
      const { key, judgement } = await judge(tx, counter, false);
      if (judgement.counted) await store.save(tx, key, judgement.state);
      return judgement.counted;
    },

    async giveBack(tx, counter, wanted) {
      const key = keyOf(counter);
      const state = await store.lock(tx, key, clock.now());
      const given = {
        attempts: Math.min(state.attempts, wanted.attempts),
        unheard: Math.min(state.unheard, wanted.unheard),
      };
      await store.save(tx, key, without(state, given, paces[counter.kind], counter.takesNote));
      return given;
    },
  };
}

const waitOf = (judgement: Judgement): number => (judgement.counted ? 0 : judgement.retryAfterSeconds);
const isSilent = ({ kind }: Counter): boolean => (paces[kind] as Pace).silent === true;
