import assert from 'node:assert/strict';
import { behind } from '../../../test/support/behind.ts';
import { unevenness } from '../../../test/support/evenness.ts';
import { atOnce, storeContract, yesAmong } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import { asUserId } from '../../kernel/ids.ts';
import { Secret } from '../../kernel/secret.ts';
import { usersStore } from '../users/index.ts';
import { createFindStandIn } from './find-stand-in.ts';
import { passwordsStore as store } from './store.sql.ts';

const keysOf = (name: string) => ({ usernameKey: name, emailKey: `${name}@example.com` });

/** A user with the password hash `hash of <name>`, or without any. */
const addUser = (db: Database, name: string, { withPassword = true } = {}) =>
  db.transact(async (tx) => {
    const user = { username: name, email: `${name}@example.com`, ...keysOf(name), createdAt: 1_000 };
    const id = await usersStore.add(tx, user);
    if (withPassword) await store.add(tx, id, `hash of ${name}`, 1_000);
    return id;
  });

const changedAt = async (db: Database) => {
  const rows = await behind<{ changed_at: number }>(db, (builder) =>
    builder.selectFrom('passwords').select('changed_at').orderBy('user_id'),
  );
  return rows.map((row) => Number(row.changed_at));
};

export const passwordsStoreContract = storeContract('the store of passwords', (that) => {
  that('finds the hash of a living user by either name', async (db) => {
    const ada = await addUser(db, 'ada');
    await addUser(db, 'bea');
    const found = { userId: ada, hash: 'hash of ada', changedAt: 1_000, active: true };
    assert.deepEqual(await store.findByName(db, { emailKey: 'ada@example.com', usernameKey: '?' }, 3_000), found);
    assert.deepEqual(await store.findByName(db, { emailKey: '?', usernameKey: 'ada' }, 3_000), found);
    assert.equal(await store.findByName(db, keysOf('cyd'), 3_000), undefined);
  });

  that('finds a user who has no password, and says so', async (db) => {
    const ada = await addUser(db, 'ada', { withPassword: false });
    assert.deepEqual(await store.findByName(db, keysOf('ada'), 3_000), {
      userId: ada,
      hash: undefined,
      changedAt: 0,
      active: true,
    });
    assert.equal(await db.transact((tx) => store.isCurrent(tx, { userId: ada, changedAt: 0 })), false);
    assert.equal(await db.transact((tx) => store.replace(tx, ada, 'hash of ada', 'next')), false);
  });

  that('does not find a deleted user, nor confuse them with who has the name now', async (db) => {
    const gone = await addUser(db, 'ada');
    await db.transact((tx) => usersStore.markDeleted(tx, gone, 2_000));
    assert.equal(await store.findByName(db, keysOf('ada'), 3_000), undefined);
    const now = await addUser(db, 'ada', { withPassword: false });
    assert.deepEqual(await store.findByName(db, keysOf('ada'), 3_000), {
      userId: now,
      hash: undefined,
      changedAt: 0,
      active: true,
    });
  });

  that('tells who is disabled', async (db) => {
    const ada = await addUser(db, 'ada');
    await db.transact((tx) => usersStore.markDisabled(tx, ada, { at: 2_000, until: 4_000, reason: undefined }));
    assert.equal((await store.findByName(db, keysOf('ada'), 3_000))?.active, false);
    assert.equal((await store.findByName(db, keysOf('ada'), 4_000))?.active, true, 'it has run out');
    await db.transact((tx) => usersStore.markEnabled(tx, ada, 3_000));
    assert.equal((await store.findByName(db, keysOf('ada'), 3_000))?.active, true);
  });

  that('knows the last user with a password, also one who is deleted, and none where there is none', async (db) => {
    assert.equal(await store.lastUser(db), 0);
    await addUser(db, 'ada');
    const bea = await addUser(db, 'bea');
    await addUser(db, 'cyd', { withPassword: false });
    assert.equal(await store.lastUser(db), bea);
    await db.transact((tx) => usersStore.markDeleted(tx, bea, 2_000));
    assert.equal(await store.lastUser(db), bea);
  });

  that('finds the hashes of living users with a password among some ids, also where ids stand twice', async (db) => {
    const [ada, bea] = [await addUser(db, 'ada'), await addUser(db, 'bea', { withPassword: false })];
    const [cyd, dan] = [await addUser(db, 'cyd'), await addUser(db, 'dan')];
    await db.transact((tx) => usersStore.markDeleted(tx, cyd, 2_000));
    await db.transact((tx) => usersStore.markDisabled(tx, dan, { at: 2_000, until: undefined, reason: undefined }));
    const found = await store.hashesAmong(db, [dan, ada, dan, dan]);
    assert.deepEqual(
      [...found].toSorted(([a], [b]) => a - b),
      [
        [ada, 'hash of ada'],
        [dan, 'hash of dan'],
      ],
      'a disabled user is a living one',
    );
    assert.deepEqual(await store.hashesAmong(db, [bea, cyd, dan + 1, 0]), new Map());
  });

  that(
    'gives each living user with a password the same part of the names, whatever gaps are before them',
    async (db) => {
      const living: string[] = [];
      for (let place = 1; place <= 48; place += 1) {
        const withPassword = place % 5 !== 0;
        const id = await addUser(db, `user-${place}`, { withPassword });
        const isGap = place % 16 > 7;
        if (isGap) await db.transact((tx) => usersStore.markDeleted(tx, id, 2_000));
        else if (withPassword) living.push(`hash of user-${place}`);
      }
      const hasher = { canVerify: () => true };
      const secretKeys = { present: new Secret('a key of no value'), former: [] };
      const find = createFindStandIn({ db, clock: { now: () => 0 }, secretKeys, hasher, store });
      const counts = new Map(living.map((hash) => [hash, 0]));
      for (let name = 0; name < living.length * 50; name += 1) {
        const hash = (await find(`nobody-${name}`)) ?? 'nobody';
        counts.set(hash, (counts.get(hash) ?? 0) + 1);
      }
      assert.deepEqual([...counts.keys()], living);
      assert.ok(unevenness([...counts.values()]) < 1, `${[...counts.values()]}`);
    },
  );

  that('finds the hash of a user by id, and none of who is deleted or was never there', async (db) => {
    const ada = await addUser(db, 'ada');
    const bea = await addUser(db, 'bea', { withPassword: false });
    assert.deepEqual(await store.findOf(db, ada), { userId: ada, hash: 'hash of ada', changedAt: 1_000 });
    assert.deepEqual(await store.findOf(db, bea), { userId: bea, hash: undefined, changedAt: 0 });
    await db.transact((tx) => usersStore.markDeleted(tx, ada, 2_000));
    assert.deepEqual([await store.findOf(db, ada), await store.findOf(db, asUserId(99))], [undefined, undefined]);
    const kept = await Promise.all([ada, bea, asUserId(99)].map((user) => store.keptSince(db, user)));
    assert.deepEqual(kept, [1_000, undefined, undefined], 'what is kept is kept, deleted or not');
  });

  that('changes a password that is current, for one of many callers, and says when', async (db) => {
    const [ada, bea] = [await addUser(db, 'ada'), await addUser(db, 'bea')];
    const change = { hash: 'hash of ada', at: 2_000 };
    const verdicts = await atOnce(db, 8, (tx, place) => store.change(tx, ada, { ...change, next: `next ${place}` }));
    assert.deepEqual(
      verdicts.filter((since) => since !== undefined),
      [2_000],
    );
    assert.equal((await store.findOf(db, ada))?.hash, `next ${verdicts.indexOf(2_000)}`);
    assert.equal((await store.findOf(db, bea))?.hash, 'hash of bea');
    assert.deepEqual(await changedAt(db), [2_000, 1_000]);
  });

  that(
    'gives no two passwords of a user the same instant, also when clocks stand still, differ, or go back',
    async (db) => {
      const [ada] = [await addUser(db, 'ada'), await addUser(db, 'bea')];
      const since: (number | undefined)[] = [];
      for (const [place, at] of [1_000, 1_000, 9_000, 500].entries()) {
        const hash = place === 0 ? 'hash of ada' : `next ${place - 1}`;
        since.push(await db.transact((tx) => store.change(tx, ada, { hash, next: `next ${place}`, at })));
      }
      assert.deepEqual(since, [1_001, 1_002, 9_000, 9_001]);
      assert.equal((await store.findOf(db, ada))?.changedAt, 9_001);
      assert.equal(await db.transact((tx) => store.set(tx, ada, 'set', 9_001)), 9_002);
      assert.deepEqual(await changedAt(db), [9_002, 1_000]);
    },
  );

  that('sets a password, whether or not there was one', async (db) => {
    const ada = await addUser(db, 'ada');
    const bea = await addUser(db, 'bea', { withPassword: false });
    for (const user of [ada, bea]) await db.transact((tx) => store.set(tx, user, `set ${user}`, 3_000));
    assert.deepEqual(
      [await store.findOf(db, ada), await store.findOf(db, bea)],
      [
        { userId: ada, hash: `set ${ada}`, changedAt: 3_000 },
        { userId: bea, hash: `set ${bea}`, changedAt: 3_000 },
      ],
    );
    assert.deepEqual(await changedAt(db), [3_000, 3_000]);
  });

  that('keeps a hash of any form to the letter', async (db) => {
    const ada = await addUser(db, 'ada', { withPassword: false });
    const hash = `$argon2id$v=19$m=262144,t=8,p=16$${'s'.repeat(300)}$${'Ä+/='.repeat(150)}`;
    await db.transact((tx) => store.add(tx, ada, hash, 1_000));
    assert.equal((await store.findByName(db, keysOf('ada'), 3_000))?.hash, hash);
  });

  that('knows which password is current, whatever its hash: that of this user, until it is changed', async (db) => {
    const ada = await addUser(db, 'ada');
    const current = (user: number, changedAt: number) =>
      db.transact((tx) => store.isCurrent(tx, { userId: asUserId(user), changedAt }));
    assert.equal(await current(ada, 1_000), true);
    assert.equal(await current(ada, 1_001), false);
    assert.equal(await current(99, 1_000), false);
    await db.transact((tx) => store.replace(tx, ada, 'hash of ada', 'better hash of ada'));
    assert.equal(await current(ada, 1_000), true);
    await db.transact((tx) => store.change(tx, ada, { hash: 'better hash of ada', next: 'next', at: 1_000 }));
    assert.equal(await current(ada, 1_000), false);
  });

  that('replaces a hash that is current, for one of many callers, and no other user’s', async (db) => {
    const ada = await addUser(db, 'ada');
    const bea = await addUser(db, 'bea');
    const verdicts = await atOnce(db, 8, (tx, place) => store.replace(tx, ada, 'hash of ada', `next ${place}`));
    assert.equal(yesAmong(verdicts), 1);
    assert.deepEqual(await store.findByName(db, keysOf('ada'), 3_000), {
      userId: ada,
      hash: `next ${verdicts.indexOf(true)}`,
      changedAt: 1_000,
      active: true,
    });
    assert.equal((await store.findByName(db, keysOf('bea'), 3_000))?.userId, bea);
    assert.equal((await store.findByName(db, keysOf('bea'), 3_000))?.hash, 'hash of bea');
  });
});
