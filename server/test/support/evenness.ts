/**
 * How far counts are from those of a fair draw: Pearson's chi-square over what it exceeds by chance once in a thousand times (Wilson and
 * Hilferty's approximation). More than 1 is unfair.
 */
export function unevenness(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  const spread = 2 / (9 * freedom);
  return chiSquare / (freedom * (1 - spread + onceInAThousand * Math.sqrt(spread)) ** 3);
}

/** Of the normal distribution, in standard deviations. */
const onceInAThousand = 3.09;
