import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { iso } from './clock.ts';

/** The first and the last instant that a Date knows (ECMA-262 §21.4.1.1). */
const furthest = 8_640_000_000_000_000;

describe('an instant as text', () => {
  test('is what Date makes of it', () => {
    for (const instant of [
      0,
      -1,
      1,
      951_782_400_000,
      951_868_800_000,
      253_402_300_799_999,
      253_402_300_800_000,
      furthest,
    ])
      assert.equal(iso(instant), new Date(instant).toISOString());
    fc.assert(
      fc.property(
        fc.integer({ min: -furthest, max: furthest }),
        (instant) => iso(instant) === new Date(instant).toISOString(),
      ),
    );
    fc.assert(
      fc.property(fc.integer({ min: -3e13, max: 3e14 }), (instant) => iso(instant) === new Date(instant).toISOString()),
      { numRuns: 2_000 },
    );
  });

  test('is refused of what is no instant', () => {
    for (const broken of [Number.NaN, furthest + 1]) assert.throws(() => iso(broken), RangeError);
  });
});
