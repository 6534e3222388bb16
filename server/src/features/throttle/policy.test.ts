import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { paces, sourceOf, waitSeconds } from './policy.ts';

const pace = { freeAttempts: 3, firstWaitSeconds: 30, longestWaitSeconds: 3_600 };

test('the free attempts cost nothing, then the wait doubles up to its longest', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((attempts) => waitSeconds(attempts, pace));
  assert.deepEqual(waits, [0, 0, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
});

test('no number of attempts makes a wait longer than the longest: nobody is locked out for ever', () => {
  const anyPace = fc.constantFrom(...Object.values(paces));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), anyPace, (attempts, it) => {
      const wait = waitSeconds(attempts, it);
      return wait >= 0 && wait <= it.longestWaitSeconds;
    }),
  );
});

test('an IPv4 address is its own source, in either spelling', () => {
  assert.equal(sourceOf('192.0.2.7'), '192.0.2.7');
  assert.equal(sourceOf('::ffff:192.0.2.7'), '192.0.2.7');
});

test('an attacker with a whole /64 is one source, and the neighbour is another', () => {
  assert.equal(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:2:ffff:ffff:ffff:ffff'));
  assert.equal(sourceOf('2001:DB8:1:2::1'), sourceOf('2001:0db8:0001:0002::9'));
  assert.notEqual(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:3::1'));
  assert.equal(sourceOf('::1'), '0:0:0:0::/64');
  assert.equal(sourceOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
});
