import assert from 'node:assert/strict';
import { setImmediate as breathe } from 'node:timers/promises';
import { behind } from '../../../test/support/behind.ts';
import { atOnce, refusedWith, storeContract, yesAmong } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import { asUserId, type UserId } from '../../kernel/ids.ts';
import { emailTaken, usernameTaken } from './errors.ts';
import { usersStore as store } from './store.sql.ts';
import type { NewUser } from './store.ts';

const keysOf = (name: string) => ({ usernameKey: name, emailKey: `${name}@example.com` });

const newUser = (name: string): NewUser => ({
  username: name.toUpperCase(),
  email: `${name.toUpperCase()}@example.com`,
  ...keysOf(name),
  createdAt: 1_000,
});

const add = (db: Database, name: string) => db.transact((tx) => store.add(tx, newUser(name)));
const remove = (db: Database, id: UserId, at = 2_000) => db.transact((tx) => store.markDeleted(tx, id, at));
const restore = (db: Database, id: UserId, name: string) => db.transact((tx) => store.restore(tx, id, keysOf(name)));
const disable = (db: Database, id: UserId, until?: number, reason?: string, at = 3_000) =>
  db.transact((tx) => store.markDisabled(tx, id, { at, until, reason }));
const purge = (db: Database, id: UserId, at = 5_000) => db.transact((tx) => store.markPurged(tx, id, at));
const countUsers = async (db: Database) =>
  (await behind(db, (builder) => builder.selectFrom('users').select('id'))).length;

export const usersStoreContract = storeContract('the store of users', (that) => {
  that('gives back what was added, under ids that count up from 1', async (db) => {
    const ada = await add(db, 'ada');
    const bea = await add(db, 'bea');
    assert.deepEqual([ada, bea], [1, 2]);
    assert.deepEqual(await store.find(db, ada), {
      id: ada,
      username: 'ADA',
      email: 'ADA@example.com',
      emailVerifiedAt: undefined,
      locale: undefined,
      createdAt: 1_000,
      waitsSince: undefined,
      deletedAt: undefined,
      disabledAt: undefined,
      disabledUntil: undefined,
      disabledReason: undefined,
      purgedAt: undefined,
    });
    assert.equal(await store.find(db, asUserId(99)), undefined);
  });

  that('refuses a name that a living user has, by its folded form, and says which', async (db) => {
    await add(db, 'ada');
    const sameEmail = { ...newUser('bea'), emailKey: 'ada@example.com' };
    await assert.rejects(
      db.transact((tx) => store.add(tx, sameEmail)),
      refusedWith(emailTaken),
    );
    const sameName = { ...newUser('bea'), usernameKey: 'ada' };
    await assert.rejects(
      db.transact((tx) => store.add(tx, sameName)),
      refusedWith(usernameTaken),
    );
    assert.equal(await countUsers(db), 1);
  });

  that('tells folded forms apart byte by byte: folding is not the database’s', async (db) => {
    for (const name of ['ada', 'Ada', 'àda', 'ada ', 'aｄa']) await add(db, name);
    assert.equal((await store.findByKey(db, keysOf('Ada')))?.id, 2);
    assert.equal(await store.findByKey(db, keysOf('ADA')), undefined);
  });

  that('lets one of many in who want the same name at once', async (db) => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => add(db, 'ada')));
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    assert.equal(refusals.length, 7);
    assert.ok(refusals.every((error) => refusedWith(emailTaken)(error) || refusedWith(usernameTaken)(error)));
  });

  that('finds a living user by either name, and a deleted one by none', async (db) => {
    const ada = await add(db, 'ada');
    await add(db, 'bea');
    const find = (emailKey: string, usernameKey: string) => store.findByKey(db, { emailKey, usernameKey });
    assert.equal((await find('ada@example.com', '?'))?.id, ada);
    assert.equal((await find('?', 'ada'))?.id, ada);
    assert.equal(await find('?', '?'), undefined);
    const byEmail = async (key: string) => (await store.findByEmail(db, key))?.id;
    const byUsername = async (key: string) => (await store.findByUsername(db, key))?.id;
    assert.deepEqual([await byEmail('ada@example.com'), await byUsername('ada')], [ada, ada]);
    assert.deepEqual([await byEmail('ada'), await byUsername('ada@example.com')], [undefined, undefined]);
    await remove(db, ada);
    assert.equal(await find('ada@example.com', 'ada'), undefined);
    assert.deepEqual([await byEmail('ada@example.com'), await byUsername('ada')], [undefined, undefined]);
    assert.equal((await store.find(db, ada))?.deletedAt, 2_000, 'by id, also a deleted one');
  });

  that('knows for whom an account waits, until they come in', async (db) => {
    const ada = await db.transact((tx) => store.add(tx, { ...newUser('ada'), waitsSince: 1_000 }));
    const bea = await db.transact((tx) => store.add(tx, { ...newUser('bea'), waitsSince: 1_000 }));
    await db.transact((tx) => store.markArrived(tx, ada));
    const waiting = async (id: UserId) => (await store.find(db, id))?.waitsSince;
    assert.deepEqual([await waiting(ada), await waiting(bea)], [undefined, 1_000]);
  });

  that('deletes once, for one of many callers', async (db) => {
    const ada = await add(db, 'ada');
    const verdicts = await atOnce(db, 8, (tx, place) => store.markDeleted(tx, ada, 2_000 + place));
    assert.equal(yesAmong(verdicts), 1);
    assert.equal((await store.find(db, ada))?.deletedAt, 2_000 + verdicts.indexOf(true));
    assert.equal(await remove(db, asUserId(99)), false);
  });

  that('frees the names of a deleted user for a new account with a new id', async (db) => {
    const first = await add(db, 'ada');
    await remove(db, first);
    const second = await add(db, 'ada');
    assert.notEqual(second, first);
    assert.equal((await store.findByKey(db, keysOf('ada')))?.id, second);
  });

  that('never uses an id twice, not even one whose row is gone', async (db) => {
    await add(db, 'ada');
    const highest = await add(db, 'bea');
    await behind(db, (builder) => builder.deleteFrom('users').where('id', '=', highest));
    assert.ok((await add(db, 'cyd')) > highest);
  });

  that('restores a deleted user whose names are free, for one of many callers', async (db) => {
    const ada = await add(db, 'ada');
    assert.equal(await restore(db, ada, 'ada'), false, 'nothing to undo');
    await remove(db, ada);
    assert.equal(yesAmong(await atOnce(db, 8, (tx) => store.restore(tx, ada, keysOf('ada')))), 1);
    assert.equal((await store.findByKey(db, keysOf('ada')))?.id, ada);
    assert.equal((await store.find(db, ada))?.deletedAt, undefined);
    assert.equal(await restore(db, asUserId(99), 'cyd'), false);
  });

  that('does not restore a user one of whose names is taken, and leaves both as they are', async (db) => {
    const ada = await add(db, 'ada');
    await remove(db, ada);
    const other = await db.transact((tx) => store.add(tx, { ...newUser('ada'), usernameKey: 'other' }));
    await assert.rejects(restore(db, ada, 'ada'), refusedWith(emailTaken));
    await remove(db, other);
    await db.transact((tx) => store.add(tx, { ...newUser('ada'), emailKey: 'other@example.com' }));
    await assert.rejects(restore(db, ada, 'ada'), refusedWith(usernameTaken));
    assert.equal((await store.find(db, ada))?.deletedAt, 2_000);
    assert.equal((await store.findByKey(db, { emailKey: 'ada@example.com', usernameKey: '?' }))?.id, undefined);
  });

  that('of a restore and a sign-up that want the same name at once lets one in', async (db) => {
    const ada = await add(db, 'ada');
    await remove(db, ada);
    const [back, fresh] = await Promise.allSettled([restore(db, ada, 'ada'), add(db, 'ada')]);
    assert.deepEqual([back.status, fresh.status].sort(), ['fulfilled', 'rejected']);
  });

  that('disables and enables a living user, each for one of many callers', async (db) => {
    const ada = await add(db, 'ada');
    const enable = (id: UserId) => db.transact((tx) => store.markEnabled(tx, id, 4_000));
    assert.equal(await enable(ada), false, 'nothing to undo');
    const verdicts = await atOnce(db, 8, (tx, place) =>
      store.markDisabled(tx, ada, { at: 3_000 + place, until: undefined, reason: 'spam' }),
    );
    assert.equal(yesAmong(verdicts), 1);
    assert.equal((await store.find(db, ada))?.disabledAt, 3_000 + verdicts.indexOf(true), 'the first time stays');
    assert.equal((await store.find(db, ada))?.disabledReason, 'spam');
    assert.equal(yesAmong(await atOnce(db, 8, (tx) => store.markEnabled(tx, ada, 4_000))), 1);
    const { disabledAt, disabledUntil, disabledReason } = (await store.find(db, ada)) ?? {};
    assert.deepEqual([disabledAt, disabledUntil, disabledReason], [undefined, undefined, undefined]);
    await remove(db, ada);
    const nobody = asUserId(99);
    for (const id of [ada, nobody]) {
      assert.equal(await disable(db, id), false);
      assert.equal(await enable(id), false);
    }
  });

  that('knows who is active', async (db) => {
    const active = (id: UserId) => db.transact(async (tx) => (await store.lockActive(tx, id, 4_000))?.id === id);
    const [ada, bea, cyd] = [await add(db, 'ada'), await add(db, 'bea'), await add(db, 'cyd')];
    await remove(db, bea);
    await disable(db, cyd);
    assert.deepEqual(
      [await active(ada), await active(bea), await active(cyd), await active(asUserId(99))],
      [true, false, false, false],
    );
    assert.equal((await store.find(db, cyd))?.disabledAt, 3_000);
  });

  that('locks a living user also when they are disabled, and none who is deleted', async (db) => {
    const locked = (id: UserId) => db.transact(async (tx) => (await store.lock(tx, id))?.id === id);
    const [ada, bea, cyd] = [await add(db, 'ada'), await add(db, 'bea'), await add(db, 'cyd')];
    await remove(db, bea);
    await disable(db, cyd);
    assert.deepEqual(
      [await locked(ada), await locked(bea), await locked(cyd), await locked(asUserId(99))],
      [true, false, true, false],
    );
  });

  that('lets nobody enable a disabled user until the transaction that has locked them ends', async (db) => {
    const ada = await add(db, 'ada');
    await disable(db, ada);
    const locked = Promise.withResolvers<void>();
    const events: string[] = [];
    const enabling = locked.promise
      .then(() => db.transact((tx) => store.markEnabled(tx, ada, 4_000)))
      .then(() => events.push('enabled'));
    await db.transact(async (tx) => {
      assert.equal((await store.lock(tx, ada))?.id, ada);
      locked.resolve();
      for (let breath = 0; breath < 20; breath += 1) await breathe();
      assert.equal((await store.find(tx, ada))?.disabledAt, 3_000);
      events.push('unlocked');
    });
    await enabling;
    assert.deepEqual(events, ['unlocked', 'enabled']);
  });

  that('lets nobody change an active user until the transaction that has locked them ends', async (db) => {
    const ada = await add(db, 'ada');
    const locked = Promise.withResolvers<void>();
    const events: string[] = [];
    const deleting = locked.promise.then(() => remove(db, ada)).then(() => events.push('deleted'));
    await db.transact(async (tx) => {
      assert.equal((await store.lockActive(tx, ada, 4_000))?.id, ada);
      locked.resolve();
      for (let breath = 0; breath < 20; breath += 1) await breathe();
      assert.equal((await store.find(tx, ada))?.deletedAt, undefined);
      events.push('unlocked');
    });
    await deleting;
    assert.deepEqual(events, ['unlocked', 'deleted']);
  });

  that('lets a disability end in its very millisecond, by itself', async (db) => {
    const ada = await add(db, 'ada');
    await disable(db, ada, 10_000);
    const active = (now: number) => db.transact(async (tx) => (await store.lockActive(tx, ada, now)) !== undefined);
    assert.deepEqual([await active(9_999), await active(10_000), await active(10_001)], [false, true, true]);
    assert.equal(await db.transact((tx) => store.markEnabled(tx, ada, 10_000)), false, 'nothing to undo any more');
    assert.equal(await db.transact((tx) => store.markEnabled(tx, ada, 9_999)), true);
  });

  that('gives a disability another end or reason, and knows when it is the same', async (db) => {
    const ada = await add(db, 'ada');
    assert.equal(await disable(db, ada, 10_000, 'spam'), true);
    assert.equal(await disable(db, ada, 10_000, 'spam', 4_000), false);
    assert.equal(await disable(db, ada, 20_000, 'spam', 5_000), true);
    assert.equal(await disable(db, ada, 20_000, 'fraud', 6_000), true);
    assert.equal(await disable(db, ada, undefined, undefined, 7_000), true);
    assert.equal(await disable(db, ada, undefined, undefined, 8_000), false);
    const { disabledAt, disabledUntil, disabledReason } = (await store.find(db, ada)) ?? {};
    assert.deepEqual([disabledAt, disabledUntil, disabledReason], [7_000, undefined, undefined]);
    await disable(db, ada, 9_000, 'x', 8_000);
    assert.equal(await disable(db, ada, 9_000, 'x', 9_000), true, 'the one before has run out');
  });

  that('forgets disabilities that have run out, so many at a time, and no others', async (db) => {
    const ids = [];
    for (const name of ['ada', 'bea', 'cyd', 'dot']) ids.push(await add(db, name));
    const [ada, bea, cyd, dot] = ids as [UserId, UserId, UserId, UserId];
    await disable(db, ada, 5_000);
    await disable(db, bea, 6_000, 'spam');
    await disable(db, cyd, 7_000);
    await disable(db, dot);
    const forget = (now: number, limit = 9) => db.transact((tx) => store.forgetRunOut(tx, now, limit));
    assert.deepEqual(
      [await forget(4_999), await forget(6_000, 1), await forget(6_000), await forget(6_000)],
      [0, 1, 1, 0],
    );
    const disabledAt = async (id: UserId) => (await store.find(db, id))?.disabledAt;
    assert.deepEqual(await Promise.all(ids.map(disabledAt)), [undefined, undefined, 3_000, 3_000]);
    assert.equal((await store.find(db, bea))?.disabledReason, undefined);
  });

  that('renames a living user to names that are free, and says which is not', async (db) => {
    const [ada, bea] = [await add(db, 'ada'), await add(db, 'bea')];
    const rename = (id: UserId, names: object) => {
      const { createdAt: _, ...own } = newUser('ada');
      return db.transact((tx) => store.rename(tx, id, { ...own, ...names }));
    };
    await assert.rejects(rename(ada, { emailKey: 'bea@example.com' }), refusedWith(emailTaken));
    await assert.rejects(rename(ada, { usernameKey: 'bea' }), refusedWith(usernameTaken));
    assert.equal((await store.findByKey(db, keysOf('ada')))?.id, ada);
    const next = { username: 'Cyd', usernameKey: 'cyd', email: 'C@d.e', emailKey: 'c@d.e' };
    assert.equal(await rename(ada, next), true);
    assert.equal(await store.findByKey(db, keysOf('ada')), undefined, 'the old names are free');
    const { username, email } = (await store.findByKey(db, { usernameKey: 'cyd', emailKey: '?' })) ?? {};
    assert.deepEqual([username, email], ['Cyd', 'C@d.e']);
    await remove(db, bea);
    for (const id of [bea, asUserId(99)])
      assert.equal(await rename(id, { ...next, usernameKey: 'x', emailKey: 'x' }), false);
  });

  that('of many who want to be renamed to the same name at once lets one', async (db) => {
    for (let place = 0; place < 8; place += 1) await add(db, `user${place}`);
    const wanted = { username: 'Ada', usernameKey: 'ada' };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, place) => {
        const { createdAt: _at, ...own } = newUser(`user${place}`);
        return db.transact((tx) => store.rename(tx, asUserId(place + 1), { ...own, ...wanted }));
      }),
    );
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    assert.equal(refusals.length, 7);
    assert.ok(refusals.every(refusedWith(usernameTaken)));
  });

  that('purges a deleted user for one of many callers, and leaves nothing but the id', async (db) => {
    const ada = await add(db, 'ada');
    await disable(db, ada, undefined, 'spam');
    assert.equal(await purge(db, ada), false, 'who lives is not purged');
    await remove(db, ada);
    assert.equal(yesAmong(await atOnce(db, 8, (tx) => store.markPurged(tx, ada, 5_000))), 1);
    const [row] = await behind(db, (builder) => builder.selectFrom('users').selectAll());
    assert.doesNotMatch(JSON.stringify(row), /ada|spam/i);
    assert.deepEqual(await store.find(db, ada), {
      id: ada,
      username: '',
      email: '',
      emailVerifiedAt: undefined,
      locale: undefined,
      createdAt: 1_000,
      waitsSince: undefined,
      deletedAt: 2_000,
      disabledAt: undefined,
      disabledUntil: undefined,
      disabledReason: undefined,
      purgedAt: 5_000,
    });
    assert.equal(await restore(db, ada, 'ada'), false);
    assert.equal(await store.findByKey(db, { emailKey: '', usernameKey: '' }), undefined);
    assert.notEqual(await add(db, 'ada'), ada);
  });

  that('of a restore and a purge at once lets one through', async (db) => {
    const ada = await add(db, 'ada');
    await remove(db, ada);
    const verdicts = await Promise.all([restore(db, ada, 'ada'), purge(db, ada)]);
    assert.equal(yesAmong(verdicts), 1);
    const { deletedAt, purgedAt } = (await store.find(db, ada)) ?? {};
    assert.deepEqual([deletedAt === undefined, purgedAt === undefined], [verdicts[0], verdicts[0]]);
  });

  that('lists who was deleted before an instant and is not purged, the longest first', async (db) => {
    for (const name of ['ada', 'bea', 'cyd', 'dot', 'eve']) await add(db, name);
    for (const [id, at] of [
      [1, 4_000],
      [2, 3_000],
      [3, 2_000],
      [5, 3_000],
    ] as const)
      await remove(db, asUserId(id), at);
    await purge(db, asUserId(3));
    const idsOf = async (range: Parameters<typeof store.listDeleted>[1]) =>
      (await store.listDeleted(db, range)).map(({ id }) => id);
    assert.deepEqual(await idsOf({ before: 4_001, limit: 9 }), [2, 5, 1]);
    assert.deepEqual(await idsOf({ before: 4_000, limit: 9 }), [2, 5]);
    const [first] = await store.listDeleted(db, { before: 9_000, limit: 1 });
    assert.deepEqual(first, { id: 2, deletedAt: 3_000 });
    assert.deepEqual(await idsOf({ before: 9_000, after: first, limit: 9 }), [5, 1], 'of one instant by id');
    assert.deepEqual(await idsOf({ before: 9_000, after: { id: asUserId(1), deletedAt: 4_000 }, limit: 9 }), []);
  });

  that('is empty until there has been a user, and never again', async (db) => {
    assert.equal(await store.isEmpty(db), true);
    const ada = await add(db, 'ada');
    assert.equal(await store.isEmpty(db), false);
    await remove(db, ada);
    assert.equal(await store.isEmpty(db), false);
  });
});
