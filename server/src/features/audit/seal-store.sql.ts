import { type Kysely, type SqlBool, sql } from 'kysely';
import { statements } from '../../db/statement.ts';
import type { StoredAuditKey } from './audit-key.ts';
import type { AuditRow, PersonalDatum } from './row.ts';
import type { RowSeal, SealStore, StoredCheckpoint } from './seal-store.ts';

import type { AuditTables } from './tables.ts';

const { statement } = statements<AuditTables>();

/** Rows with their personal data beside them. */
export const fullRows = (db: Kysely<AuditTables>) =>
  db
    .selectFrom('audit_events')
    .leftJoin('audit_personal as ip_part', (join) =>
      join.onRef('ip_part.event_id', '=', 'audit_events.id').on('ip_part.part', '=', 'ip'),
    )
    .leftJoin('audit_personal as note_part', (join) =>
      join.onRef('note_part.event_id', '=', 'audit_events.id').on('note_part.part', '=', 'note'),
    )
    .selectAll('audit_events')
    .select([
      'ip_part.person_id as ip_person',
      'ip_part.salt as ip_salt',
      'ip_part.value as ip_value',
      'note_part.person_id as note_person',
      'note_part.salt as note_salt',
      'note_part.value as note_value',
    ]);

export type FullRow = Awaited<ReturnType<ReturnType<typeof fullRows>['execute']>>[number];

export function rowOf(row: FullRow): AuditRow {
  const [ip, note] = [
    datumOf(row.ip_person, row.ip_salt, row.ip_value),
    datumOf(row.note_person, row.note_salt, row.note_value),
  ];
  return {
    id: row.id,
    format: row.format,
    uid: row.uid,
    at: row.at,
    event: row.event,
    outcome: row.outcome,
    reason: row.reason,
    actor: row.actor_id,
    subject: row.subject_id,
    session: row.session_id,
    apiKey: row.api_key,
    clearIp: row.ip,
    object: row.object,
    ipDigest: row.ip_digest,
    noteDigest: row.note_digest,
    mac: row.mac,
    seq: row.seq,
    proof: row.proof,
    chain: row.chain,
    personal: { ...(ip && { ip }), ...(note && { note }) },
  };
}

const datumOf = (person: number | null, salt: string | null, value: string | null): PersonalDatum | undefined =>
  salt === null || value === null ? undefined : { person, salt, value };

const headId = 1;

const findHead = statement((db, _: object) =>
  db
    .selectFrom('audit_head')
    .leftJoin('audit_checkpoints', 'audit_checkpoints.size', 'audit_head.size')
    .select(['audit_head.size', 'audit_head.frontier', 'audit_checkpoints.note'])
    .select((row) =>
      row
        .selectFrom('audit_checkpoints as newest')
        .select((it) => it.fn.max('newest.size').as('size'))
        .as('newest'),
    )
    .where('audit_head.id', '=', headId),
);

const addHead = statement((db, _: object, dialect) =>
  dialect.unlessPresent(db.insertInto('audit_head').values({ id: headId, size: 0, frontier: '' })),
);

const moveHead = statement((db, p: { from: number; size: number; frontier: string }) =>
  db
    .updateTable('audit_head')
    .set({ size: p.size, frontier: p.frontier })
    .where('id', '=', headId)
    .where('size', '=', p.from),
);

const pendingRows = statement((db, p: { after: number; limit: number }) =>
  fullRows(db)
    .where('audit_events.seq', 'is', null)
    .where('audit_events.id', '>', p.after)
    // Not by the id alone: so the index gives the order, and of a million rows that wait no more than a page is read.
    .orderBy('audit_events.seq')
    .orderBy('audit_events.id')
    .limit(p.limit),
);

const lastLegacyRow = statement((db, _: object) =>
  db
    .selectFrom('audit_events')
    .select('id')
    .where('seq', 'is', null)
    .where('format', 'is', null)
    .orderBy('id', 'desc')
    .limit(1),
);

/** A purge may have taken the address meanwhile: then the row is no more what was looked at, and is looked at again. */
const sealRow = statement((db, p: Omit<RowSeal, 'movedIp'> & { hadIp: 0 | 1 }) =>
  db
    .updateTable('audit_events')
    .set({ format: p.format, seq: p.seq, proof: p.proof, chain: p.chain, ip_digest: p.ipDigest, ip: null })
    .where('id', '=', p.id)
    .where('seq', 'is', null)
    .where(sql<SqlBool>`case when ip is null then 0 else 1 end >= ${p.hadIp}`),
);

const addMovedIp = statement((db, p: PersonalDatum & { event: number }) =>
  db
    .insertInto('audit_personal')
    .values({ event_id: p.event, part: 'ip', person_id: p.person, salt: p.salt, value: p.value }),
);

const addCheckpoint = statement((db, p: StoredCheckpoint) =>
  db.insertInto('audit_checkpoints').values({ size: p.size, note: p.note, leaves: p.leaves }),
);

const newestCheckpoint = statement((db, _: object) =>
  db.selectFrom('audit_checkpoints').selectAll().orderBy('size', 'desc').limit(1),
);

const oneCheckpoint = statement((db, p: { size: number }) =>
  db.selectFrom('audit_checkpoints').selectAll().where('size', '=', p.size),
);

const checkpointsBehind = statement((db, p: { after: number; limit: number }) =>
  db.selectFrom('audit_checkpoints').selectAll().where('size', '>', p.after).orderBy('size').limit(p.limit),
);

const sealedRows = statement((db, p: { from: number; to: number }) =>
  fullRows(db)
    .where('audit_events.seq', '>', p.from)
    .where('audit_events.seq', '<=', p.to)
    .orderBy('audit_events.seq')
    .orderBy('audit_events.id'),
);

const strays = statement((db, _: object) =>
  db
    .selectFrom('audit_events')
    .select(['id', 'seq'])
    .where((where) =>
      where.or([
        where('seq', '<', 1),
        where('seq', '>', (it) =>
          it
            .selectFrom('audit_checkpoints')
            .select((row) => row.fn.coalesce(row.fn.max('size'), row.val(0)).as('size')),
        ),
      ]),
    )
    .orderBy('seq')
    .limit(100),
);

const unsealRows = statement((db, p: { size: number }) =>
  db.updateTable('audit_events').set({ seq: null, chain: null, proof: null }).where('seq', '>', p.size),
);

const removeCheckpoints = statement((db, p: { size: number }) =>
  db.deleteFrom('audit_checkpoints').where('size', '>', p.size),
);

const setHead = statement((db, p: { size: number; frontier: string }) =>
  db.updateTable('audit_head').set({ size: p.size, frontier: p.frontier }).where('id', '=', headId),
);

const allKeys = statement((db, _: object) =>
  db.selectFrom('audit_keys').selectAll().orderBy('created_at', 'desc').orderBy('id'),
);

const addKey = statement((db, p: StoredAuditKey) =>
  db.insertInto('audit_keys').values({ id: p.id, origin: p.origin, created_at: p.createdAt, sealed: p.sealed }),
);

const resealKey = statement((db, p: { id: string; from: string; to: string }) =>
  db.updateTable('audit_keys').set({ sealed: p.to }).where('id', '=', p.id).where('sealed', '=', p.from),
);

export const sealStore: SealStore = {
  async head(db) {
    const row = await db.first(findHead, {});
    return row && { ...row, note: row.note ?? undefined, newest: row.newest ?? 0 };
  },
  pending: async (db, page) => (await db.all(pendingRows, page)).map(rowOf),
  lastLegacyId: async (db) => (await db.first(lastLegacyRow, {}))?.id ?? 0,
  async sealedAmong(db, uids) {
    const builder: Kysely<AuditTables> = db.dialect.builder;
    const query = builder
      .selectFrom('audit_events')
      .select('uid')
      .where('uid', 'in', uids)
      .where('seq', 'is not', null);
    return new Set((await db.query(query)).flatMap(({ uid }) => uid ?? []));
  },
  async advance(tx, head) {
    if (head.from === 0) await tx.execute(addHead, {});
    return (await tx.execute(moveHead, head)) === 1;
  },
  async seal(tx, { movedIp, ...seal }) {
    if ((await tx.execute(sealRow, { ...seal, hadIp: movedIp === undefined ? 0 : 1 })) !== 1) return false;
    if (movedIp !== undefined) await tx.execute(addMovedIp, { ...movedIp, event: seal.id });
    return true;
  },
  addCheckpoint: async (tx, checkpoint) => {
    await tx.execute(addCheckpoint, checkpoint);
  },
  newestCheckpoint: async (db) => db.first(newestCheckpoint, {}),
  checkpoint: async (db, size) => db.first(oneCheckpoint, { size }),
  checkpoints: (db, page) => db.all(checkpointsBehind, page),
  sealedRows: async (db, range) => (await db.all(sealedRows, range)).map(rowOf),
  async strays(db) {
    const rows = await db.all(strays, {});
    return rows.map(({ id, seq }) => ({ id, seq: seq ?? 0 }));
  },
  async rollBack(tx, head) {
    await tx.execute(unsealRows, { size: head.size });
    await tx.execute(removeCheckpoints, { size: head.size });
    await tx.execute(addHead, {});
    await tx.execute(setHead, head);
  },
  async keys(db) {
    const rows = await db.all(allKeys, {});
    return rows.map(({ id, origin, created_at: createdAt, sealed }) => ({ id, origin, createdAt, sealed }));
  },
  addKey: async (tx, key) => {
    await tx.execute(addKey, key);
  },
  resealKey: async (tx, id, { from, to }) => {
    await tx.execute(resealKey, { id, from, to });
  },
};
