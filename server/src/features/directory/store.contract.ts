import assert from 'node:assert/strict';
import fc from 'fast-check';
import { behind } from '../../../test/support/behind.ts';
import { storeContract } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import { asRoleId, asUserId, type UserId } from '../../kernel/ids.ts';
import { usersStore } from '../users/index.ts';
import type { StatusFilter } from './policy.ts';
import { directoryStore as store } from './store.sql.ts';
import type { PageQuery, Position } from './store.ts';

const now = 10_000;
const statuses: readonly StatusFilter[] = ['living', 'active', 'disabled', 'deleted', 'any'];

async function add(db: Database, name: string, createdAt = 1_000): Promise<UserId> {
  const names = { username: name, usernameKey: name, email: `${name}@x.y`, emailKey: `${name}@x.y` };
  return db.transact((tx) => usersStore.add(tx, { ...names, createdAt }));
}

const remove = (db: Database, id: UserId) => db.transact((tx) => usersStore.markDeleted(tx, id, 5_000));
const disable = (db: Database, id: UserId, until?: number) =>
  db.transact((tx) => usersStore.markDisabled(tx, id, { at: 5_000, until, reason: undefined }));

const everything: PageQuery = {
  by: 'created',
  from: undefined,
  to: undefined,
  status: 'living',
  descending: false,
  after: undefined,
  limit: 100,
  now,
};

const ids = async (db: Database, query: Partial<PageQuery> = {}) =>
  (await store.page(db, { ...everything, ...query })).map(({ id }) => id);

/** All pages, one after the other; `between` happens after each. */
async function walk(db: Database, query: Partial<PageQuery>, between: () => Promise<unknown> = async () => {}) {
  const seen: UserId[] = [];
  for (let after: Position | undefined; ; ) {
    const page = await store.page(db, { ...everything, ...query, after });
    seen.push(...page.map(({ id }) => id));
    const last = page.at(-1);
    if (last === undefined) return seen;
    after = { key: last.key, id: last.id };
    await between();
  }
}

/** One of each kind: 1 active, 2 disabled, 3 disabled until now, 4 disabled until later, 5 deleted, 6 deleted while disabled, 7 purged. */
async function furnish(db: Database): Promise<void> {
  for (const name of ['ada', 'bea', 'cyd', 'dot', 'eve', 'fay', 'gil']) await add(db, name);
  await disable(db, asUserId(2));
  await disable(db, asUserId(3), now);
  await disable(db, asUserId(4), now + 1);
  await disable(db, asUserId(6));
  for (const id of [5, 6, 7]) await remove(db, asUserId(id));
  await db.transact((tx) => usersStore.markPurged(tx, asUserId(7), 6_000));
}

export const directoryStoreContract = storeContract('the store of the directory', (that) => {
  that('knows each status to the millisecond, and never shows whom it has forgotten', async (db) => {
    await furnish(db);
    const expected = {
      living: [1, 2, 3, 4],
      active: [1, 3],
      disabled: [2, 4],
      deleted: [5, 6],
      any: [1, 2, 3, 4, 5, 6],
    };
    for (const status of statuses) {
      for (const by of ['created', 'email', 'username'] as const) {
        assert.deepEqual(await ids(db, { status, by }), expected[status], `${status} by ${by}`);
        assert.deepEqual(await ids(db, { status, by, descending: true }), expected[status].toReversed());
      }
    }
  });

  that('finds who begins with a text, byte by byte, whatever stands behind it', async (db) => {
    for (const name of ['ad', 'ada', 'adb', 'Ada', 'ada🦊', 'ada_x', 'ada%', 'àda', 'b']) await add(db, name);
    const greatest = '\u{10ffff}';
    const found = (by: 'email' | 'username', prefix: string) => ids(db, { by, from: prefix, to: prefix + greatest });
    assert.deepEqual(await found('username', 'ada'), [2, 7, 6, 5]);
    assert.deepEqual(await found('username', 'ad'), [1, 2, 7, 6, 5, 3]);
    assert.deepEqual(await found('username', 'ada%'), [7], '% is a sign like any other');
    assert.deepEqual(await found('username', 'A'), [4]);
    assert.deepEqual(await found('email', 'ada@'), [2]);
    assert.deepEqual(await found('email', 'zed'), []);
  });

  that('finds deleted users by the names that they had', async (db) => {
    await furnish(db);
    assert.deepEqual(await ids(db, { by: 'email', from: 'eve@', to: 'eve@z', status: 'deleted' }), [5]);
    assert.deepEqual(await ids(db, { by: 'username', from: 'eve', to: 'evf', status: 'living' }), []);
    await add(db, 'eve');
    assert.deepEqual(await ids(db, { by: 'email', from: 'eve@', to: 'eve@z', status: 'any' }), [5, 8]);
  });

  that('lists also those whom an older release has deleted, though it kept no names of theirs', async (db) => {
    for (const name of ['ada', 'bea', 'cyd']) await add(db, name);
    const gone = { deleted_at: 5_000, username_key: null, email_key: null };
    await behind(db, (builder) => builder.updateTable('users').set(gone).where('id', '<', 3));
    for (const by of ['created', 'email', 'username'] as const) {
      assert.deepEqual(await walk(db, { by, status: 'any', limit: 1 }), [1, 2, 3]);
    }
  });

  that('has an end and a beginning in time', async (db) => {
    for (const at of [1_000, 2_000, 2_000, 3_000])
      await add(db, `user${at}${Math.abs(at)}${(await ids(db)).length}`, at);
    assert.deepEqual(await ids(db, { from: 2_000, to: 3_000 }), [2, 3]);
    assert.deepEqual(await ids(db, { from: 2_001 }), [4]);
    assert.deepEqual(await ids(db, { to: 2_000 }), [1]);
  });

  that('goes on behind a position in either direction, also among equal keys', async (db) => {
    for (let place = 0; place < 20; place += 1) await add(db, `u${place}`, 1_000 + (place >> 3));
    const all = Array.from({ length: 20 }, (_, place) => place + 1);
    for (const limit of [1, 3, 7, 20, 21]) {
      assert.deepEqual(await walk(db, { limit }), all);
      assert.deepEqual(await walk(db, { limit, descending: true }), all.toReversed());
    }
  });

  that('shows everybody who stays exactly once, whatever others do between the pages', async (db) => {
    const stay = Array.from({ length: 12 }, (_, place) => `stay${(place * 7) % 12}`);
    const staying = new Set<UserId>();
    for (const [place, name] of stay.entries()) staying.add(await add(db, name, 1_000 + place));
    let fresh = 0;
    const others: UserId[] = [];
    const changes = fc.array(fc.tuple(fc.constantFrom('add', 'delete', 'rename', 'disable'), fc.nat(1_000)), {
      maxLength: 4,
    });
    const shape = {
      by: fc.constantFrom('created', 'email', 'username'),
      descending: fc.boolean(),
      limit: fc.integer({ min: 1, max: 5 }),
      between: fc.array(changes, { minLength: 1, maxLength: 6 }),
    } as const;
    const change = async ([kind, number]: readonly [string, number]) => {
      fresh += 1;
      const other = others.length > 0 ? others[number % others.length] : undefined;
      const name = `${'qsuz'[number % 4]}${number}-${fresh}`;
      if (kind === 'add' || other === undefined) others.push(await add(db, name, 990 + (number % 40)));
      else if (kind === 'delete') await remove(db, other);
      else if (kind === 'disable') await disable(db, other);
      else {
        const names = { username: name, usernameKey: name, email: `${name}@x.y`, emailKey: `${name}@x.y` };
        await db.transact((tx) => usersStore.rename(tx, other, names));
      }
    };
    const walkIsWhole = fc.asyncProperty(fc.record(shape), async ({ between, ...query }) => {
      const turns = [...between];
      const seen = await walk(db, query, async () => {
        for (const it of turns.shift() ?? []) await change(it);
      });
      const seenStaying = seen.filter((id) => staying.has(id));
      assert.equal(new Set(seenStaying).size, staying.size, 'nobody is left out');
      assert.equal(seenStaying.length, staying.size, 'nobody is there twice');
    });
    await fc.assert(walkIsWhole, { numRuns: 15 });
  });

  that('lists the holders of a role in the order of their ids', async (db) => {
    for (const name of ['ada', 'bea', 'cyd', 'dot']) await add(db, name);
    const role = asRoleId(7);
    const row = { name: 'r', name_key: 'r', description: '', grants_all: 0, created_at: 0 };
    await behind(db, (builder) => builder.insertInto('roles').values({ id: role, ...row }));
    for (const user of [4, 2, 1]) {
      const assignment = { user_id: user, role_id: role, assigned_at: 0 };
      await behind(db, (builder) => builder.insertInto('user_roles').values(assignment));
    }
    await remove(db, asUserId(2));
    const members = async (query: { descending?: boolean; after?: UserId; limit?: number }) =>
      (await store.members(db, { role, descending: false, after: undefined, limit: 9, ...query })).map(({ id }) => id);
    assert.deepEqual(await members({}), [1, 2, 4], 'their status is for the caller to judge');
    assert.deepEqual(await members({ limit: 2 }), [1, 2]);
    assert.deepEqual(await members({ after: asUserId(1), limit: 1 }), [2]);
    assert.deepEqual(await members({ descending: true }), [4, 2, 1]);
    assert.deepEqual(await members({ descending: true, after: asUserId(4) }), [2, 1]);
    assert.deepEqual(await store.members(db, { role: asRoleId(8), descending: false, after: undefined, limit: 9 }), []);
  });
});
