/** The middle of what was measured, and its ends. */
export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  const median = ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
  return { median, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** Round by round, so that what the machine did meanwhile meets both. */
export const ratioOf = (above: readonly number[], below: readonly number[]): Figure =>
  figureOf(above.map((value, round) => value / (below[round] ?? Number.NaN)).filter(Number.isFinite));
