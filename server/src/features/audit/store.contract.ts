import assert from 'node:assert/strict';
import { atOnce, storeContract } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import { asSessionId, asUserId } from '../../kernel/ids.ts';
import { auditStore as store } from './store.sql.ts';
import type { AuditEvent } from './store.ts';

const full: AuditEvent & { at: number } = {
  at: 1_000,
  event: 'login.failed',
  outcome: 'refused',
  reason: 'invalid-credentials',
  actor: { userId: asUserId(1) },
  subject: asUserId(2),
  session: asSessionId('s'.repeat(22)),
  ip: '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
  object: 'rôle '.repeat(40),
};

const append = (db: Database, event: AuditEvent & { at: number }) => db.transact((tx) => store.append(tx, event));

export const auditStoreContract = storeContract('the store of audit events', (that) => {
  that('gives back an event as it was', async (db) => {
    await append(db, full);
    assert.deepEqual(await store.list(db, 0), [{ id: 1, ...full, actor: 1 }]);
  });

  that('fills in what is not said: a success, of nobody', async (db) => {
    await append(db, { at: 1_000, event: 'user.created' });
    const nothing = { reason: undefined, actor: undefined, subject: undefined, session: undefined, ip: undefined };
    assert.deepEqual(await store.list(db, 0), [
      { id: 1, at: 1_000, event: 'user.created', outcome: 'success', ...nothing, object: undefined },
    ]);
  });

  that('names users who need not exist, so that it outlives them', async (db) => {
    await append(db, { ...full, subject: asUserId(12_345) });
    assert.equal((await store.list(db, 0))[0]?.subject, 12_345);
  });

  that('records an event with its change or not at all', async (db) => {
    const failing = db.transact(async (tx) => {
      await store.append(tx, full);
      throw new Error('the change failed');
    });
    await assert.rejects(failing, /the change failed/);
    assert.deepEqual(await store.list(db, 0), []);
  });

  that('lists from behind an id, the oldest first, a thousand at a time', async (db) => {
    await db.transact(async (tx) => {
      for (let at = 1; at <= 1_005; at += 1) await store.append(tx, { at, event: 'user.created' });
    });
    const first = await store.list(db, 0);
    assert.equal(first.length, 1_000);
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

  that('loses none of many that come at once', async (db) => {
    await atOnce(db, 20, (tx, place) => store.append(tx, { at: place, event: 'user.created' }));
    const events = await store.list(db, 0);
    assert.deepEqual(
      events.map(({ at }) => at).sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, place) => place),
    );
    assert.equal(new Set(events.map(({ id }) => id)).size, 20);
  });
});
