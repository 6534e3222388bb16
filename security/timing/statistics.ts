/** Welch's test of whether two lists of times have the same mean. */
export interface Welch {
  readonly t: number;
  /** Mean of the first less that of the second, in the unit of the samples. */
  readonly difference: number;
}

/** Of dudect: beyond it a difference counts as found; by chance alone it happens once in some 100,000 tests. */
const threshold = 4.5;

/** What is expected to lie so far beyond the threshold is found nineteen times of twenty: |t| varies by 1 from one measurement to the next. */
const margin = 1.645;

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
  return { t, difference };
}

/** The value below which this share of the samples lies. @param sorted from the least to the greatest */
export function quantileOf(sorted: readonly number[], share: number): number {
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
  const all = [...first, ...second].sort((a, b) => a - b);
  const looks = [...timesBelow(all, first, second), ...sharesAbove(all, first, second)];
  const worst = looks.reduce((a, b) => (Math.abs(b.t) > Math.abs(a.t) ? b : a));
  return { counts: [first.length, second.length], means: [meanOf(first), meanOf(second)], worst };
}

function timesBelow(all: readonly number[], first: readonly number[], second: readonly number[]): Look[] {
  return crops.flatMap((quantile): Look[] => {
    const limit = quantile === 1 ? Number.POSITIVE_INFINITY : quantileOf(all, quantile);
    const [a, b] = [first.filter((it) => it < limit), second.filter((it) => it < limit)];
    // Where nearly all that is fast is of one list, the whole lists differ already.
    return Math.min(a.length, b.length) < fewestSamples / 2 ? [] : [{ of: 'times', quantile, ...welch(a, b) }];
  });
}

function sharesAbove(all: readonly number[], first: readonly number[], second: readonly number[]): Look[] {
  return shares.map((quantile): Look => {
    const limit = quantileOf(all, quantile);
    const above = (samples: readonly number[]) => samples.map((it) => (it > limit ? 1 : 0));
    return { of: 'share', quantile, ...welch(above(first), above(second)) };
  });
}

export const isFound = ({ worst }: Comparison): boolean => Math.abs(worst.t) >= threshold;

/**
 * The smallest shift of the times that would have been found in such samples, nineteen times of twenty and whichever of the two had it.
 * Found by trying, since a cropped test sees less of a shift than is there: what is shifted past the limit is cropped. Tried on all
 * samples, dealt anew: how far the two differ is not to count.
 */
export function leastShift(first: readonly number[], second: readonly number[]): number {
  const [a, b] = dealt([...first, ...second], first.length);
  const shifted = (samples: readonly number[], by: number) => samples.map((it) => it + by);
  const isSure = ({ worst }: Comparison) => Math.abs(worst.t) >= threshold + margin;
  const isSeen = (by: number) => isSure(compare(shifted(a, by), b)) && isSure(compare(a, shifted(b, by)));
  let [unseen, seen] = [0, 0.01];
  while (!isSeen(seen)) [unseen, seen] = [seen, seen * 2];
  while (seen - unseen > seen / 20) {
    const middle = (unseen + seen) / 2;
    if (isSeen(middle)) seen = middle;
    else unseen = middle;
  }
  return seen;
}

/** Two hands of as many as asked for, that differ as little as they can. */
function dealt(samples: number[], count: number): [first: number[], second: number[]] {
  const hands: [number[], number[]] = [[], []];
  for (const [at, sample] of samples.sort((a, b) => a - b).entries()) {
    const due = ((at + 1) * count) / samples.length;
    hands[hands[0].length + 0.5 <= due ? 0 : 1].push(sample);
  }
  return hands;
}

/**
 * Where `share` of two classes of names have something that can be seen of each name at once, as a hash that takes much longer: by how much
 * the shares must differ to be found, nineteen times of twenty.
 *
 * @param counts how many names of each class were asked for, each once
 */
export const leastShare = (share: number, counts: readonly [first: number, second: number]): number =>
  (threshold + margin) * Math.sqrt(share * (1 - share) * (1 / counts[0] + 1 / counts[1]));

/** One line for a person; times in milliseconds. */
export function describe(names: readonly [first: string, second: string], it: Comparison): string {
  return [
    `${names[0]} / ${names[1]}`,
    `n ${it.counts.join(' / ')}`,
    `means ${it.means.map(ms).join(' / ')}`,
    `largest |t| ${Math.abs(it.worst.t).toFixed(2)} (${lookText(it.worst)})`,
  ].join(', ');
}

export const ms = (value: number) => `${value.toFixed(3)} ms`;

function lookText({ of, quantile, difference }: Look): string {
  const percent = Math.round(quantile * 100);
  if (of === 'times') return `${ms(difference)} in the fastest ${percent} %`;
  return `${(difference * 100).toFixed(1)} % more above percentile ${percent}`;
}
