import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import type { Database } from '../../db/database.ts';
import { statements } from '../../db/statement.ts';
import { asSessionId, asUserId, type UserId } from '../../kernel/ids.ts';
import type { Filter, Position } from './filter.ts';
import { type NewRow, type PersonalDatum, type PersonalPart, personalParts } from './row.ts';
import { type FullRow, fullRows, rowOf } from './seal-store.sql.ts';
import type { AuditEventName, AuditStore, FindQuery, FoundEvent, RecordedEvent } from './store.ts';
import type { AuditTables } from './tables.ts';

const { statement, insert } = statements<AuditTables>();

const append = insert((db, p: Omit<NewRow, 'personal'>) =>
  db.insertInto('audit_events').values({
    format: p.format,
    uid: p.uid,
    at: p.at,
    event: p.event,
    outcome: p.outcome,
    reason: p.reason,
    actor_id: p.actor,
    subject_id: p.subject,
    session_id: p.session,
    api_key: p.apiKey,
    object: p.object,
    ip_digest: p.ipDigest,
    note_digest: p.noteDigest,
    mac: p.mac,
  }),
);

const addPersonal = statement((db, p: PersonalDatum & { event: number; part: PersonalPart }) =>
  db
    .insertInto('audit_personal')
    .values({ event_id: p.event, part: p.part, person_id: p.person, salt: p.salt, value: p.value }),
);

const list = statement((db, p: { after: number }) =>
  fullRows(db).where('audit_events.id', '>', p.after).orderBy('audit_events.id').limit(1_000),
);

const listAbout = statement((db, p: { subject: UserId; after: number; limit: number }) =>
  fullRows(db)
    .where('audit_events.subject_id', '=', p.subject)
    .where('audit_events.id', '>', p.after)
    .orderBy('audit_events.id')
    .limit(p.limit),
);

/** What somebody did to others, or to nobody. */
const listElsewhere = statement((db, p: { actor: UserId; after: number; limit: number }) =>
  fullRows(db)
    .where('audit_events.actor_id', '=', p.actor)
    .where((where) =>
      where.or([where('audit_events.subject_id', 'is', null), where('audit_events.subject_id', '!=', p.actor)]),
    )
    .where('audit_events.id', '>', p.after)
    .orderBy('audit_events.id')
    .limit(p.limit),
);

const erasePersonal = statement((db, p: { person: number }) =>
  db.deleteFrom('audit_personal').where('person_id', '=', p.person),
);

/** Until it is sealed, the row of an older release holds its address itself. */
const eraseClearIps = statement((db, p: { person: number }) =>
  db
    .updateTable('audit_events')
    .set({ ip: null })
    .where('seq', 'is', null)
    .where('ip', 'is not', null)
    .where((where) =>
      where.or([
        where('actor_id', '=', p.person),
        where.and([where('actor_id', 'is', null), where('subject_id', '=', p.person)]),
      ]),
    ),
);

export const auditStore: AuditStore = {
  async append(tx, { personal, ...row }) {
    const id = await tx.insert(append, row);
    for (const part of personalParts) {
      const datum = personal[part];
      if (datum !== undefined) await tx.execute(addPersonal, { ...datum, event: id, part });
    }
  },
  list: async (db, after) => (await db.all(list, { after })).map(eventOf),
  async listOf(db, user, after, limit) {
    // Two reads, each by its index; an `or` of both columns would look at the whole record.
    const about = await db.all(listAbout, { subject: user, after, limit });
    const elsewhere = await db.all(listElsewhere, { actor: user, after, limit });
    const both = [...about, ...elsewhere].toSorted((a, b) => a.id - b.id);
    return both.slice(0, limit).map(eventOf);
  },
  find: findEvents,
  async erase(tx, person) {
    await tx.execute(erasePersonal, { person });
    await tx.execute(eraseClearIps, { person });
  },
};

/** The filters from what is narrowest mostly to the widest. Each has an index, which also holds the order. */
const columns = [
  ['session', 'audit_events.session_id'],
  ['apiKey', 'audit_events.api_key'],
  ['subject', 'audit_events.subject_id'],
  ['actor', 'audit_events.actor_id'],
  ['reason', 'audit_events.reason'],
  ['event', 'audit_events.event'],
  ['outcome', 'audit_events.outcome'],
] as const satisfies readonly (readonly [keyof Filter, string])[];

/** A filter that is asked for: its column, and what must stand there. */
interface Asked {
  readonly column: (typeof columns)[number][1];
  readonly value: string | number;
}

const askedIn = (filter: Filter): Asked[] =>
  columns.flatMap(([name, column]) => {
    const value = filter[name];
    return value === undefined ? [] : [{ column, value }];
  });

type Builder = Kysely<AuditTables>;

/** Rows that are counted to tell which of several filters is the narrowest. */
const mostCounted = 1_000;
/** Rows of the narrowest filter that are looked at for one page. */
const mostLookedAt = 5_000;

/** One filter is looked up in its index. Of several the narrowest is, and the others are checked row by row. */
async function findEvents(db: Database, query: FindQuery) {
  const builder: Builder = db.dialect.builder;
  const asked = askedIn(query.filter);
  if (asked.length < 2) {
    const found = fullRows(builder).where((where) => among(where, query, asked));
    return { events: (await db.query(sorted(found, query).limit(query.limit))).map(foundOf), lookedTo: undefined };
  }
  const driver = await narrowest(db, asked);
  const looked = sorted(
    builder
      .selectFrom('audit_events')
      .select(['audit_events.id', 'audit_events.at'])
      .where((where) => among(where, query, [driver])),
    query,
  );
  const found = fullRows(builder)
    .innerJoin(looked.limit(mostLookedAt).as('looked'), 'looked.id', 'audit_events.id')
    .where((where) => where.and(asked.map(unindexed)));
  const events = (await db.query(sorted(found, query).limit(query.limit))).map(foundOf);
  const [lookedTo] = events.length < query.limit ? await db.query(looked.offset(mostLookedAt - 1).limit(1)) : [];
  return { events, lookedTo: lookedTo && { at: lookedTo.at, id: lookedTo.id } };
}

async function narrowest(db: Database, asked: readonly Asked[]): Promise<Asked> {
  const builder: Builder = db.dialect.builder;
  const counts = await Promise.all(
    asked.map(({ column, value }) => {
      const few = builder.selectFrom('audit_events').select('id').where(column, '=', value).limit(mostCounted);
      return db.query(builder.selectFrom(few.as('few')).select((it) => it.fn.countAll<number>().as('rows')));
    }),
  );
  const [least = asked[0]] = asked
    .map((one, place) => ({ one, rows: Number(counts[place]?.[0]?.rows ?? 0) }))
    .toSorted((a, b) => a.rows - b.rows)
    .map(({ one }) => one);
  return least as Asked;
}

/** In a form that no index serves, so that no database goes another way than by the rows that are looked at. */
const unindexed = ({ column, value }: Asked): Expression<SqlBool> =>
  sql<SqlBool>`coalesce(${sql.ref(column)}, ${typeof value === 'number' ? sql.lit(0) : sql.lit('')}) = ${value}`;

type Where = ExpressionBuilder<AuditTables, 'audit_events'>;

/** The rows of these filters, in the time that is asked for, behind the position. */
function among(where: Where, { filter, order, after }: FindQuery, asked: readonly Asked[]): Expression<SqlBool> {
  const { since, until } = filter;
  return where.and([
    ...asked.map(({ column, value }) => where(column, '=', value)),
    ...(since === undefined ? [] : [where('audit_events.at', '>=', since)]),
    ...(until === undefined ? [] : [where('audit_events.at', '<', until)]),
    ...(after === undefined ? [] : [behind(where, order, after)]),
  ]);
}

function behind(where: Where, order: 'asc' | 'desc', { at, id }: Position): Expression<SqlBool> {
  // `at >= x and (at > x or id > y)` instead of `(at, id) > (x, y)`: MySQL uses no index for the short form.
  const [from, past] = order === 'asc' ? (['>=', '>'] as const) : (['<=', '<'] as const);
  return where.and([
    where('audit_events.at', from, at),
    where.or([where('audit_events.at', past, at), where('audit_events.id', past, id)]),
  ]);
}

const sorted = <T extends Sortable<T>>(rows: T, { order }: FindQuery): T =>
  rows.orderBy('audit_events.at', order).orderBy('audit_events.id', order);

interface Sortable<T> {
  orderBy(column: 'audit_events.at' | 'audit_events.id', order: 'asc' | 'desc'): T;
}

function eventOf(full: FullRow): RecordedEvent {
  const row = rowOf(full);
  return {
    id: row.id,
    at: row.at,
    event: row.event as AuditEventName,
    outcome: row.outcome as 'success' | 'refused',
    reason: row.reason ?? undefined,
    actor: row.actor === null ? undefined : asUserId(row.actor),
    subject: row.subject === null ? undefined : asUserId(row.subject),
    session: row.session === null ? undefined : asSessionId(row.session),
    apiKey: row.apiKey ?? undefined,
    ip: row.personal.ip?.value ?? row.clearIp ?? undefined,
    object: row.object ?? undefined,
    note: row.personal.note?.value,
  };
}

const foundOf = (full: FullRow): FoundEvent => ({
  ...eventOf(full),
  uid: full.uid ?? undefined,
  seq: full.seq ?? undefined,
});
