import assert from 'node:assert/strict';
import { behind } from '../../../test/support/behind.ts';
import { atOnce, storeContract, yesAmong } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import { type ApiKeyId, asApiKeyId, asUserId, type UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import { rolesStore } from '../roles/store.sql.ts';
import { usersStore } from '../users/index.ts';
import type { KeyHash } from './key-text.ts';
import { apiKeysStore as store } from './store.sql.ts';
import type { NewApiKey } from './store.ts';

const keyId = (name: string): ApiKeyId => asApiKeyId(name.padEnd(15, '0'));

const addUser = (db: Database, name: string) => {
  const emailKey = `${name}@example.com`;
  const user = { username: name, usernameKey: name, email: emailKey, emailKey, createdAt: 1_000 };
  return db.transact((tx) => usersStore.add(tx, user));
};

const addPermissions = (db: Database, ...names: Permission[]) =>
  db.transact(async (tx) => {
    for (const name of names) await rolesStore.addPermission(tx, { name, description: '', at: 1_000 });
  });

const giveRole = (db: Database, user: UserId, name: string, permissions: readonly Permission[]) =>
  db.transact(async (tx) => {
    const role = await rolesStore.addRole(tx, { name, description: '', permissions, at: 1_000 });
    await rolesStore.assign(tx, user, role, 1_000);
    return role;
  });

const keyOf = (owner: UserId, changes: Partial<NewApiKey> = {}): NewApiKey => ({
  id: keyId('a'),
  owner,
  hash: 'h'.repeat(43) as KeyHash,
  name: 'ci',
  description: 'deploys — on Fridays',
  permissions: [],
  createdAt: 1_000,
  expiresAt: 9_000,
  ...changes,
});

const add = (db: Database, key: NewApiKey) => db.transact((tx) => store.add(tx, key));
const revoke = (db: Database, owner: UserId, id: ApiKeyId, at = 2_000) =>
  db.transact((tx) => store.revoke(tx, owner, id, at));

/** A user with a key for two permissions. */
async function scene(db: Database) {
  await addPermissions(db, 'posts:publish', 'posts:read', 'posts:delete');
  const ada = await addUser(db, 'ada');
  await add(db, keyOf(ada, { permissions: ['posts:publish', 'posts:read'] }));
  return ada;
}

export const apiKeysStoreContract = storeContract('the store of API keys', (that) => {
  that('finds a key with its owner, and of nobody else', async (db) => {
    const ada = await scene(db);
    assert.deepEqual(await store.find(db, keyId('a'), 2_000), {
      id: keyId('a'),
      hash: 'h'.repeat(43),
      owner: { id: ada, username: 'ada' },
      ownerIsActive: true,
      effective: [],
      createdAt: 1_000,
      expiresAt: 9_000,
      revokedAt: undefined,
      lastUsedAt: undefined,
    });
    for (const id of [keyId('b'), keyId('A'), asApiKeyId('a'), asApiKeyId('')]) {
      assert.equal(await store.find(db, id, 2_000), undefined, id);
    }
  });

  that('knows what key and owner both hold: as much of the key as the roles of the owner give now', async (db) => {
    const ada = await scene(db);
    const effective = async () => (await store.find(db, keyId('a'), 2_000))?.effective;
    await giveRole(db, ada, 'reader', ['posts:read', 'posts:delete']);
    assert.deepEqual(await effective(), ['posts:read']);
    const editor = await giveRole(db, ada, 'editor', ['posts:publish', 'posts:read']);
    assert.deepEqual(await effective(), ['posts:publish', 'posts:read']);
    await db.transact((tx) => rolesStore.unassign(tx, ada, editor));
    assert.deepEqual(await effective(), ['posts:read']);
    await giveRole(db, await addUser(db, 'bea'), 'publisher', ['posts:publish']);
    assert.deepEqual(await effective(), ['posts:read'], 'the roles of others give nothing');
  });

  that('gives the key of an administrator what it was given, and no more', async (db) => {
    const ada = await scene(db);
    await db.transact((tx) => rolesStore.ensureBuiltIns(tx, 1_000));
    const admin = await rolesStore.findRoleId(db, 'admin');
    assert.ok(admin !== undefined);
    await db.transact((tx) => rolesStore.assign(tx, ada, admin, 1_000));
    assert.deepEqual((await store.find(db, keyId('a'), 2_000))?.effective, ['posts:publish', 'posts:read']);
    await add(db, keyOf(ada, { id: keyId('none') }));
    assert.deepEqual((await store.find(db, keyId('none'), 2_000))?.effective, []);
  });

  that('says that the owner is disabled or deleted, and takes the key along when their row goes', async (db) => {
    const ada = await scene(db);
    const isActive = async () => (await store.find(db, keyId('a'), 2_000))?.ownerIsActive;
    await db.transact((tx) => usersStore.markDisabled(tx, ada, { at: 2_000, until: undefined, reason: undefined }));
    assert.equal(await isActive(), false);
    await db.transact((tx) => usersStore.markEnabled(tx, ada, 2_000));
    assert.equal(await isActive(), true);
    await db.transact((tx) => usersStore.markDeleted(tx, ada, 2_000));
    assert.equal(await isActive(), false);
    await behind(db, (builder) => builder.deleteFrom('users').where('id', '=', ada));
    assert.equal(await store.find(db, keyId('a'), 2_000), undefined);
  });

  that('takes a permission from the keys when there is no such permission any more', async (db) => {
    const ada = await scene(db);
    await behind(db, (builder) => builder.deleteFrom('permissions').where('name', '=', 'posts:read'));
    assert.deepEqual((await store.findOf(db, ada, keyId('a')))?.permissions, ['posts:publish']);
  });

  that('adds no key with a permission that does not exist, and none for nobody', async (db) => {
    const ada = await scene(db);
    await assert.rejects(add(db, keyOf(ada, { id: keyId('b'), permissions: ['posts:burn'] })));
    await assert.rejects(add(db, keyOf((ada + 100) as UserId, { id: keyId('b') })));
    assert.equal(await store.find(db, keyId('b'), 2_000), undefined);
  });

  that('lists the keys of a user that are not revoked, newest first, each with its permissions', async (db) => {
    const ada = await scene(db);
    const bea = await addUser(db, 'bea');
    await add(db, keyOf(ada, { id: keyId('c'), createdAt: 3_000, expiresAt: undefined }));
    await add(db, keyOf(ada, { id: keyId('b'), createdAt: 2_000, expiresAt: 2_001 }));
    await add(db, keyOf(ada, { id: keyId('gone'), createdAt: 4_000 }));
    await add(db, keyOf(bea, { id: keyId('beas') }));
    assert.equal(await revoke(db, ada, keyId('gone')), true);
    const { hash: _, ...first } = keyOf(ada, { permissions: ['posts:publish', 'posts:read'] });
    const listed = await store.listOf(db, ada);
    assert.deepEqual(
      listed.map(({ id }) => id),
      [keyId('c'), keyId('b'), keyId('a')],
    );
    assert.deepEqual(listed.at(-1), { ...first, lastUsedAt: undefined });
    assert.equal(listed[0]?.expiresAt, undefined);
    assert.equal((await store.findOf(db, ada, keyId('a')))?.name, 'ci');
    for (const id of [keyId('gone'), keyId('beas')]) assert.equal(await store.findOf(db, ada, id), undefined, id);
  });

  that('lists those of everybody a page at a time, where a key with many permissions is one', async (db) => {
    const ada = await scene(db);
    const bea = await addUser(db, 'bea');
    for (const name of ['b', 'd', 'e']) await add(db, keyOf(bea, { id: keyId(name), permissions: ['posts:read'] }));
    await add(db, keyOf(ada, { id: keyId('c') }));
    await revoke(db, bea, keyId('d'));
    const page = async (after: string) => (await store.list(db, { after, limit: 2 })).map(({ id }) => id);
    assert.deepEqual(await page(''), [keyId('a'), keyId('b')]);
    assert.deepEqual(await page(keyId('b')), [keyId('c'), keyId('e')]);
    assert.deepEqual(await page(keyId('e')), []);
  });

  that('counts those that are neither revoked nor expired', async (db) => {
    const ada = await scene(db);
    await add(db, keyOf(ada, { id: keyId('never'), expiresAt: undefined }));
    await add(db, keyOf(ada, { id: keyId('gone') }));
    await revoke(db, ada, keyId('gone'));
    const count = (now: number) => store.countLiving(db, ada, now);
    assert.deepEqual([await count(8_999), await count(9_000)], [2, 1]);
    assert.equal(await store.countLiving(db, await addUser(db, 'bea'), 0), 0);
  });

  that('revokes a key once, for one of many callers, and only for its owner', async (db) => {
    const ada = await scene(db);
    const bea = await addUser(db, 'bea');
    assert.equal(await revoke(db, bea, keyId('a')), false);
    assert.equal((await store.find(db, keyId('a'), 2_000))?.revokedAt, undefined);
    assert.equal(yesAmong(await atOnce(db, 6, (tx) => store.revoke(tx, ada, keyId('a'), 2_000))), 1);
    assert.equal((await store.find(db, keyId('a'), 2_000))?.revokedAt, 2_000);
    assert.equal(await revoke(db, ada, keyId('a'), 3_000), false, 'and that is when it was');
  });

  that('records when a key was used once in a while: of many nodes at once, one', async (db) => {
    const ada = await scene(db);
    const use = (at: number) => db.transact((tx) => store.recordUse(tx, keyId('a'), at, 60_000));
    assert.equal(yesAmong(await atOnce(db, 6, (tx) => store.recordUse(tx, keyId('a'), 100_000, 60_000))), 1);
    assert.deepEqual([await use(159_999), await use(90_000)], [false, false], 'too soon, and never backwards');
    assert.equal((await store.findOf(db, ada, keyId('a')))?.lastUsedAt, 100_000);
    assert.equal(await use(160_000), true);
    assert.equal((await store.find(db, keyId('a'), 2_000))?.lastUsedAt, 160_000);
    assert.equal(await db.transact((tx) => store.recordUse(tx, keyId('nobodys'), 1, 1)), false);
  });

  that('removes all keys of a user, and none of anybody else', async (db) => {
    const ada = await scene(db);
    const [mine] = await store.listOf(db, ada);
    await db.transact((tx) => store.removeOf(tx, asUserId(ada + 100)));
    assert.deepEqual(await store.listOf(db, ada), [mine]);
    await db.transact((tx) => store.removeOf(tx, ada));
    assert.deepEqual(await store.listOf(db, ada), []);
    assert.equal(await store.find(db, keyId('a'), 2_000), undefined);
  });

  that('sweeps what was revoked or had expired before, and nothing that lives', async (db) => {
    const ada = await scene(db);
    await add(db, keyOf(ada, { id: keyId('never'), expiresAt: undefined }));
    await add(db, keyOf(ada, { id: keyId('revoked'), expiresAt: undefined }));
    await add(db, keyOf(ada, { id: keyId('expired'), expiresAt: 1_999, permissions: ['posts:read'] }));
    await revoke(db, ada, keyId('revoked'), 1_999);
    assert.equal(await db.transact((tx) => store.sweep(tx, 1_999)), 0);
    assert.equal(await db.transact((tx) => store.sweep(tx, 2_000)), 2);
    assert.deepEqual((await store.listOf(db, ada)).map(({ id }) => id).sort(), [keyId('a'), keyId('never')]);
  });
});
