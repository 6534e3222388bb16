import assert from 'node:assert/strict';
import { storeContract } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import { oneTimeCodesStore } from '../one-time-codes/store.sql.ts';
import { pendingSignUpsStore as store } from './store.sql.ts';

const addToken = (db: Database, email: string) =>
  db.transact((tx) =>
    oneTimeCodesStore.add(tx, {
      ...{ purpose: 'complete-sign-up', user: undefined, email, emailKey: email, createdAt: 1_000, expiresAt: 9_000 },
      ...{ tokenHash: `hash of ${email}`, codeHash: undefined },
    }),
  );

const ada = { username: 'Ada', passwordHash: '$argon2id$…', locale: 'de' };

export const pendingSignUpsStoreContract = storeContract('the store of pending sign-ups', (that) => {
  that('finds a sign-up by its token, and by no other', async (db) => {
    const [token, other] = [await addToken(db, 'ada@example.com'), await addToken(db, 'bea@example.com')];
    await db.transact((tx) => store.add(tx, token, ada));
    assert.deepEqual(await store.find(db, token), ada);
    assert.equal(await store.find(db, other), undefined);
    await db.transact((tx) => store.add(tx, other, { ...ada, locale: undefined }));
    assert.equal((await store.find(db, other))?.locale, undefined);
  });

  that('forgets one, and no other', async (db) => {
    const tokens = [await addToken(db, 'ada@example.com'), await addToken(db, 'bea@example.com')] as const;
    for (const token of tokens) await db.transact((tx) => store.add(tx, token, ada));
    await db.transact((tx) => store.remove(tx, tokens[0]));
    assert.equal(await store.find(db, tokens[0]), undefined);
    assert.deepEqual(await store.find(db, tokens[1]), ada);
  });

  that('lets a sign-up go with its token: killed by a newer one, withdrawn, or swept', async (db) => {
    const older = { purpose: 'complete-sign-up', emailKey: 'ada@example.com', user: undefined } as const;
    const ends = {
      killed: () => db.transact((tx) => oneTimeCodesStore.forgetOlder(tx, older)),
      withdrawn: (token: number) => db.transact((tx) => oneTimeCodesStore.remove(tx, token)),
      swept: () => db.transact((tx) => oneTimeCodesStore.sweep(tx, 9_001, { purpose: 'undo-email', before: 0 })),
    };
    for (const [how, end] of Object.entries(ends)) {
      const token = await addToken(db, 'ada@example.com');
      await db.transact((tx) => store.add(tx, token, ada));
      await end(token);
      assert.equal(await store.find(db, token), undefined, how);
    }
  });
});
