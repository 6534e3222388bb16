import type { Database, Tx } from '../../db/database.ts';
import type { Charged, Counters } from './charge.ts';
import type { Counter } from './counters.ts';
import type { Mistakes } from './policy.ts';
import type { Spraying } from './spraying.ts';

/** What becomes of the counters when it is known how an attempt went. */
export interface Settle {
  /**
   * It was right. What counts its maker alone starts anew; what counts many gets it back, and with it the maker's own mistakes, but
   * nobody else's (NIST SP 800-63B-4 §3.2.2: failures from the same address are to be disregarded).
   */
  forgive(tx: Tx, charged: Charged): Promise<void>;
  /** It was wrong: it stays counted, and counts for spraying. */
  recordFailure(tx: Tx, charged: Charged): Promise<void>;
  /** It was neither: the server had no time to look at the password. */
  undo(charged: Charged): Promise<void>;
}

const all: Mistakes = { attempts: Number.MAX_SAFE_INTEGER, unheard: Number.MAX_SAFE_INTEGER };

const isOneMakers = ({ kind }: Counter): boolean => kind === 'own' || kind === 'device' || kind === 'session';

export function createSettle(deps: {
  db: Database;
  counters: Counters;
  spraying: Spraying;
  keyOf: (counter: Counter) => string;
}): Settle {
  const { db, counters, spraying, keyOf } = deps;

  /**
   * Takes back what the maker's own counter still holds of `wanted`, and that of the others: each gets what it was charged, and nothing
   * twice where somebody else gave it back meanwhile. `own` comes behind other counters of one maker.
   */
  const giveBack = (tx: Tx, charged: Charged, wanted: Mistakes): Promise<void> =>
    counters.giveBack(tx, charged.counters, (all) => {
      const own = all.findLast(({ counter }) => isOneMakers(counter));
      const given = own === undefined ? wanted : atMost(own.state, wanted);
      return ({ counter, state }) => atMost(state, isOneMakers(counter) ? wanted : shareOf(counter, given));
    });

  return {
    forgive: (tx, charged) => giveBack(tx, charged, all),
    async recordFailure(tx, charged) {
      const name = charged.counters.find(({ kind }) => kind === 'name');
      if (name !== undefined) await spraying.recordFailure(tx, keyOf(name));
    },
    undo: (charged) => db.transact((tx) => giveBack(tx, charged, { attempts: 1, unheard: charged.heard ? 0 : 1 })),
  };
}

const atMost = (state: Mistakes, wanted: Mistakes): Mistakes => ({
  attempts: Math.min(state.attempts, wanted.attempts),
  unheard: Math.min(state.unheard, wanted.unheard),
});

/** An account has not counted what it has not heard. */
const shareOf = ({ kind }: Counter, { attempts, unheard }: Mistakes): Mistakes => ({
  attempts: kind === 'account' ? attempts - unheard : attempts,
  unheard: 0,
});
