import type { Instant } from '../kernel/clock.ts';
import type { Reads, Tx } from './database.ts';
import { copyRefused, databaseMoved } from './moved.ts';
import { statements } from './statement.ts';

/** A move as one of the two databases knows it: the row at the source is its lock. */
export interface HouseMove {
  readonly id: string;
  readonly side: 'source' | 'target';
  readonly beganAt: Instant;
  /** At the target, when all was there. */
  readonly finishedAt: Instant | undefined;
}

interface HouseMovesTables {
  house_moves: { id: string; side: 'source' | 'target'; began_at: number; finished_at: number | null };
}

const { statement } = statements<HouseMovesTables>();

const listMoves = statement((db, _: object) => db.selectFrom('house_moves').selectAll().orderBy('began_at'));

const addMove = statement((db, p: { id: string; side: 'source' | 'target'; at: Instant }) =>
  db.insertInto('house_moves').values({ id: p.id, side: p.side, began_at: p.at, finished_at: null }),
);

const markFinished = statement((db, p: { id: string; at: Instant }) =>
  db.updateTable('house_moves').set({ finished_at: p.at }).where('id', '=', p.id),
);

const removeLocks = statement((db, _: object) => db.deleteFrom('house_moves').where('side', '=', 'source'));

export const houseMovesStore = {
  async list(reads: Reads): Promise<HouseMove[]> {
    const rows = await reads.all(listMoves, {});
    return rows.map(({ id, side, began_at, finished_at }) => ({
      id,
      side,
      beganAt: began_at,
      finishedAt: finished_at ?? undefined,
    }));
  },
  add: (tx: Tx, move: { id: string; side: 'source' | 'target'; at: Instant }) => tx.execute(addMove, move),
  finish: (tx: Tx, move: { id: string; at: Instant }) => tx.execute(markFinished, move),
  unlock: (tx: Tx) => tx.execute(removeLocks, {}),
};

/**
 * Sees to it that nobody serves from a database whose data is elsewhere, or not all there yet. The schema must be up to date.
 *
 * @throws `database-moved`, `copy-refused`
 */
export async function assertServable(reads: Reads): Promise<void> {
  const moves = await houseMovesStore.list(reads);
  if (moves.some(({ side }) => side === 'source')) throw databaseMoved({ detail: movedAway, retryAfterSeconds: 30 });
  if (moves.some((it) => it.side === 'target' && it.finishedAt === undefined))
    throw copyRefused({ detail: halfCopied });
}

const movedAway =
  'This database is locked: its data is moving to another one, or has moved. Set DATABASE_URL to the new one; `keyward db release` calls the move off and unlocks this one.';

const halfCopied =
  'This database holds an unfinished copy of another one. Run `keyward db copy` there once more: it goes on where it stopped.';
