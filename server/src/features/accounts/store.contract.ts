import assert from 'node:assert/strict';
import { atOnce, storeContract, yesAmong } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import { setupTokensStore as store } from './store.sql.ts';

const keep = (db: Database, hash: string, expiresAt: number) =>
  db.transact((tx) => store.replaceAll(tx, hash, expiresAt));
const consume = (db: Database, hash: string, now: number) => db.transact((tx) => store.consume(tx, hash, now));

export const setupTokensStoreContract = storeContract('the store of set-up tokens', (that) => {
  that('lets a token be used once, by one of many', async (db) => {
    await keep(db, 'hash', 2_000);
    assert.equal(yesAmong(await atOnce(db, 8, (tx) => store.consume(tx, 'hash', 1_000))), 1);
    assert.equal(await consume(db, 'hash', 1_000), false);
  });

  that('knows no token that it was not given', async (db) => {
    assert.equal(await consume(db, 'hash', 1_000), false);
    await keep(db, 'hash', 2_000);
    assert.equal(await consume(db, 'HASH', 1_000), false);
    assert.equal(await consume(db, '', 1_000), false);
  });

  that('refuses a token from the instant at which it expires', async (db) => {
    await keep(db, 'hash', 2_000);
    assert.equal(await consume(db, 'hash', 2_001), false);
    assert.equal(await consume(db, 'hash', 2_000), false);
    assert.equal(await consume(db, 'hash', 1_999), true);
  });

  that('forgets every other token when it is given one', async (db) => {
    await keep(db, 'first', 9_000);
    await keep(db, 'second', 9_000);
    assert.equal(await consume(db, 'first', 1_000), false);
    assert.equal(await consume(db, 'second', 1_000), true);
    await keep(db, 'second', 9_000);
    assert.equal(await consume(db, 'second', 1_000), true, 'given anew, it is unused');
  });

  that('gives a token back whose use was rolled back', async (db) => {
    await keep(db, 'hash', 2_000);
    const failing = db.transact(async (tx) => {
      assert.equal(await store.consume(tx, 'hash', 1_000), true);
      throw new Error('the account could not be made');
    });
    await assert.rejects(failing, /could not be made/);
    assert.equal(await consume(db, 'hash', 1_000), true);
  });
});
