import type { Database } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { ApiKeyId } from '../../kernel/ids.ts';
import { useGrainMs } from './policy.ts';
import type { ApiKeysStore, FoundKey } from './store.ts';

/**
 * When each key was last used: to the minute, and at most one write a minute for each key, on however many nodes. A request only takes
 * note; what was noted is written later, by a chore. A crash forgets the notes of some seconds.
 */
export interface LastUse {
  note(key: Pick<FoundKey, 'id' | 'lastUsedAt'>): void;
  /** Writes what was noted. What cannot be written now is written the next time. */
  record(): Promise<void>;
}

/** Keys in one transaction. */
const batch = 500;

export function createLastUse(deps: { db: Database; clock: Clock; store: ApiKeysStore }): LastUse {
  const { db, clock, store } = deps;
  let noted = new Map<ApiKeyId, Instant>();

  const write = (uses: readonly (readonly [ApiKeyId, Instant])[]) =>
    db.transact(async (tx) => {
      for (const [id, at] of uses) await store.recordUse(tx, id, at, useGrainMs);
    });

  return {
    note({ id, lastUsedAt }) {
      const now = clock.now();
      // What the request has read anyway tells whether there is anything to write, also when another node has written it.
      if (lastUsedAt === undefined || lastUsedAt <= now - useGrainMs) noted.set(id, now);
    },
    async record() {
      // In order, so that two nodes that write the same keys do not wait for each other in a ring.
      const uses = [...noted].sort(([a], [b]) => (a < b ? -1 : 1));
      noted = new Map();
      for (let from = 0; from < uses.length; from += batch) {
        try {
          await write(uses.slice(from, from + batch));
        } catch (error) {
          noted = new Map([...uses.slice(from), ...noted]);
          throw error;
        }
      }
    },
  };
}
