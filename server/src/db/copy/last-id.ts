import type { Database } from '../database.ts';
import { rawQuery } from '../raw-query.ts';

/** The highest id that `table` ever handed out; 0 when none. */
export async function readLastId(db: Database, table: string): Promise<number> {
  const { lastIds } = db.dialect;
  const [row] = await db.transact((tx) => tx.query(rawQuery(db.dialect, lastIds.query(table))));
  return lastIds.of(row);
}

/** Lets the ids of `table` go on behind `id`. */
export async function writeLastId(db: Database, table: string, id: number): Promise<void> {
  await db.transact(
    async (tx) => {
      for (const change of db.dialect.lastIds.set(table, id)) await tx.query(rawQuery(db.dialect, change));
    },
    { patience: 'maintenance' },
  );
}
