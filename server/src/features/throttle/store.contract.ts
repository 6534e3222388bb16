import assert from 'node:assert/strict';
import { behind } from '../../../test/support/behind.ts';
import { atOnce, storeContract } from '../../../test/support/store-contract.ts';
import type { Database, Tx } from '../../db/database.ts';
import type { CounterState } from './policy.ts';
import { throttleStore as store } from './store.sql.ts';

const counter = 'name:a counter';
const now = 5_000;
const fresh = { attempts: 0, lastAt: now, blockedUntil: 0, unheard: 0 };

const lockOne = async (tx: Tx, key = counter): Promise<CounterState> => {
  const [state] = await store.lock(tx, [key], now);
  assert(state !== undefined);
  return state;
};
const lock = (db: Database, key = counter) => db.transact((tx) => lockOne(tx, key));
const save = (db: Database, state: CounterState, key = counter) =>
  db.transact(async (tx) => {
    await lockOne(tx, key);
    await store.save(tx, [{ counter: key, ...state }]);
  });
/** What every use of the store does: lock, reckon, save. @returns the number of the attempt */
const countOn = async (tx: Tx, keys: readonly string[]): Promise<number[]> => {
  const counted = (await store.lock(tx, keys, now)).map((state) => ({ ...state, attempts: state.attempts + 1 }));
  await store.save(
    tx,
    counted.map((state, place) => ({ counter: keys[place] as string, ...state })),
  );
  return counted.map(({ attempts }) => attempts);
};
const count = async (db: Database, times: number) => (await atOnce(db, times, (tx) => countOn(tx, [counter]))).flat();
const add = (db: Database, key: string, times = 1) => atOnce(db, times, (tx) => store.add(tx, key, now));

/** The keys of those that are there. */
const left = async (db: Database) => {
  const rows = await behind<{ counter: string }>(db, (builder) =>
    builder.selectFrom('throttle_counters').select('counter').orderBy('counter'),
  );
  return rows.map(({ counter: key }) => key);
};

const upTo = (count: number) => Array.from({ length: count }, (_, place) => place + 1);
const ascending = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other);

export const throttleStoreContract = storeContract('the store of counters', (that) => {
  that('a counter begins empty, and keeps what was saved, each for itself and to the letter', async (db) => {
    assert.deepEqual(await lock(db), fresh);
    const saved = { attempts: 3, lastAt: 1_000, blockedUntil: 9_000, unheard: 2 };
    await save(db, saved);
    for (const other of ['another', 'NAME:A COUNTER', 'name:a counter ', 'name:à counter']) {
      assert.deepEqual(await lock(db, other), fresh, other);
    }
    assert.deepEqual(await lock(db), saved);
    await save(db, saved);
    assert.deepEqual(await lock(db), saved, 'saving what is there already is no fault');
  });

  that('fifty attempts at once on a new counter are fifty, each with a number of its own', async (db) => {
    assert.deepEqual(ascending(await count(db, 50)), upTo(50));
    assert.equal((await lock(db)).attempts, 50);
  });

  that('locks and changes many as one, each with its own state, in whatever order they are named', async (db) => {
    await save(db, { attempts: 3, lastAt: 1_000, blockedUntil: 9_000, unheard: 2 }, 'name:b');
    const changes = [
      { counter: 'source:c', attempts: 1, lastAt: 1, blockedUntil: 11, unheard: 0 },
      { counter: 'name:b', attempts: 2, lastAt: 2, blockedUntil: 12, unheard: 1 },
      { counter: 'own:a', attempts: 3, lastAt: 3, blockedUntil: 13, unheard: 3 },
    ];
    const keys = changes.map((it) => it.counter);
    await db.transact(async (tx) => {
      const [c, b, a] = await store.lock(tx, keys, now);
      assert.deepEqual([c, b?.attempts, a], [fresh, 3, fresh]);
      await store.save(tx, changes);
    });
    for (const { counter: key, ...state } of changes) assert.deepEqual(await lock(db, key), state, key);
    assert.deepEqual(await left(db), ['name:b', 'own:a', 'source:c'], 'and no other');
  });

  that('of none locks and saves none', async (db) => {
    await db.transact(async (tx) => {
      assert.deepEqual(await store.lock(tx, [], now), []);
      await store.save(tx, []);
    });
    assert.deepEqual(await left(db), []);
  });

  that(
    'forty attempts at once, each on a counter of its own and on shared ones, wait for each other in no ring',
    async (db) => {
      const attempts = await atOnce(db, 40, (tx, place) => {
        const keys = [`own:${place}`, `name:${place % 3}`, `account:${place % 2}`, 'source:all'];
        return countOn(tx, place % 2 === 0 ? keys : keys.toReversed());
      });
      assert.equal(attempts.length, 40);
      assert.equal((await lock(db, 'source:all')).attempts, 40);
      assert.equal((await lock(db, 'account:0')).attempts, 20);
      assert.equal((await lock(db, 'own:7')).attempts, 1);
    },
  );

  that('takes back what was counted when the transaction is rolled back', async (db) => {
    await count(db, 1);
    const refused = new Error('refused');
    const attempt = db.transact(async (tx) => {
      await countOn(tx, [counter]);
      await store.add(tx, 'failures:1', now);
      throw refused;
    });
    await assert.rejects(attempt, (error) => error === refused);
    assert.equal((await lock(db)).attempts, 1);
    assert.equal(await store.sum(db, { from: 'failures:', to: 'failures;' }), 0);
  });

  that('loses nothing of what is added at once, also to one that is not there yet', async (db) => {
    await Promise.all([add(db, 'failures:1', 30), add(db, 'failures:2', 10)]);
    assert.equal(await store.sum(db, { from: 'failures:1', to: 'failures:2' }), 30);
    assert.equal(await store.sum(db, { from: 'failures:', to: 'failures;' }), 40);
  });

  that('sums from the first to below the last, byte by byte, and nothing is 0', async (db) => {
    for (const key of ['failures:10', 'failures:2', 'failuresX', 'Failures:10', 'name:x']) await add(db, key);
    assert.equal(await store.sum(db, { from: 'failures:1', to: 'failures:2' }), 1);
    assert.equal(await store.sum(db, { from: 'failures:', to: 'failures;' }), 2);
    assert.equal(await store.sum(db, { from: 'g', to: 'h' }), 0);
  });

  that('finds the counter that so many others stand before, in a range, byte by byte', async (db) => {
    for (const key of ['name:b', 'name:a', 'name:c', 'own:a', 'NAME:A', 'name;']) await add(db, key);
    const behindOf = (others: number) => store.findBehind(db, { from: 'name:', to: 'name;' }, others);
    assert.deepEqual(
      [await behindOf(0), await behindOf(1), await behindOf(2), await behindOf(3)],
      ['name:a', 'name:b', 'name:c', undefined],
    );
    assert.equal(await store.findBehind(db, { from: 'name:b', to: 'name;' }, 1), 'name:c');
  });

  that('locks on while others sweep: nobody fails, and nothing that counts is lost', async (db) => {
    await atOnce(db, 60, async (tx, place) => {
      if (place % 3 === 0) {
        await store.sweep(tx, { from: 'name:', to: 'name;' }, { allMs: 0, eachMs: 1, before: now + 1 });
      } else {
        await countOn(tx, [counter]);
      }
    });
    assert.equal((await lock(db)).attempts, 40);
  });

  that('sweeps what is forgotten as one, in its range, and keeps what is recent or blocked', async (db) => {
    const used = { ...fresh, attempts: 9, lastAt: 1_000 };
    await save(db, used, 'own:old');
    await save(db, { ...used, lastAt: 1_999 }, 'own:nearly recent');
    await save(db, { ...used, lastAt: 2_000 }, 'own:recent');
    await save(db, { ...used, blockedUntil: 3_000 }, 'own:blocked');
    await save(db, { ...used, attempts: 0, lastAt: 2_999 }, 'own:given back');
    await save(db, { ...used, attempts: 0, lastAt: 3_000 }, 'own:just given back');
    await save(db, used, 'name:old');
    const over = { allMs: 1_000, eachMs: 0, before: 3_000 };
    assert.equal(await db.transact((tx) => store.sweep(tx, { from: 'own:', to: 'own;' }, over)), 3);
    assert.deepEqual(await left(db), ['name:old', 'own:blocked', 'own:just given back', 'own:recent']);
  });

  that('sweeps what is forgotten one by one: the more attempts, the later', async (db) => {
    for (const attempts of [0, 1, 2, 3]) await save(db, { ...fresh, attempts, lastAt: 1_000 }, `name:${attempts}`);
    await save(db, { ...fresh, attempts: 1, lastAt: 1_000, blockedUntil: 9_000 }, 'name:blocked');
    for (const [before, expected] of [
      [1_000, ['name:0', 'name:1', 'name:2', 'name:3', 'name:blocked']],
      [2_000, ['name:1', 'name:2', 'name:3', 'name:blocked']],
      [3_001, ['name:3', 'name:blocked']],
    ] as const) {
      await db.transact((tx) => store.sweep(tx, { from: 'name:', to: 'name;' }, { allMs: 0, eachMs: 1_000, before }));
      assert.deepEqual(await left(db), expected);
    }
  });
});
