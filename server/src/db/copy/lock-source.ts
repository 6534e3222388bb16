import type { Instant } from '../../kernel/clock.ts';
import type { Database, Tx } from '../database.ts';
import type { Dialect } from '../dialect.ts';
import { houseMovesStore } from '../house-moves.ts';
import { makeChange } from '../migrate.ts';
import { rawQuery } from '../raw-query.ts';
import { schemaTables } from '../schema.ts';
import { copiedTables } from './copied-tables.ts';

/**
 * Locks a database against every write, also of servers that run now: their next write is refused with `database-moved`, their
 * `/readyz` says 503, and none starts any more. What they only read (a `GET /user`) goes on until they are stopped.
 *
 * @param id of the move, unless a lock is held already
 * @returns the id of the move for which it is locked
 * @throws what the database refuses (rights, a lost connection); then nothing that this call has locked stays so, if it can be reached
 */
export function lockSource(db: Database, id: string, at: Instant): Promise<string> {
  const lock = async (tx: Tx): Promise<string> => {
    const held = (await houseMovesStore.list(tx)).find(({ side }) => side === 'source');
    if (held === undefined) await houseMovesStore.add(tx, { id, side: 'source', at });
    // Also when it is held: where each trigger is committed by itself, a crash may have left some of them out.
    await change(tx, db.dialect, db.dialect.writeBarrier.raise(guardedTables(db.dialect)));
    return held?.id ?? id;
  };
  return db.exclusively('house-move', async () => {
    try {
      return await db.transact(lock, { patience: 'maintenance' });
    } catch (error) {
      // Where each trigger is committed by itself, the lock's row is too: a lock that the database refuses half-way is taken back.
      if (await isLockedFor(db, id)) await release(db);
      throw error;
    }
  });
}

/** Unlocks it again. @returns whether it was locked */
export const releaseSource = (db: Database): Promise<boolean> => db.exclusively('house-move', () => release(db));

function release(db: Database): Promise<boolean> {
  const unlock = async (tx: Tx): Promise<boolean> => {
    await change(tx, db.dialect, db.dialect.writeBarrier.lift(guardedTables(db.dialect)));
    return (await houseMovesStore.unlock(tx)) > 0;
  };
  return db.transact(unlock, { patience: 'maintenance' });
}

const isLockedFor = async (db: Database, id: string): Promise<boolean> =>
  (await houseMovesStore.list(db)).some((move) => move.id === id && move.side === 'source');

/** All but the locks themselves: also the history, so that no newer release changes the schema meanwhile. */
const guardedTables = (dialect: Dialect): string[] => [
  ...copiedTables(schemaTables(dialect)).map(({ name }) => name),
  'schema_migrations',
];

async function change(tx: Tx, dialect: Dialect, texts: readonly string[]): Promise<void> {
  for (const text of texts) await makeChange(tx, dialect, rawQuery(dialect, text));
}
