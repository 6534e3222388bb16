import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DomainError } from '../../../kernel/errors.ts';
import type { SqliteConnection } from './connection.ts';
import { createWriteLock } from './write-lock.ts';

/** A connection whose write lock another process holds for as many tries as are left. */
function lockedFor(tries: number) {
  const state = { left: tries, asked: 0 };
  const connection = {
    repeat: (text: string) => {
      assert.equal(text, 'begin immediate');
      state.asked += 1;
      if (state.left === 0) return;
      state.left -= 1;
      throw Object.assign(new Error('database is locked'), { errcode: 5 });
    },
  } as SqliteConnection;
  return { state, connection };
}

const refusedSoon = (error: unknown) =>
  error instanceof DomainError && error.refusal.code === 'database-unavailable' && error.retryAfterSeconds === 1;

describe('the write lock', () => {
  test('is asked for again until the other process lets go', async () => {
    const { state, connection } = lockedFor(3);
    await createWriteLock(connection, 100).begin();
    assert.equal(state.asked, 4);
  });

  test('is given up after the patience', async () => {
    const { state, connection } = lockedFor(Number.POSITIVE_INFINITY);
    await assert.rejects(createWriteLock(connection, 20).begin(), refusedSoon);
    assert.equal(state.asked, 5, 'at 0, 5, 10, 15 and 20 ms');
  });

  test('those in line behind one that gave up do not wait as long once more', async () => {
    const { state, connection } = lockedFor(Number.POSITIVE_INFINITY);
    const lock = createWriteLock(connection, 20);
    await assert.rejects(lock.begin(), refusedSoon);
    for (let i = 0; i < 10; i += 1) await assert.rejects(lock.begin(), refusedSoon);
    assert.equal(state.asked, 5 + 10);
  });

  test('once it was had, the patience is whole again', async () => {
    const { state, connection } = lockedFor(3);
    const lock = createWriteLock(connection, 20);
    await lock.begin();
    Object.assign(state, { left: 4, asked: 0 });
    await lock.begin();
    assert.equal(state.asked, 5);
  });

  test('an error that is no lock passes through', async () => {
    const broken = Object.assign(new Error('disk I/O error'), { errcode: 10 });
    const connection = {
      repeat: () => {
        throw broken;
      },
    } as unknown as SqliteConnection;
    await assert.rejects(createWriteLock(connection, 20).begin(), broken);
  });
});
