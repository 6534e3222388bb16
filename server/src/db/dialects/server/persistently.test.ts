import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseUnavailable } from '../../unavailable.ts';
import { persistently } from './persistently.ts';

const driver = { faultOf: () => ({ kind: 'rolled-back' }) as const };
const isUnavailable = (error: { refusal?: unknown }) => error.refusal === databaseUnavailable;

test('what the server undoes each time is given up when others went ahead twenty times', async () => {
  const pauses: number[] = [];
  let attempts = 0;
  const failing = async () => {
    attempts += 1;
    throw new Error('deadlock');
  };
  await assert.rejects(
    persistently(driver, 60_000, failing, async (milliseconds) => pauses.push(milliseconds)),
    isUnavailable,
  );
  assert.equal(attempts, 20);
  assert.deepEqual(pauses, [15, 30, 45, ...Array.from({ length: 16 }, () => 60)]);
});

test('and before that when its time is up', async () => {
  let attempts = 0;
  const failing = async () => {
    attempts += 1;
    await sleep(20);
    throw new Error('deadlock');
  };
  await assert.rejects(persistently(driver, 50, failing), isUnavailable);
  assert.ok(attempts >= 1 && attempts < 5, String(attempts));
});
