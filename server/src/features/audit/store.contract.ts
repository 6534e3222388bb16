import assert from 'node:assert/strict';
import { behind } from '../../../test/support/behind.ts';
import { atOnce, storeContract } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import { asSessionId, asUserId } from '../../kernel/ids.ts';
import type { Filter } from './filter.ts';
import type { NewRow } from './row.ts';
import { auditStore as store } from './store.sql.ts';

let made = 0;

/** A row of nobody, but for what is said. */
function row(says: Partial<NewRow> = {}): NewRow {
  made += 1;
  return {
    format: 1,
    uid: `00000000-0000-7000-8000-${String(made).padStart(12, '0')}`,
    at: 1_000,
    event: 'user.created',
    outcome: 'success',
    reason: null,
    actor: null,
    subject: null,
    session: null,
    apiKey: null,
    object: null,
    ipDigest: null,
    noteDigest: null,
    mac: 'm'.repeat(43),
    personal: {},
    ...says,
  };
}

const datum = (person: number | null, value: string) => ({ person, salt: 's'.repeat(22), value });

const full = {
  event: 'login.failed',
  outcome: 'refused',
  reason: 'invalid-credentials',
  actor: 1,
  subject: 2,
  session: 's'.repeat(22),
  apiKey: 'k'.repeat(64),
  object: 'rôle '.repeat(40),
  ipDigest: 'd'.repeat(43),
  noteDigest: 'e'.repeat(43),
} as const;

const ip = '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff';
const note = 'said \u{1f6f0} of them '.repeat(200);
const both = { ip: datum(1, ip), note: datum(2, note) };

const append = (db: Database, says?: Partial<NewRow>) => db.transact((tx) => store.append(tx, row(says)));

const nothing = {
  reason: undefined,
  actor: undefined,
  subject: undefined,
  session: undefined,
  apiKey: undefined,
  ip: undefined,
  object: undefined,
  note: undefined,
};

const idsOf = (events: readonly { readonly id: number }[]) => events.map(({ id }) => id);

export const auditStoreContract = storeContract('the store of audit events', (that) => {
  that('gives back an event as it was, with the personal data beside it', async (db) => {
    await append(db, { ...full, personal: both });
    const { event, outcome, reason, session, apiKey, object } = full;
    const said = { event, outcome, reason, session: asSessionId(session), apiKey, object, ip, note };
    const [found] = await store.list(db, 0);
    assert.deepEqual(found, { id: 1, at: 1_000, actor: asUserId(1), subject: asUserId(2), ...said });
  });

  that('leaves empty what is not said', async (db) => {
    await append(db);
    assert.deepEqual(await store.list(db, 0), [
      { id: 1, at: 1_000, event: 'user.created', outcome: 'success', ...nothing },
    ]);
  });

  that('names users who need not exist, so that it outlives them', async (db) => {
    await append(db, { subject: 12_345 });
    assert.equal((await store.list(db, 0))[0]?.subject, 12_345);
  });

  that('records an event with its change or not at all, its personal data neither', async (db) => {
    const failing = db.transact(async (tx) => {
      await store.append(tx, row({ personal: both }));
      throw new Error('the change failed');
    });
    await assert.rejects(failing, /the change failed/);
    await append(db);
    assert.deepEqual(
      (await store.list(db, 0)).map((event) => event.ip),
      [undefined],
    );
  });

  that('takes no row twice', async (db) => {
    const twice = row();
    await db.transact((tx) => store.append(tx, twice));
    await assert.rejects(db.transact((tx) => store.append(tx, twice)));
    assert.equal((await store.list(db, 0)).length, 1);
  });

  that('lists from behind an id, the oldest first, a thousand at a time', async (db) => {
    await db.transact(async (tx) => {
      for (let at = 1; at <= 1_005; at += 1) await store.append(tx, row({ at }));
    });
    const first = await store.list(db, 0);
    assert.deepEqual(
      first.map(({ at }) => at),
      Array.from({ length: 1_000 }, (_, place) => place + 1),
    );
    const last = first.at(-1)?.id ?? 0;
    assert.deepEqual(
      (await store.list(db, last)).map(({ at }) => at),
      [1_001, 1_002, 1_003, 1_004, 1_005],
    );
    assert.deepEqual(await store.list(db, last + 5), []);
  });

  that('lists those that a user is in, done to them or by them', async (db) => {
    for (const [actor, subject] of [
      [1, 1],
      [2, 2],
      [2, 1],
      [1, 2],
      [null, 1],
      [1, null],
      [null, null],
      [2, null],
    ])
      await append(db, { actor: actor ?? null, subject: subject ?? null });
    assert.deepEqual(idsOf(await store.listOf(db, asUserId(1), 0, 10)), [1, 3, 4, 5, 6]);
    assert.deepEqual(idsOf(await store.listOf(db, asUserId(1), 3, 10)), [4, 5, 6]);
    assert.deepEqual(idsOf(await store.listOf(db, asUserId(1), 0, 3)), [1, 3, 4]);
    assert.deepEqual(idsOf(await store.listOf(db, asUserId(1), 1, 1)), [3]);
  });

  that('loses none of many that come at once', async (db) => {
    await atOnce(db, 20, (tx, place) => store.append(tx, row({ at: place, personal: both })));
    const events = await store.list(db, 0);
    assert.deepEqual(
      events.map(({ at }) => at).sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, place) => place),
    );
    assert.equal(new Set(events.map(({ id }) => id)).size, 20);
  });

  that('finds by each filter, and by several together, in either order', async (db) => {
    const others = { event: 'user.created', outcome: 'success', reason: 'test', actor: 7, subject: 8 } as const;
    await append(db, { ...full, at: 3 });
    await append(db, { ...others, at: 1, session: 't'.repeat(22), apiKey: 'l' });
    await append(db, { ...full, at: 2, outcome: 'success' });
    await append(db, { at: 2 });
    const find = async (filter: Filter, order: 'asc' | 'desc' = 'desc') =>
      idsOf((await store.find(db, { filter, order, after: undefined, limit: 10 })).events);
    assert.deepEqual(await find({}), [1, 4, 3, 2], 'of one instant the later id first');
    assert.deepEqual(await find({}, 'asc'), [2, 3, 4, 1]);
    const { event, reason, actor, subject, session, apiKey } = full;
    for (const filter of [{ event }, { reason }, { actor }, { subject }, { session }, { apiKey }]) {
      assert.deepEqual(await find(filter), [1, 3], JSON.stringify(filter));
      assert.deepEqual(await find({ ...filter, outcome: 'refused' }), [1]);
      assert.deepEqual(await find({ ...filter, since: 2, until: 3 }), [3]);
    }
    assert.deepEqual(await find({ outcome: 'refused' }), [1]);
    assert.deepEqual(await find({ event, reason, actor, subject, session, apiKey }), [1, 3]);
    assert.deepEqual(await find({ actor: 1, subject: 8 }), []);
    assert.deepEqual(await find({ since: 2 }), [1, 4, 3]);
    assert.deepEqual(await find({ until: 2 }), [2]);
  });

  that('goes on behind a position, also among many of one instant', async (db) => {
    for (const at of [5, 5, 5, 6, 4]) await append(db, { at, event: 'user.deleted' });
    for (const filter of [{}, { event: 'user.deleted' }]) {
      const find = async (order: 'asc' | 'desc', after: { at: number; id: number }) =>
        idsOf((await store.find(db, { filter, order, after, limit: 2 })).events);
      assert.deepEqual(await find('desc', { at: 6, id: 4 }), [3, 2]);
      assert.deepEqual(await find('desc', { at: 5, id: 2 }), [1, 5]);
      assert.deepEqual(await find('asc', { at: 5, id: 1 }), [2, 3]);
      assert.deepEqual(await find('asc', { at: 5, id: 3 }), [4]);
    }
  });

  that('of two wide filters looks at so many rows for one page, and says how far it came', async (db) => {
    const rowOf = (place: number) => ({
      at: place,
      event: place === 1 || place > 5_002 ? 'user.deleted' : 'user.created',
      outcome: 'success',
      actor_id: place > 5_002 ? 2 : 1,
    });
    for (let done = 0; done < 7_000; done += 1_000) {
      const rows = Array.from({ length: 1_000 }, (_, place) => rowOf(done + place + 1));
      await behind(db, (it) => it.insertInto('audit_events').values(rows));
    }
    const filter = { actor: 1, event: 'user.deleted' };
    const find = async (after: { at: number; id: number } | undefined) => {
      const { events, lookedTo } = await store.find(db, { filter, order: 'desc', after, limit: 10 });
      return { found: events.map(({ at }) => at), lookedTo };
    };
    const first = await find(undefined);
    assert.deepEqual(first, { found: [], lookedTo: { at: 3, id: 3 } });
    assert.deepEqual(await find(first.lookedTo), { found: [1], lookedTo: undefined });
  });

  that('erases the personal data of one person, also where a row is about two', async (db) => {
    await append(db, { ...full, personal: both });
    await append(db, { personal: { ip: datum(null, 'of nobody') } });
    await db.transact((tx) => store.erase(tx, asUserId(2)));
    const told = async () => (await store.list(db, 0)).map((event) => [event.ip, event.note]);
    assert.deepEqual(await told(), [
      [ip, undefined],
      ['of nobody', undefined],
    ]);
    await db.transact((tx) => store.erase(tx, asUserId(1)));
    assert.deepEqual(await told(), [
      [undefined, undefined],
      ['of nobody', undefined],
    ]);
  });
});
