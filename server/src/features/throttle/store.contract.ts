import assert from 'node:assert/strict';
import { atOnce, storeContract, yesAmong } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import { throttleStore as store } from './store.sql.ts';

const counter = 'a counter';
const now = 5_000;

const count = (db: Database, at = now, key = counter) => db.transact((tx) => store.count(tx, key, at));
const countTimes = async (db: Database, times: number) => {
  for (let attempt = 0; attempt < times; attempt += 1) await count(db);
};
const block = (db: Database, until: number, key = counter) => db.transact((tx) => store.block(tx, key, until));
const uncount = (db: Database) => db.transact((tx) => store.uncount(tx, counter));
const forget = (db: Database) => db.transact((tx) => store.forget(tx, counter));
const sweep = (db: Database, before: number) => db.transact((tx) => store.sweep(tx, before));

const upTo = (count: number) => Array.from({ length: count }, (_, place) => place + 1);
const ascending = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other);

export const throttleStoreContract = storeContract('the store of counters', (that) => {
  that('counts from 1, each counter for itself and to the letter', async (db) => {
    assert.deepEqual(await count(db), { attempts: 1, blockedUntil: 0, counted: true });
    assert.deepEqual(await count(db), { attempts: 2, blockedUntil: 0, counted: true });
    for (const other of ['another', 'A COUNTER', 'a counter ', 'à counter']) {
      assert.equal((await count(db, now, other)).attempts, 1, other);
    }
    assert.equal((await count(db)).attempts, 3);
  });

  that('fifty attempts at once on a new counter are fifty, each with a number of its own', async (db) => {
    const counted = await atOnce(db, 50, (tx) => store.count(tx, counter, now));
    assert.equal(yesAmong(counted.map((it) => it.counted)), 50);
    assert.deepEqual(ascending(counted.map(({ attempts }) => attempts)), upTo(50));
    assert.equal((await count(db)).attempts, 51);
  });

  that(
    'holds a counter until the transaction ends: of fifty at once no more get through than the pace allows',
    async (db) => {
      const counted = await atOnce(db, 50, async (tx) => {
        const it = await store.count(tx, counter, now);
        if (it.counted && it.attempts >= 10) await store.block(tx, counter, now + 30_000);
        return it.counted;
      });
      assert.equal(yesAmong(counted), 10);
      assert.equal((await count(db)).attempts, 10);
    },
  );

  that('takes back what was counted when the transaction is rolled back', async (db) => {
    await count(db);
    const refused = new Error('refused');
    const attempt = db.transact(async (tx) => {
      await store.count(tx, counter, now);
      await store.count(tx, 'a wider counter', now);
      throw refused;
    });
    await assert.rejects(attempt, (error) => error === refused);
    assert.equal((await count(db)).attempts, 2);
    assert.equal((await count(db, now, 'a wider counter')).attempts, 1);
  });

  that('does not count on a blocked counter, until the instant at which it opens', async (db) => {
    await count(db);
    await block(db, 9_000);
    for (const at of [now, 8_999]) {
      assert.deepEqual(await count(db, at), { attempts: 1, blockedUntil: 9_000, counted: false });
    }
    assert.deepEqual(await count(db, 9_000), { attempts: 2, blockedUntil: 9_000, counted: true });
  });

  that('blocks one counter and no other', async (db) => {
    await count(db);
    await count(db, now, 'another');
    await block(db, 9_000);
    assert.equal((await count(db, now, 'another')).counted, true);
  });

  that('takes an attempt back and opens the counter', async (db) => {
    await countTimes(db, 3);
    await block(db, 9_000);
    await uncount(db);
    assert.deepEqual(await count(db), { attempts: 3, blockedUntil: 0, counted: true });
  });

  that('takes back no more than was counted, also when many do at once', async (db) => {
    await uncount(db);
    await countTimes(db, 3);
    await atOnce(db, 20, (tx) => store.uncount(tx, counter));
    assert.equal((await count(db)).attempts, 1);
  });

  that('loses neither of what is counted and taken back at once', async (db) => {
    await countTimes(db, 20);
    await atOnce(db, 40, async (tx, place) => {
      if (place % 2 === 0) await store.count(tx, counter, now);
      else await store.uncount(tx, counter);
    });
    assert.equal((await count(db)).attempts, 21);
  });

  that('starts a forgotten counter anew, also one that was blocked', async (db) => {
    await countTimes(db, 3);
    await count(db, now, 'another');
    await block(db, 9_000);
    await forget(db);
    await forget(db);
    assert.deepEqual(await count(db), { attempts: 1, blockedUntil: 0, counted: true });
    assert.equal((await count(db, now, 'another')).attempts, 2);
  });

  that('counts on while others forget: nobody fails, and the count goes on from there', async (db) => {
    const attempts = await atOnce(db, 60, async (tx, place) => {
      if (place % 3 !== 0) return (await store.count(tx, counter, now)).attempts;
      await store.forget(tx, counter);
      return 0;
    });
    assert.equal(yesAmong(attempts.map((it) => it > 0)), 40);
    assert.ok((await count(db)).attempts <= 41);
  });

  that('sweeps what nobody used since, and keeps what is recent or was blocked', async (db) => {
    await count(db, 1_000, 'old');
    await count(db, 1_999, 'nearly recent');
    await count(db, 2_000, 'recent');
    await count(db, 1_000, 'blocked');
    await block(db, 2_000, 'blocked');
    await sweep(db, 2_000);
    const attempts = async (key: string) => (await count(db, now, key)).attempts;
    assert.deepEqual(
      [await attempts('old'), await attempts('nearly recent'), await attempts('recent'), await attempts('blocked')],
      [1, 1, 2, 2],
    );
  });
});
