import type { Tx } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { Counter } from './counters.ts';
import { tooManyAttempts } from './errors.ts';
import { type Pace, paces } from './paces.ts';
import { attemptOn, type CounterState, type Judgement, type Mistakes, noteOn, without } from './policy.ts';
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

/** A counter and what it holds just now. */
export interface Held {
  readonly counter: Counter;
  readonly state: CounterState;
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
  /** Takes attempts back and opens the counters. @param share what each of them gives back, seeing what all of them hold */
  giveBack(
    tx: Tx,
    counters: readonly Counter[],
    share: (all: readonly Held[]) => (one: Held) => Mistakes,
  ): Promise<void>;
}

export function createCounters({ clock, store, keyOf }: Deps): Counters {
  /** All at once: an attempt costs one statement to read its counters and one to write them, however many they are. */
  const lock = async (tx: Tx, counters: readonly Counter[], now: Instant) => {
    const keys = counters.map(keyOf);
    const states = await store.lock(tx, keys, now);
    return counters.map((counter, place) => ({
      counter,
      key: keys[place] as string,
      state: states[place] as CounterState,
    }));
  };

  const judge = async (tx: Tx, counters: readonly Counter[], spraying: boolean) => {
    const now = clock.now();
    return (await lock(tx, counters, now)).map(({ counter, key, state }) => {
      const pace = paces[counter.kind];
      const judgement: Judgement = counter.takesNote
        ? { counted: true, state: noteOn(state, now, pace) }
        : attemptOn(state, now, pace, spraying);
      return { counter, key, judgement };
    });
  };

  return {
    async charge(tx, counters, spraying) {
      const judged = await judge(tx, counters, spraying);
      const waits = judged.map(({ counter, judgement }) => (isSilent(counter) ? 0 : waitOf(judgement)));
      const retryAfterSeconds = Math.max(0, ...waits);
      if (retryAfterSeconds > 0) throw tooManyAttempts({ retryAfterSeconds });
      const heard = judged.every(({ judgement }) => judgement.counted);
      // One that is left out is saved as it was: it must cost the same.
      const changes = judged.map(({ counter, key, judgement: { state } }) => {
        const unheard = state.unheard + (heard || counter.kind !== 'own' ? 0 : 1);
        return { counter: key, ...state, unheard };
      });
      await store.save(tx, changes);
      return { counters: judged.filter(({ judgement }) => judgement.counted).map(({ counter }) => counter), heard };
    },

    async passes(tx, counter) {
      const [judged] = await judge(tx, [counter], false);
      if (judged?.judgement.counted !== true) return false;
      await store.save(tx, [{ counter: judged.key, ...judged.judgement.state }]);
      return true;
    },

    async giveBack(tx, counters, share) {
      const locked = await lock(tx, counters, clock.now());
      const shareOf = share(locked);
      const changes = locked.map((held) => {
        const { counter, key, state } = held;
        return { counter: key, ...without(state, shareOf(held), paces[counter.kind], counter.takesNote) };
      });
      await store.save(tx, changes);
    },
  };
}

const waitOf = (judgement: Judgement): number => (judgement.counted ? 0 : judgement.retryAfterSeconds);
const isSilent = ({ kind }: Counter): boolean => (paces[kind] as Pace).silent === true;
