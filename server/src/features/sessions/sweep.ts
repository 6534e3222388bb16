import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { SessionsStore } from './store.ts';

/** Sessions stay for a while after their end, so that a late replay is still recognised as what it is. */
const keptMs = 7 * 86_400_000;

export function createSweep(deps: { db: Database; clock: Clock; store: SessionsStore }): () => Promise<void> {
  const { db, clock, store } = deps;
  return async () => {
    await db.transact((tx) => store.sweep(tx, clock.now() - keptMs), { patience: 'maintenance' });
  };
}
