import type { Tx } from '../../db/database.ts';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { EndedSession, SessionsStore } from './store.ts';
import type { SessionsTables } from './tables.ts';

const { statement, insert } = statements<SessionsTables>();

const takeStatusIndex = insert((db, p: { at: Instant }) => db.insertInto('status_indexes').values({ taken_at: p.at }));

const nextStatusIndex = statement((db, p: { from: number }) =>
  db.selectFrom('sessions').select('status_index').where('status_index', '>=', p.from).orderBy('status_index').limit(1),
);

const endedPlaces = statement((db, p: { from: number; to: number }) =>
  db
    .selectFrom('sessions')
    .select('status_index')
    .where('status_index', '>=', p.from)
    .where('status_index', '<', p.to)
    .where('ended_at', 'is not', null),
);

const endedAfter = statement((db, p: EndedSession) =>
  db
    .selectFrom('sessions')
    .select(['ended_at', 'status_index'])
    .where('ended_at', '>=', p.endedAt)
    .where(({ eb, or }) => or([eb('ended_at', '>', p.endedAt), eb('status_index', '>', p.statusIndex)]))
    .where('status_index', 'is not', null)
    .orderBy('ended_at')
    .orderBy('status_index')
    .limit(1_000),
);

const lastStatusIndex = statement((db, _: object) =>
  db.selectFrom('status_indexes').select(({ fn }) => fn.max('id').as('id')),
);

/** By the key: what is left of these rows is only that their numbers are taken, and that the counter behind them knows. */
const sweepStatusIndexes = statement((db, p: { below: number }) =>
  db.deleteFrom('status_indexes').where('id', '<', p.below),
);

type PlacesStore = Pick<SessionsStore, 'takeStatusIndex' | 'nextStatusIndex' | 'listEnded' | 'endedAfter'>;

/** The part of the store of sessions that knows their places in the status lists. */
export const placesStore: PlacesStore = {
  takeStatusIndex: (tx, at) => tx.insert(takeStatusIndex, { at }),
  nextStatusIndex: async (db, from) => (await db.first(nextStatusIndex, { from }))?.status_index ?? undefined,
  async listEnded(db, range) {
    const rows = await db.all(endedPlaces, range);
    return rows.map((row) => row.status_index as number);
  },
  async endedAfter(db, cursor) {
    const rows = await db.all(endedAfter, cursor);
    return rows.map((row) => ({ statusIndex: row.status_index as number, endedAt: row.ended_at as Instant }));
  },
};

/** Removes the rows of places that were taken, but for the last. */
export async function sweepPlaces(tx: Tx): Promise<void> {
  const last = await tx.first(lastStatusIndex, {});
  await tx.execute(sweepStatusIndexes, { below: last?.id ?? 0 });
}
