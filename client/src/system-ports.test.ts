import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClock, systemPorts } from './system-ports.ts';

test('elapsed follows the steady clock, counts sleep, and never runs back', () => {
  let [wall, steady] = [1_000_000, 50];
  const clock = createClock(
    () => wall,
    () => steady,
  );
  const pass = (onTheWall: number, steadily: number): number => {
    wall += onTheWall;
    steady += steadily;
    return clock.elapsed();
  };
  const begun = clock.elapsed();
  assert.equal(pass(1_000, 1_000) - begun, 1_000);
  assert.equal(pass(3_600_000, 5) - begun, 3_601_000, 'asleep for an hour');
  assert.equal(pass(-7_200_000, 10) - begun, 3_601_010, 'set back by two');
  assert.equal(pass(500, 500) - begun, 3_601_510);
  for (let step = 0; step < 1_000; step += 1) pass(step % 2 === 0 ? 2 : 0, 1);
  assert.equal(clock.elapsed() - begun, 3_602_510, 'coarse ticks of the wall clock add nothing');
});

test('timers fire, and those that were called off do not', async () => {
  const { timers, clock, random } = systemPorts();
  const fired: string[] = [];
  timers.after(1, () => fired.push('off'))();
  await new Promise<void>((resolve) => {
    const alive = setTimeout(() => undefined, 1_000);
    timers.after(1, () => {
      clearTimeout(alive);
      fired.push('on');
      resolve();
    });
  });
  assert.deepEqual(fired, ['on']);
  assert.ok(clock.elapsed() >= 0 && random() < 1 && random() >= 0);
});
