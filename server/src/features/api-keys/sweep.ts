import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { ApiKeysStore } from './store.ts';

/** A dead key stays for a while, so that its owner finds the expired one, and one that is still used is not taken for made up. */
const keptMs = 30 * 86_400_000;

export function createSweep(deps: { db: Database; clock: Clock; store: ApiKeysStore }): () => Promise<void> {
  const { db, clock, store } = deps;
  return async () => {
    await db.transact((tx) => store.sweep(tx, clock.now() - keptMs), { patience: 'maintenance' });
  };
}
