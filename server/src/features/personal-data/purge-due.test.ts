import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../db/database.ts';
import { asUserId, type UserId } from '../../kernel/ids.ts';
import { type DeletedUser, type UsersStore, userNotFound } from '../users/index.ts';
import { createPurgeDue } from './purge-due.ts';

const db = {} as Database;

/** So many deleted users, of whom some cannot be purged. */
function createScene(count: number, fails: (id: UserId) => Error | undefined) {
  const left = new Map<UserId, DeletedUser>();
  for (let id = 1; id <= count; id += 1) left.set(asUserId(id), { id: asUserId(id), deletedAt: Math.floor(id / 7) });
  const listDeleted: UsersStore['listDeleted'] = async (_, { after, limit }) => {
    const isBehind = (it: DeletedUser) => after === undefined || it.id > after.id;
    return [...left.values()].filter(isBehind).slice(0, limit);
  };
  let asked = 0;
  const purgeDue = createPurgeDue({
    db,
    clock: { now: () => 1_000_000 },
    users: { listDeleted } as UsersStore,
    deletedUserRetentionSeconds: 1,
    purge: async ({ id }) => {
      asked += 1;
      const failure = fails(id);
      if (failure !== undefined) throw failure;
      left.delete(id);
    },
  });
  return { left, purgeDue, asked: () => asked };
}

test('reaches those behind thousands who cannot be purged, a thousand at a turn, and tells that some cannot', async () => {
  let broken = true;
  const { left, purgeDue, asked } = createScene(2_500, (id) =>
    broken && id <= 2_100 ? new Error('the disk is full') : undefined,
  );
  for (let turn = 1; turn <= 2; turn += 1) {
    await assert.rejects(purgeDue(), /the disk is full/);
    assert.deepEqual([left.size, asked()], [2_500, turn * 1_000]);
  }
  await assert.rejects(purgeDue(), /the disk is full/);
  assert.deepEqual([left.size, asked()], [2_100, 2_500]);
  broken = false;
  for (let turn = 0; turn < 3; turn += 1) await purgeDue();
  assert.equal(left.size, 0, 'and those who could not be purged come again');
});

test('what another node has purged meanwhile is no failure', async () => {
  const { purgeDue, asked } = createScene(3, () => userNotFound());
  await purgeDue();
  assert.equal(asked(), 3);
});
