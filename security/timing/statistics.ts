/** Welch's test of whether two lists of times have the same mean. */
export interface Welch {
  readonly t: number;
  /** Mean of the first less that of the second, in the unit of the samples. */
  readonly difference: number;
  /** The difference that would give |t| = `threshold` with this spread and so many samples. */
  readonly detectable: number;
}

/** Of dudect: beyond it a difference counts as found; by chance alone it happens once in some 100,000 tests. */
const threshold = 4.5;

const meanOf = (samples: readonly number[]): number => samples.reduce((sum, it) => sum + it, 0) / samples.length;

function varianceOf(samples: readonly number[], mean: number): number {
  return samples.reduce((sum, it) => sum + (it - mean) ** 2, 0) / (samples.length - 1);
}

/** B. L. Welch, "The generalization of Student's problem when several different population variances are involved" (1947). */
export function welch(first: readonly number[], second: readonly number[]): Welch {
  const [a, b] = [meanOf(first), meanOf(second)];
  const error = Math.sqrt(varianceOf(first, a) / first.length + varianceOf(second, b) / second.length);
  const difference = a - b;
  // Two lists that never vary and differ: nothing is more certain.
  const t =
    error === 0 ? (difference === 0 ? 0 : Math.sign(difference) * Number.POSITIVE_INFINITY) : difference / error;
  return { t, difference, detectable: threshold * error };
}

/** The value below which this share of the samples lies. */
export function quantileOf(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** A test on a part of what the samples tell. */
export interface Look extends Welch {
  /** `times`: on the samples below a quantile of them all. `share`: on how many of them lie above it. */
  readonly of: 'times' | 'share';
  readonly quantile: number;
}

export interface Comparison {
  readonly counts: readonly [first: number, second: number];
  readonly means: readonly [first: number, second: number];
  /** The look with the largest |t|. */
  readonly worst: Look;
  /** The smallest shift of the times that some crop would find. */
  readonly detectable: number;
}

/**
 * What makes a measurement slow (other programs, collectors of garbage, disks) hides what the work itself takes, and lies in the upper
 * tail. So, as dudect does, the test is made again on what is left below several quantiles.
 */
const crops = [1, 0.99, 0.95, 0.9, 0.75, 0.5, 0.25];

/**
 * Where a part of a class takes much longer, as imported hashes do, its times spread so far that their mean tells little; how many lie
 * above a quantile tells it at once.
 */
const shares = [0.5, 0.6, 0.7, 0.8, 0.9];

/** Fewer samples than this are no distribution. */
export const fewestSamples = 25;

/**
 * Compares two lists of times (O. Reparaz, J. Balasch, I. Verbauwhede, "Dude, is my code constant time?", 2017).
 *
 * @throws RangeError when there are too few
 */
export function compare(first: readonly number[], second: readonly number[]): Comparison {
  if (Math.min(first.length, second.length) < fewestSamples)
    throw new RangeError(`${first.length} and ${second.length} samples are too few`);
  const looks = [...timesBelow(first, second), ...sharesAbove(first, second)];
  const worst = looks.reduce((a, b) => (Math.abs(b.t) > Math.abs(a.t) ? b : a));
  return {
    counts: [first.length, second.length],
    means: [meanOf(first), meanOf(second)],
    worst,
    detectable: Math.min(...looks.filter((look) => look.of === 'times').map(({ detectable }) => detectable)),
  };
}

function timesBelow(first: readonly number[], second: readonly number[]): Look[] {
  const all = [...first, ...second];
  return crops.flatMap((quantile): Look[] => {
    const limit = quantile === 1 ? Number.POSITIVE_INFINITY : quantileOf(all, quantile);
    const [a, b] = [first.filter((it) => it < limit), second.filter((it) => it < limit)];
    // Where nearly all that is fast is of one list, the whole lists differ already.
    return Math.min(a.length, b.length) < fewestSamples / 2 ? [] : [{ of: 'times', quantile, ...welch(a, b) }];
  });
}

function sharesAbove(first: readonly number[], second: readonly number[]): Look[] {
  const all = [...first, ...second];
  return shares.map((quantile): Look => {
    const limit = quantileOf(all, quantile);
    const above = (samples: readonly number[]) => samples.map((it) => (it > limit ? 1 : 0));
    return { of: 'share', quantile, ...welch(above(first), above(second)) };
  });
}

export const isFound = ({ worst }: Comparison): boolean => Math.abs(worst.t) >= threshold;

/** One line for a person; times in milliseconds. */
export function describe(names: readonly [first: string, second: string], it: Comparison): string {
  return [
    `${names[0]} / ${names[1]}`,
    `n ${it.counts.join(' / ')}`,
    `means ${it.means.map(ms).join(' / ')}`,
    `largest |t| ${Math.abs(it.worst.t).toFixed(2)} (${lookText(it.worst)})`,
    `would find ${ms(it.detectable)}`,
  ].join(', ');
}

const ms = (value: number) => `${value.toFixed(3)} ms`;

function lookText({ of, quantile, difference }: Look): string {
  const percent = Math.round(quantile * 100);
  if (of === 'times') return `${ms(difference)} in the fastest ${percent} %`;
  return `${(difference * 100).toFixed(1)} % more above percentile ${percent}`;
}
