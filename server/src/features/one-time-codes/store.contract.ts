import assert from 'node:assert/strict';
import { behind } from '../../../test/support/behind.ts';
import { atOnce, storeContract, yesAmong } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import { asSessionId, type UserId } from '../../kernel/ids.ts';
import { usersStore } from '../users/index.ts';
import { triesPerCode } from './policy.ts';
import { oneTimeCodesStore as store } from './store.sql.ts';
import type { CodeQuery, NewToken } from './store.ts';

const now = 5_000;
const purpose = 'sign-in';
const emailKey = 'ada@example.com';

const addUser = (db: Database, name: string) =>
  db.transact((tx) => {
    const email = `${name}@example.com`;
    return usersStore.add(tx, { username: name, usernameKey: name, email, emailKey: email, createdAt: 1_000 });
  });

let made = 0;
/** A token that is good until 9,000, with a code; its hash is the number of the token unless said. */
function add(db: Database, token: Partial<NewToken> = {}): Promise<number> {
  made += 1;
  const usual = { purpose, user: undefined, email: 'Ada@example.com', emailKey, createdAt: 1_000, expiresAt: 9_000 };
  const hashes = { tokenHash: `token ${made}`, codeHash: codeHash('right') };
  return db.transact((tx) => store.add(tx, { ...usual, ...hashes, ...token } as NewToken));
}

const codeHash = (code: string) => code.padEnd(43, '_');
const byToken = (db: Database, tokenHash: string, query: { at?: number; purpose?: NewToken['purpose'] } = {}) =>
  store.findByToken(db, { purpose: query.purpose ?? purpose, tokenHash, now: query.at ?? now });
const tryOf = (code: string, at = now): CodeQuery => ({
  ...({ purpose, emailKey, codeHash: codeHash(code), now: at, triesAtMost: triesPerCode } as const),
});
const tryCode = (db: Database, query = tryOf('right')) => db.transact((tx) => store.tryCode(tx, query));
const use = (db: Database, id: number, at = now) => db.transact((tx) => store.use(tx, id, at));

const tries = async (db: Database) => {
  const rows = await behind<{ code_tries: number }>(db, (builder) =>
    builder.selectFrom('one_time_tokens').select('code_tries').orderBy('id'),
  );
  return rows.map((row) => Number(row.code_tries));
};
const left = async (db: Database, user: UserId) => (await store.listOf(db, user)).map((it) => it.purpose);

export const oneTimeCodesStoreContract = storeContract('the store of one-time tokens', (that) => {
  that('finds a token by its hash, for its purpose and until it expires', async (db) => {
    const user = await addUser(db, 'ada');
    const id = await add(db, { user, tokenHash: 'a token' });
    const found = { id, purpose, user, email: 'Ada@example.com', emailKey, createdAt: 1_000 };
    assert.deepEqual(await byToken(db, 'a token'), found);
    assert.deepEqual(await byToken(db, 'a token', { at: 8_999 }), found);
    assert.equal(await byToken(db, 'a token', { at: 9_000 }), undefined);
    assert.equal(await byToken(db, 'a token', { purpose: 'reset-password' }), undefined);
    assert.equal(await byToken(db, 'A TOKEN'), undefined, 'hashes are compared to the letter');
    assert.equal(await byToken(db, 'another'), undefined);
  });

  that('of twenty uses at once one succeeds, and then it is found no more', async (db) => {
    const id = await add(db, { tokenHash: 'a token' });
    const other = await add(db, { tokenHash: 'another' });
    assert.equal(yesAmong(await atOnce(db, 20, (tx) => store.use(tx, id, now))), 1);
    assert.equal(await byToken(db, 'a token'), undefined);
    assert.equal((await byToken(db, 'another'))?.id, other);
  });

  that('a use that is rolled back was none', async (db) => {
    const id = await add(db, { tokenHash: 'a token' });
    const refused = new Error('refused');
    const attempt = db.transact(async (tx) => {
      assert.equal(await store.use(tx, id, now), true);
      throw refused;
    });
    await assert.rejects(attempt, (error) => error === refused);
    assert.equal((await byToken(db, 'a token'))?.id, id);
    assert.equal(await use(db, id), true);
  });

  that('an expired token cannot be used, nor one that a newer has killed since it was found', async (db) => {
    const id = await add(db);
    assert.equal(await use(db, id, 9_000), false);
    await db.transact((tx) => store.forgetOlder(tx, { purpose, emailKey, user: undefined }));
    assert.equal(await use(db, id), false);
  });

  that('forgets those of a purpose that went to an address or were made for a user, and no others', async (db) => {
    const [ada, bea] = [await addUser(db, 'ada'), await addUser(db, 'bea')];
    const elsewhere = 'elsewhere@example.com';
    await add(db, { user: ada, emailKey: elsewhere, tokenHash: 'of the user' });
    await add(db, { tokenHash: 'to the address' });
    await add(db, { user: bea, emailKey: elsewhere, tokenHash: 'of another' });
    await add(db, { user: ada, purpose: 'reset-password', tokenHash: 'for another purpose' });
    await db.transact((tx) => store.forgetOlder(tx, { purpose, emailKey, user: ada }));
    assert.equal(await byToken(db, 'of the user'), undefined);
    assert.equal(await byToken(db, 'to the address'), undefined);
    assert.notEqual(await byToken(db, 'of another'), undefined);
    assert.notEqual(await byToken(db, 'for another purpose', { purpose: 'reset-password' }), undefined);
    await db.transact((tx) => store.forgetOlder(tx, { purpose, emailKey: 'nobody@example.com', user: undefined }));
    assert.notEqual(await byToken(db, 'of another'), undefined, 'nobody is not whoever has no account');
  });

  that('finds a token by the code of its address, and counts each try', async (db) => {
    const id = await add(db);
    assert.equal(await tryCode(db, tryOf('wrong')), undefined);
    assert.equal((await tryCode(db))?.id, id);
    assert.deepEqual(await tries(db), [2]);
  });

  that(
    'a code is good for its address and purpose, until it expires or is used, and a token without one has none',
    async (db) => {
      const id = await add(db, { expiresAt: 9_000 });
      await add(db, { codeHash: undefined, emailKey: 'bea@example.com' });
      for (const other of [
        { emailKey: 'bea@example.com' },
        { emailKey: 'nobody@example.com' },
        { purpose: 'reset-password' as const },
        { now: 9_000 },
      ]) {
        assert.equal(await tryCode(db, { ...tryOf('right'), ...other }), undefined);
      }
      assert.deepEqual(await tries(db), [0, 0], 'nothing of it was a try');
      assert.equal((await tryCode(db))?.id, id);
      await use(db, id);
      assert.equal(await tryCode(db), undefined);
    },
  );

  that('the sixth try finds nothing, not even with the right code; its token is good as before', async (db) => {
    await add(db, { tokenHash: 'a token' });
    for (let guess = 0; guess < triesPerCode; guess += 1) assert.equal(await tryCode(db, tryOf('wrong')), undefined);
    assert.equal(await tryCode(db), undefined);
    assert.deepEqual(await tries(db), [triesPerCode]);
    assert.notEqual(await byToken(db, 'a token'), undefined);
  });

  that('of fifty tries at once five are looked at', async (db) => {
    await add(db);
    const found = await atOnce(db, 50, (tx) => store.tryCode(tx, tryOf('right')));
    assert.equal(found.filter((it) => it !== undefined).length, triesPerCode);
    assert.deepEqual(await tries(db), [triesPerCode]);
  });

  that('of two codes that were made at the same moment the newer is good, and a try counts on both', async (db) => {
    await add(db, { codeHash: codeHash('older') });
    const id = await add(db);
    assert.equal(await tryCode(db, tryOf('older')), undefined);
    assert.equal((await tryCode(db))?.id, id);
    assert.deepEqual(await tries(db), [2, 2]);
  });

  that('tells and removes those of a user, of some purposes or of all', async (db) => {
    const [ada, bea] = [await addUser(db, 'ada'), await addUser(db, 'bea')];
    for (const it of ['sign-in', 'reset-password', 'undo-email'] as const) await add(db, { user: ada, purpose: it });
    await add(db, { user: bea });
    await use(db, (await store.listOf(db, ada))[0]?.id ?? 0);
    assert.deepEqual(await left(db, ada), ['sign-in', 'reset-password', 'undo-email'], 'also what is used');
    await db.transact((tx) => store.removeOf(tx, ada, ['sign-in', 'reset-password']));
    assert.deepEqual(await left(db, ada), ['undo-email']);
    await db.transact((tx) => store.removeOf(tx, ada));
    assert.deepEqual([await left(db, ada), await left(db, bea)], [[], ['sign-in']]);
  });

  that('keeps the session in which one was asked for', async (db) => {
    await add(db, { tokenHash: 'with', session: asSessionId('s1') });
    await add(db, { tokenHash: 'without' });
    const sessions = [await byToken(db, 'with'), await byToken(db, 'without')].map((it) => it?.session);
    assert.deepEqual(sessions, [asSessionId('s1'), undefined]);
  });

  that('forgets those of a user and a purpose that are younger than one', async (db) => {
    const [ada, bea] = [await addUser(db, 'ada'), await addUser(db, 'bea')];
    const undo = { purpose: 'undo-email', user: ada } as const;
    const ids = [await add(db, undo), await add(db, undo), await add(db, undo)];
    await add(db, { user: ada });
    await add(db, { purpose: 'undo-email', user: bea });
    await db.transact((tx) => store.removeYounger(tx, { user: ada, purpose: 'undo-email', id: ids[1] ?? 0 }));
    assert.deepEqual(
      (await store.listOf(db, ada)).map(({ id, purpose: it }) => [id, it]).slice(0, 2),
      ids.slice(0, 2).map((id) => [id, 'undo-email']),
    );
    assert.deepEqual(
      [await left(db, ada), await left(db, bea)],
      [['undo-email', 'undo-email', 'sign-in'], ['undo-email']],
    );
  });

  that('knows whether an address has a token of somebody else that is good', async (db) => {
    const [ada, bea] = [await addUser(db, 'ada'), await addUser(db, 'bea')];
    const isAnothers = (user: UserId, { at = now, key = emailKey } = {}) =>
      store.isAnothers(db, { purpose: 'undo-email', emailKey: key, user, now: at });
    await add(db, { user: ada });
    assert.equal(await isAnothers(bea), false, 'another purpose');
    const id = await add(db, { purpose: 'undo-email', user: ada });
    assert.deepEqual([await isAnothers(bea), await isAnothers(ada)], [true, false]);
    assert.equal(await isAnothers(bea, { key: 'bea@example.com' }), false);
    assert.deepEqual([await isAnothers(bea, { at: 8_999 }), await isAnothers(bea, { at: 9_000 })], [true, false]);
    await use(db, id);
    assert.equal(await isAnothers(bea), false);
  });

  that('finds the first of a user that was not used, also if it has run out', async (db) => {
    const [ada, bea] = [await addUser(db, 'ada'), await addUser(db, 'bea')];
    const oldest = () => store.findOldest(db, { purpose: 'undo-email', user: ada });
    await add(db, { user: ada });
    await add(db, { purpose: 'undo-email', user: bea });
    assert.equal(await oldest(), undefined, 'of another purpose, and of somebody else');
    const first = await add(db, { purpose: 'undo-email', user: ada, expiresAt: 1 });
    const second = await add(db, { purpose: 'undo-email', user: ada });
    assert.equal(await oldest(), first);
    await db.transact((tx) => store.remove(tx, first));
    assert.equal(await oldest(), second);
    await use(db, second);
    assert.equal(await oldest(), undefined);
  });

  that('takes one back, and none where there is none', async (db) => {
    const id = await add(db, { tokenHash: 'a token' });
    await add(db, { tokenHash: 'another' });
    await db.transact((tx) => store.remove(tx, undefined));
    assert.notEqual(await byToken(db, 'a token'), undefined);
    await db.transact((tx) => store.remove(tx, id));
    assert.equal(await byToken(db, 'a token'), undefined);
    assert.notEqual(await byToken(db, 'another'), undefined);
  });

  that('sweeps what ran out before an instant, and what is kept longer before an earlier one', async (db) => {
    const ada = await addUser(db, 'ada');
    for (const expiresAt of [999, 1_999, 2_000]) await add(db, { user: ada, expiresAt });
    for (const expiresAt of [999, 1_000, 1_999]) await add(db, { user: ada, purpose: 'undo-email', expiresAt });
    await db.transact((tx) => store.sweep(tx, 2_000, { purpose: 'undo-email', before: 1_000 }));
    assert.deepEqual(
      (await store.listOf(db, ada)).map((it) => [it.purpose, it.expiresAt]),
      [
        [purpose, 2_000],
        ['undo-email', 1_000],
        ['undo-email', 1_999],
      ],
    );
  });
});
