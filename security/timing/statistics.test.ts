import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSeeded, type Seeded } from '../../server/test/support/seeded.ts';
import { compare, describe as describeComparison, fewestSamples, isFound, quantileOf, welch } from './statistics.ts';

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

  test('the detectable difference is the one that would reach the threshold', () => {
    const { t, difference, detectable } = welch([1, 2, 3, 4, 5], [2, 4, 6, 8, 10]);
    assert.ok(Math.abs((Math.abs(difference) / detectable) * 4.5 - Math.abs(t)) < 1e-12);
  });

  test('what never varies is the same or infinitely far', () => {
    assert.equal(welch([1, 1], [1, 1]).t, 0);
    assert.equal(welch([2, 2], [1, 1]).t, Number.POSITIVE_INFINITY);
  });
});

test('a quantile is a sample below which that share lies', () => {
  const list = Array.from({ length: 100 }, (_, at) => 99 - at);
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

  test('that differ by less than is detectable: not found', () => {
    const random = createSeeded(3);
    const compared = compare(times(random, 300, 0.02), times(random, 300));
    assert.equal(isFound(compared), false);
    assert.ok(compared.detectable > 0.02);
  });

  test('too few samples are refused and not believed', () => {
    const few = Array.from({ length: fewestSamples - 1 }, () => 1);
    assert.throws(() => compare(few, [...few, 1]), RangeError);
  });

  test('a line says who, how many, how far', () => {
    const random = createSeeded(4);
    const line = describeComparison(['existing', 'unknown'], compare(times(random, 100), times(random, 90)));
    assert.match(
      line,
      /^existing \/ unknown, n 100 \/ 90, means [\d.]+ ms \/ [\d.]+ ms, largest \|t\| [\d.]+ \(.+\), would find [\d.]+ ms$/,
    );
  });
});
