import assert from 'node:assert/strict';
import { behind } from '../../../test/support/behind.ts';
import { atOnce, storeContract, yesAmong } from '../../../test/support/store-contract.ts';
import type { StoredSigningKey } from './signing-key.ts';
import { keysStore as store } from './store.sql.ts';

const key = (kid: string, createdAt: number): StoredSigningKey => ({
  kid,
  algorithm: 'ES256',
  publicJwk: JSON.stringify({ kid, x: 'x'.repeat(2_000) }),
  sealedPrivateKey: 's'.repeat(3_000),
  createdAt,
  signsFrom: createdAt + 10,
});

export const keysStoreContract = storeContract('the store of signing keys', (that) => {
  that('gives back every key to the letter, the newest first', async (db) => {
    assert.deepEqual(await store.list(db), []);
    const [old, young, twin] = [key('b', 1_000), key('c', 2_000), key('a', 1_000)];
    for (const one of [old, young, twin]) await db.transact((tx) => store.add(tx, one));
    assert.deepEqual(await store.list(db), [young, twin, old], 'of one instant in the order of their names');
  });

  that('does not list a key that is retired', async (db) => {
    await db.transact((tx) => store.add(tx, key('a', 1_000)));
    await db.transact((tx) => store.add(tx, key('b', 2_000)));
    await behind(db, (builder) =>
      builder.updateTable('signing_keys').set({ retired_at: 3_000 }).where('kid', '=', 'b'),
    );
    assert.deepEqual(
      (await store.list(db)).map(({ kid }) => kid),
      ['a'],
    );
  });

  that('takes for the turn of a key that an older release has made the instant of its making', async (db) => {
    await db.transact((tx) => store.add(tx, key('a', 1_000)));
    await behind(db, (builder) => builder.updateTable('signing_keys').set({ signs_from: null }));
    assert.equal((await store.list(db))[0]?.signsFrom, 1_000);
  });

  that('retires and revokes, each once; a revoked key is retired too, and a retired one can be revoked', async (db) => {
    for (const kid of ['a', 'b', 'c']) await db.transact((tx) => store.add(tx, key(kid, 1_000)));
    assert.deepEqual(await atOnce(db, 3, (tx) => store.retire(tx, 'a', 2_000)).then(yesAmong), 1);
    assert.deepEqual(await atOnce(db, 3, (tx) => store.revoke(tx, 'b', 3_000)).then(yesAmong), 1);
    assert.equal(await db.transact((tx) => store.retire(tx, 'b', 4_000)), false);
    assert.equal(await db.transact((tx) => store.revoke(tx, 'a', 5_000)), true);
    assert.equal(await db.transact((tx) => store.revoke(tx, 'nothing', 5_000)), false);
    assert.deepEqual(
      (await store.listAll(db)).map(({ kid, retiredAt, revokedAt }) => [kid, retiredAt, revokedAt]),
      [
        ['a', 5_000, 5_000],
        ['b', 3_000, 3_000],
        ['c', undefined, undefined],
      ],
    );
    assert.deepEqual(
      (await store.list(db)).map(({ kid }) => kid),
      ['c'],
    );
  });

  that('moves the turn of a key, and seals it anew if it still is what was read', async (db) => {
    await db.transact((tx) => store.add(tx, key('a', 1_000)));
    await db.transact((tx) => store.setSignsFrom(tx, 'a', 500));
    const { sealedPrivateKey: from } = key('a', 1_000);
    await db.transact((tx) => store.reseal(tx, 'a', { from, to: 'anew' }));
    await db.transact((tx) => store.reseal(tx, 'a', { from, to: 'too late' }));
    assert.deepEqual(await store.list(db), [{ ...key('a', 1_000), signsFrom: 500, sealedPrivateKey: 'anew' }]);
  });

  that('never replaces a key by another of the same name', async (db) => {
    await db.transact((tx) => store.add(tx, key('a', 1_000)));
    await assert.rejects(db.transact((tx) => store.add(tx, key('a', 2_000))));
    assert.deepEqual(await store.list(db), [key('a', 1_000)]);
  });

  that('within a transaction lists what it has added itself', async (db) => {
    await db.transact(async (tx) => {
      await store.add(tx, key('a', 1_000));
      assert.equal((await store.list(tx)).length, 1);
    });
  });
});
