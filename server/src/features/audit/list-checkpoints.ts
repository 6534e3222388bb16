import type { Database } from '../../db/database.ts';
import { type OpenedCheckpoint, openCheckpoint } from './checkpoint.ts';
import type { AuditKeys } from './open-keys.ts';
import type { SealStore, StoredCheckpoint } from './seal-store.ts';

/** A checkpoint as it is told to others. */
export interface ToldCheckpoint {
  readonly size: number;
  readonly note: string;
  /** Undefined where it is not ours any more: somebody has changed it. */
  readonly time: number | undefined;
}

export interface ListCheckpoints {
  /** Those behind the one of row `after`, in their order. */
  list(after: number, limit: number): Promise<ToldCheckpoint[]>;
  newest(): Promise<ToldCheckpoint | undefined>;
  /** Whether there is one of so many rows; of none there always is. */
  exists(size: number): Promise<boolean>;
}

export function createListCheckpoints(deps: { db: Database; store: SealStore; keys: AuditKeys }): ListCheckpoints {
  const { db, store, keys } = deps;
  const verifiers = keys.map(({ verifier }) => verifier);
  const told = ({ size, note }: StoredCheckpoint): ToldCheckpoint => {
    const opened: OpenedCheckpoint | undefined = openCheckpoint(note, verifiers);
    return { size, note, time: opened?.time };
  };
  return {
    list: async (after, limit) => (await store.checkpoints(db, { after, limit })).map(told),
    async newest() {
      const checkpoint = await store.newestCheckpoint(db);
      return checkpoint && told(checkpoint);
    },
    exists: async (size) => size === 0 || (await store.checkpoint(db, size)) !== undefined,
  };
}
