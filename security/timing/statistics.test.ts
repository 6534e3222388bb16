import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSeeded, type Seeded } from '../../server/test/support/seeded.ts';
import {
  compare,
  describe as describeComparison,
  fewestSamples,
  isFound,
  leastShare,
  leastShift,
  quantileOf,
  welch,
} from './statistics.ts';

/** Times as a busy machine gives them: a narrow bulk, and a long tail upwards. */
function times(random: Seeded, count: number, shiftMs = 0): number[] {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return Array.from(
    { length: count },
    () => 20 + shiftMs + 0.3 * normal() + (random.chance(0.1) ? 50 * random.next() : 0),
  );
}

describe('Welch', () => {
  test('gives the figures of the textbook', () => {
    // Sums of squares by hand: means 3 and 6, variances 2.5 and 10, five samples each; (3 - 6) / sqrt(0.5 + 2).
    const { t, difference } = welch([1, 2, 3, 4, 5], [2, 4, 6, 8, 10]);
    assert.equal(difference, -3);
    assert.ok(Math.abs(t + 3 / Math.sqrt(2.5)) < 1e-12);
  });

  test('what never varies is the same or infinitely far', () => {
    assert.equal(welch([1, 1], [1, 1]).t, 0);
    assert.equal(welch([2, 2], [1, 1]).t, Number.POSITIVE_INFINITY);
  });
});

test('a quantile is a sample below which that share lies', () => {
  const list = Array.from({ length: 100 }, (_, at) => at);
  assert.deepEqual(
    [0, 0.5, 0.9, 1].map((share) => quantileOf(list, share)),
    [0, 50, 90, 99],
  );
});

describe('comparing two classes', () => {
  test('of the same distribution: nothing is found, in 200 runs', () => {
    const found = Array.from({ length: 200 }, (_, seed) => {
      const random = createSeeded(seed);
      return compare(times(random, 300), times(random, 300));
    }).filter(isFound);
    assert.deepEqual(found, []);
  });

  test('that differ by 0.2 ms under a tail of 50 ms: found, which the uncropped means alone would not do', () => {
    const random = createSeeded(1);
    const [slow, fast] = [times(random, 300, 0.2), times(random, 300)];
    assert.ok(isFound(compare(slow, fast)));
    assert.ok(Math.abs(welch(slow, fast).t) < 4.5);
  });

  test('of which a part takes twice as long: found by its share, which the means alone would not do', () => {
    const random = createSeeded(2);
    const noise = () => 20 * random.next() + (random.chance(0.15) ? 400 * random.next() : 0);
    const noisy = (count: number, ms: number) => Array.from({ length: count }, () => ms + noise());
    const [mixed, plain] = [[...noisy(55, 20), ...noisy(45, 45)], noisy(100, 20)];
    const compared = compare(mixed, plain);
    assert.ok(isFound(compared));
    assert.equal(compared.worst.of, 'share');
    assert.ok(Math.abs(welch(mixed, plain).t) < 4.5);
  });

  test('that differ by less than can be found: not found', () => {
    const random = createSeeded(3);
    assert.equal(isFound(compare(times(random, 300, 0.02), times(random, 300))), false);
  });

  test('too few samples are refused and not believed', () => {
    const few = Array.from({ length: fewestSamples - 1 }, () => 1);
    assert.throws(() => compare(few, [...few, 1]), RangeError);
  });

  test('a line says who, how many, how far', () => {
    const random = createSeeded(4);
    const line = describeComparison(['existing', 'unknown'], compare(times(random, 100), times(random, 90)));
    assert.match(line, /^existing \/ unknown, n 100 \/ 90, means [\d.]+ ms \/ [\d.]+ ms, largest \|t\| [\d.]+ \(.+\)$/);
  });
});

describe('what would have been found', () => {
  test('of shifts: the least is found again in other samples nineteen times of twenty, and half of it seldom', () => {
    let [whole, half] = [0, 0];
    const isFoundIn = (seed: number, shiftMs: number) => {
      const random = createSeeded(seed);
      return isFound(compare(times(random, 400, shiftMs), times(random, 400))) ? 1 : 0;
    };
    for (let seed = 0; seed < 400; seed += 20) {
      const random = createSeeded(seed);
      const least = leastShift(times(random, 400), times(random, 400));
      for (let other = seed + 1; other < seed + 20; other += 1) {
        whole += isFoundIn(other, least);
        half += isFoundIn(other, least / 2);
      }
    }
    assert.ok(whole / 380 > 0.91 && whole / 380 < 0.99, `${whole} of 380`);
    assert.ok(half / 380 < 0.3, `${half} of 380`);
  });

  test('of shifts: four times the samples find about half as much', () => {
    const random = createSeeded(6);
    const [few, many] = [400, 1_600].map((count) => leastShift(times(random, count), times(random, count)));
    assert.ok((few ?? 0) / (many ?? 1) > 1.5, `${few} and ${many}`);
  });

  test('of shifts: no less where the two differ by chance, in lists that spread far', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const random = createSeeded(seed);
      const wide = (count: number) => Array.from({ length: count }, () => 20 + 30 * random.next());
      const least = leastShift(wide(100), wide(80));
      assert.ok(least > 1 && least < 10, `${least} with seed ${seed}`);
    }
  });

  test('of shares: the least is found nineteen times of twenty', () => {
    const mixed = (random: Seeded, share: number) =>
      Array.from({ length: 500 }, () => (random.chance(share) ? 70 : 20) + random.next());
    const least = leastShare(0.3, [500, 500]);
    const found = Array.from({ length: 200 }, (_, seed) => {
      const random = createSeeded(seed);
      return compare(mixed(random, 0.3), mixed(random, 0.3 + least));
    }).filter(isFound).length;
    assert.ok(found >= 180, `${found} of 200 at ${least}`);
  });
});
