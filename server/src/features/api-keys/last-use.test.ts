import assert from 'node:assert/strict';
import { test } from 'node:test';
import { removable } from '../../../test/support/away.ts';
import { openTestDatabase } from '../../../test/support/databases/index.ts';
import { createTestClock } from '../../../test/support/ports.ts';
import { systemRandom } from '../../adapters/system-random.ts';
import { migrate } from '../../db/migrate.ts';
import { asApiKeyId } from '../../kernel/ids.ts';
import { usersStore } from '../users/index.ts';
import { makeKey } from './key-text.ts';
import { createLastUse } from './last-use.ts';
import { apiKeysStore as store } from './store.sql.ts';

/** A database with so many keys of one user, that can be taken away. */
async function createScene(count: number) {
  const database = removable(await openTestDatabase());
  const { db } = database;
  await migrate(db, 0);
  const clock = createTestClock();
  const ids = Array.from({ length: count }, () => makeKey(systemRandom).id);
  await db.transact(async (tx) => {
    const email = 'ada@example.com';
    const owner = await usersStore.add(tx, {
      username: 'ada',
      usernameKey: 'ada',
      email,
      emailKey: email,
      createdAt: 0,
    });
    const common = { owner, name: 'ci', description: '', permissions: [], createdAt: 0, expiresAt: undefined };
    for (const id of ids) await store.add(tx, { ...common, id, hash: makeKey(systemRandom).hash });
  });
  const lastUsedAt = async (id = ids[0]) => id && (await store.find(db, id, 0))?.lastUsedAt;
  const lastUse = createLastUse({ db, clock, store });
  return { database, db, clock, ids, lastUse, lastUsedAt, [Symbol.asyncDispose]: () => db.close() };
}

test('a thousand uses of a key are one write', async () => {
  await using scene = await createScene(1);
  const { clock, ids, lastUse, lastUsedAt } = scene;
  const [id = asApiKeyId('')] = ids;
  for (let use = 0; use < 1_000; use += 1) {
    clock.advance(1);
    lastUse.note({ id, lastUsedAt: undefined });
  }
  await lastUse.record();
  assert.equal(await lastUsedAt(), clock.now());
  lastUse.note({ id, lastUsedAt: clock.now() });
  clock.advance(59_999);
  lastUse.note({ id, lastUsedAt: clock.now() - 59_999 });
  await lastUse.record();
  assert.equal(await lastUsedAt(), clock.now() - 59_999, 'what was read says that there is nothing to write');
});

test('what cannot be written now is written later, the newest use of each key', async () => {
  await using scene = await createScene(2);
  const { database, clock, ids, lastUse, lastUsedAt } = scene;
  const [first = asApiKeyId(''), second = asApiKeyId('')] = ids;
  lastUse.note({ id: first, lastUsedAt: undefined });
  lastUse.note({ id: second, lastUsedAt: undefined });
  const before = clock.now();
  database.away = true;
  const recording = lastUse.record();
  clock.advance(5_000);
  lastUse.note({ id: second, lastUsedAt: undefined });
  await assert.rejects(recording);
  database.away = false;
  await lastUse.record();
  assert.deepEqual([await lastUsedAt(first), await lastUsedAt(second)], [before, before + 5_000]);
});

test('more keys than one transaction takes are all written, and a key that is gone meanwhile does no harm', async () => {
  await using scene = await createScene(700);
  const { clock, ids, lastUse, lastUsedAt } = scene;
  for (const id of [...ids, asApiKeyId('gone')]) lastUse.note({ id, lastUsedAt: undefined });
  await lastUse.record();
  for (const id of [ids.at(0), ids.at(499), ids.at(500), ids.at(699)]) assert.equal(await lastUsedAt(id), clock.now());
});
