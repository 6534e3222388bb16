import type { Database, Tx } from '../../db/database.ts';
import type { Counters } from './charge.ts';
import type { Charged } from './charge-login.ts';
import type { Counter } from './policy.ts';
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

const isOneMakers = ({ kind }: Counter): boolean => kind === 'own' || kind === 'device' || kind === 'session';

export function createSettle(deps: {
  db: Database;
  counters: Counters;
  spraying: Spraying;
  keyOf: (counter: Counter) => string;
}): Settle {
  const { db, counters, spraying, keyOf } = deps;
  return {
    async forgive(tx, charged) {
      let mistakes = 1;
      for (const counter of charged.counters) {
        if (isOneMakers(counter)) mistakes = await counters.restart(tx, counter);
        else await counters.giveBack(tx, counter, mistakes);
      }
    },
    async recordFailure(tx, charged) {
      const name = charged.counters.find(({ kind }) => kind === 'name');
      if (name !== undefined) await spraying.recordFailure(tx, keyOf(name));
    },
    undo: ({ counters: charged }) =>
      db.transact(async (tx) => {
        for (const counter of charged) await counters.giveBack(tx, counter, 1);
      }),
  };
}
