import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock, testRandom } from '../../../test/support/ports.ts';
import type { Reads } from '../../db/database.ts';
import { createKeyRing, type KeyRing } from './key-ring.ts';
import { generateSigningKey, type StoredSigningKey } from './signing-key.ts';
import { keysStore } from './store.sql.ts';

const sealingKey = Buffer.alloc(32, 7);

/** Two keys in a database whose answers come when `answer` lets them, and say what was true when they were asked for. */
async function stage() {
  const clock = createTestClock();
  const make = () => {
    const now = clock.now();
    return generateSigningKey({ algorithm: 'EdDSA', sealingKey, createdAt: now, signsFrom: now, random: testRandom });
  };
  const [leaked, good] = [await make(), await make()];
  const state: { stored: StoredSigningKey[]; slow: boolean } = { stored: [leaked, good], slow: false };
  const waiting: PromiseWithResolvers<void>[] = [];
  const list = async (): Promise<StoredSigningKey[]> => {
    const found = [...state.stored];
    if (!state.slow) return found;
    const gate = Promise.withResolvers<void>();
    waiting.push(gate);
    await gate.promise;
    return found;
  };
  const ring = createKeyRing({ db: {} as Reads, store: { ...keysStore, list }, clock, sealingKeys: [sealingKey] });
  await ring();
  return {
    ring,
    clock,
    state,
    waiting,
    revoke: () => {
      state.stored = [good];
    },
    knowsLeaked: ({ all }: KeyRing) => all.some(({ kid }) => kid === leaked.kid),
  };
}

test('a read that has hung since before a revocation does not bring the key back when it answers at last', async () => {
  const { ring, clock, state, waiting, revoke, knowsLeaked } = await stage();
  state.slow = true;
  clock.advance(600);
  await ring();
  assert.equal(waiting.length, 1, 'read in the background');
  revoke();
  clock.advance(1_000);
  state.slow = false;
  const asked = ring();
  waiting[0]?.resolve();
  assert.equal(knowsLeaked(await asked), false);
  assert.equal(knowsLeaked(await ring()), false);
});

test('nor does it fail those who come later when it fails itself', async () => {
  const { ring, clock, state, waiting, revoke, knowsLeaked } = await stage();
  state.slow = true;
  clock.advance(600);
  await ring();
  revoke();
  clock.advance(1_000);
  state.slow = false;
  const asked = [ring(), ring()];
  waiting[0]?.reject(new Error('the connection is gone'));
  for (const found of await Promise.all(asked)) assert.equal(knowsLeaked(found), false);
});
