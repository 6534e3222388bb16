import { type Expression, type Kysely, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { statements } from '../../db/statement.ts';
import { asSessionId, asUserId, type UserId } from '../../kernel/ids.ts';
import type { Filter } from './filter.ts';
import { type NewRow, type PersonalDatum, type PersonalPart, personalParts } from './row.ts';
import { type AuditTables, type FullRow, fullRows, rowOf } from './seal-store.sql.ts';
import type { AuditEventName, AuditStore, FindQuery, FoundEvent, RecordedEvent } from './store.ts';

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
  listAbout: async (db, subject, after, limit) => (await db.all(listAbout, { subject, after, limit })).map(eventOf),
  find: async (db, query) => (await db.query(findQuery(db.dialect.builder, query))).map(foundOf),
  async erase(tx, person) {
    await tx.execute(erasePersonal, { person });
    await tx.execute(eraseClearIps, { person });
  },
};

/**
 * The filters from the narrowest to the widest. The first that is asked for is looked up in its index, which also holds the order; the
 * others are checked row by row, in a form that no index serves: a database without statistics might choose the index of `outcome`, which
 * half of all rows share.
 */
const columns = [
  ['session', 'audit_events.session_id'],
  ['apiKey', 'audit_events.api_key'],
  ['subject', 'audit_events.subject_id'],
  ['actor', 'audit_events.actor_id'],
  ['reason', 'audit_events.reason'],
  ['event', 'audit_events.event'],
  ['outcome', 'audit_events.outcome'],
] as const satisfies readonly (readonly [keyof Filter, string])[];

type Rows = SelectQueryBuilder<AuditTables, 'audit_events', FullRow>;

function findQuery(builder: Kysely<AuditTables>, { filter, order, after, limit }: FindQuery) {
  const asked = columns.filter(([name]) => filter[name] !== undefined);
  const filtered = asked.reduce<Rows>(
    (rows, [name, column], place) => {
      const value = filter[name] ?? '';
      return place === 0 ? rows.where(column, '=', value as never) : rows.where(unindexed(column, value));
    },
    fullRows(builder) as unknown as Rows,
  );
  return inTime(filtered, filter)
    .$if(after !== undefined, (rows) => rows.where((where) => behind(where, order, after ?? { at: 0, id: 0 })))
    .orderBy('audit_events.at', order)
    .orderBy('audit_events.id', order)
    .limit(limit);
}

const unindexed = (column: string, value: string | number): Expression<SqlBool> =>
  sql<SqlBool>`coalesce(${sql.ref(column)}, ${typeof value === 'number' ? sql.lit(0) : sql.lit('')}) = ${value}`;

const inTime = (rows: Rows, { since, until }: Filter): Rows =>
  rows
    .$if(since !== undefined, (all) => all.where('audit_events.at', '>=', since ?? 0))
    .$if(until !== undefined, (all) => all.where('audit_events.at', '<', until ?? 0)) as Rows;

// biome-ignore lint/suspicious/noExplicitAny: the builder of a condition on our own columns.
function behind(where: any, order: 'asc' | 'desc', { at, id }: { at: number; id: number }): Expression<SqlBool> {
  // `at >= x and (at > x or id > y)` instead of `(at, id) > (x, y)`: MySQL uses no index for the short form.
  const [from, past] = order === 'asc' ? (['>=', '>'] as const) : (['<=', '<'] as const);
  return where.and([
    where('audit_events.at', from, at),
    where.or([where('audit_events.at', past, at), where('audit_events.id', past, id)]),
  ]);
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
