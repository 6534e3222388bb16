import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { iso } from './clock.ts';

/** The last instant that a `Date` can be (ECMA-262 §21.4.1.1). */
const lastInstant = 8.64e15;
const asDateHasIt = (instant: number): boolean => iso(instant) === new Date(instant).toISOString();

describe('an instant as text', () => {
  test('is what a Date makes of it', () => {
    fc.assert(fc.property(fc.integer({ min: -lastInstant, max: lastInstant }), asDateHasIt));
    fc.assert(fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), asDateHasIt));
    for (const edge of [0, -1, 1, 86_399_999, 86_400_000, 0.5, -0.5, 1.9, -lastInstant, lastInstant])
      assert.ok(asDateHasIt(edge));
  });

  test('stays so when more days were asked for than are kept', () => {
    for (let day = 0; day < 10_000; day += 1) assert.ok(asDateHasIt(day * 86_400_000 + day));
  });

  test('does not exist for what is no instant', () => {
    for (const none of [Number.NaN, Number.POSITIVE_INFINITY, lastInstant + 86_400_000])
      assert.throws(() => iso(none), RangeError);
  });
});
