import type { Database } from '../../db/database.ts';
import { canonicalJson, sha256Of } from './canonical.ts';
import { openCheckpoint, readUnsigned } from './checkpoint.ts';
import { append, joinHashes, leafHash, rootOf, splitHashes } from './merkle.ts';
import type { AuditKeys } from './open-keys.ts';
import type { RecordEvent } from './record-event.ts';
import { leafOf } from './row.ts';
import { noState, type SealRecord, type SealState, stateBehind } from './seal-record.ts';
import type { SealStore, StoredCheckpoint } from './seal-store.ts';

/**
 * Goes on with a record on which nothing is sealed any more, since its end does not hold: behind the last checkpoint that still fits all
 * that is before it, whoever has signed it. Rows behind that are sealed anew, those that were changed as unproven. The record says that it
 * happened; what was wrong is to be exported before.
 *
 * @returns the row behind which it goes on
 */
export type ResumeRecord = () => Promise<number>;

const pageCheckpoints = 50;

export function createResumeRecord(deps: {
  db: Database;
  store: SealStore;
  keys: AuditKeys;
  record: RecordEvent;
  seal: SealRecord;
}): ResumeRecord {
  const { db, store, keys, record, seal } = deps;
  const verifiers = keys.map(({ verifier }) => verifier);

  /** The state behind a checkpoint; `undefined` where it does not fit. */
  const next = async (state: SealState, { size, note, leaves }: StoredCheckpoint): Promise<SealState | undefined> => {
    const said = openCheckpoint(note, verifiers) ?? readUnsigned(note);
    const { frontier } = state;
    if (said === undefined || said.size !== size || said.from !== frontier.size) return undefined;
    const listed = splitHashes(leaves) ?? [];
    const isSealed = (hashes: readonly Buffer[]) => sha256Of(...hashes).equals(said.batch);
    const hashes = isSealed(listed) ? listed : await hashesOfRows(said.from, size);
    const grown = hashes.reduce(append, frontier);
    return isSealed(hashes) && rootOf(grown).equals(said.root) ? stateBehind(said, note, grown) : undefined;
  };

  const hashesOfRows = async (from: number, to: number): Promise<Buffer[]> =>
    (await store.sealedRows(db, { from, to })).map((row) => leafHash(canonicalJson(leafOf(row))));

  const lastGoodState = async (): Promise<SealState> => {
    for (let state = noState, after = 0; ; ) {
      const page = await store.checkpoints(db, { after, limit: pageCheckpoints });
      for (const checkpoint of page) {
        const grown = await next(state, checkpoint);
        if (grown === undefined) return state;
        state = grown;
        after = checkpoint.size;
      }
      if (page.length < pageCheckpoints) return state;
    }
  };

  return async () => {
    const state = await lastGoodState();
    const { size, subtrees } = state.frontier;
    await db.transact(
      async (tx) => {
        await store.rollBack(tx, { size, frontier: joinHashes(subtrees) });
        await record(tx, { event: 'audit.resumed', object: String(size) });
      },
      { patience: 'maintenance' },
    );
    // With the new checkpoint in the transaction's wake: what stands before it is not judged again.
    await seal.behind(state);
    return size;
  };
}
