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
const disable = (db: Database, id: UserId) =>
  behind(db, (builder) => builder.updateTable('users').set({ disabled_at: 3_000 }).where('id', '=', id));

export const usersStoreContract = storeContract('the store of users', (that) => {
  that('gives back what was added, under ids that count up from 1', async (db) => {
    const ada = await add(db, 'ada');
    const bea = await add(db, 'bea');
    assert.deepEqual([ada, bea], [1, 2]);
    assert.deepEqual(await store.find(db, ada), {
      id: ada,
      username: 'ADA',
      email: 'ADA@example.com',
      createdAt: 1_000,
      deletedAt: undefined,
      disabledAt: undefined,
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
    assert.equal((await store.list(db, { after: 0, limit: 9, withDeleted: true })).length, 1);
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
    await remove(db, ada);
    assert.equal(await find('ada@example.com', 'ada'), undefined);
    assert.equal((await store.find(db, ada))?.deletedAt, 2_000, 'by id, also a deleted one');
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
    const enable = (id: UserId) => db.transact((tx) => store.markEnabled(tx, id));
    assert.equal(await enable(ada), false, 'nothing to undo');
    const verdicts = await atOnce(db, 8, (tx, place) => store.markDisabled(tx, ada, 3_000 + place));
    assert.equal(yesAmong(verdicts), 1);
    assert.equal((await store.find(db, ada))?.disabledAt, 3_000 + verdicts.indexOf(true), 'the first time stays');
    assert.equal(yesAmong(await atOnce(db, 8, (tx) => store.markEnabled(tx, ada))), 1);
    assert.equal((await store.find(db, ada))?.disabledAt, undefined);
    await remove(db, ada);
    const nobody = asUserId(99);
    for (const id of [ada, nobody]) {
      assert.equal(await db.transact((tx) => store.markDisabled(tx, id, 4_000)), false);
      assert.equal(await enable(id), false);
    }
  });

  that('knows who is active', async (db) => {
    const active = (id: UserId) => db.transact(async (tx) => (await store.lockActive(tx, id))?.id === id);
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
      .then(() => db.transact((tx) => store.markEnabled(tx, ada)))
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
      assert.equal((await store.lockActive(tx, ada))?.id, ada);
      locked.resolve();
      for (let breath = 0; breath < 20; breath += 1) await breathe();
      assert.equal((await store.find(tx, ada))?.deletedAt, undefined);
      events.push('unlocked');
    });
    await deleting;
    assert.deepEqual(events, ['unlocked', 'deleted']);
  });

  that('lists page by page in the order of ids, with or without the deleted', async (db) => {
    for (const name of ['ada', 'bea', 'cyd', 'dot']) await add(db, name);
    await remove(db, asUserId(2));
    const ids = async (after: number, limit: number, withDeleted: boolean) =>
      (await store.list(db, { after, limit, withDeleted })).map(({ id }) => id);
    assert.deepEqual(await ids(0, 2, false), [1, 3]);
    assert.deepEqual(await ids(3, 2, false), [4]);
    assert.deepEqual(await ids(0, 2, true), [1, 2]);
    assert.deepEqual(await ids(4, 2, true), []);
  });

  that('is empty until there has been a user, and never again', async (db) => {
    assert.equal(await store.isEmpty(db), true);
    const ada = await add(db, 'ada');
    assert.equal(await store.isEmpty(db), false);
    await remove(db, ada);
    assert.equal(await store.isEmpty(db), false);
  });
});
