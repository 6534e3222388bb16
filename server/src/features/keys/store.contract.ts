import assert from 'node:assert/strict';
import { behind } from '../../../test/support/behind.ts';
import { storeContract } from '../../../test/support/store-contract.ts';
import type { StoredSigningKey } from './signing-key.ts';
import { keysStore as store } from './store.sql.ts';

const key = (kid: string, createdAt: number): StoredSigningKey => ({
  kid,
  algorithm: 'ES256',
  publicJwk: JSON.stringify({ kid, x: 'x'.repeat(2_000) }),
  sealedPrivateKey: 's'.repeat(3_000),
  createdAt,
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
