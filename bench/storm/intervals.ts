import type { Interval } from './gaps.ts';

export const lengthOf = ([begin, end]: Interval): number => end - begin;

/** In order, and what touches or overlaps as one: the time in which any of them holds. */
export function union(all: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const [begin, end] of all.toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last === undefined || begin > last[1]) merged.push([begin, end]);
    else merged[merged.length - 1] = [last[0], Math.max(last[1], end)];
  }
  return merged;
}

/** How many milliseconds of an interval any of `others` holds. Each counts once, however many do. */
export function overlapWith(others: readonly Interval[]): (it: Interval) => number {
  const merged = union(others);
  return ([from, to]) =>
    merged.reduce((sum, [begin, end]) => sum + Math.max(0, Math.min(end, to) - Math.max(begin, from)), 0);
}

/** What of `all` lies in `it`; what reaches over its ends is cut. */
export const within = (it: Interval, all: readonly Interval[]): Interval[] =>
  all
    .map(([begin, end]): Interval => [Math.max(begin, it[0]), Math.min(end, it[1])])
    .filter((part) => lengthOf(part) > 0);

/** Who did not run while something took longer than it should. */
export interface Meanwhile {
  /** When the machine stood still. */
  readonly machine: readonly Interval[];
  /** When the load did not run: it may have sent late, and read late what was there. */
  readonly load: readonly Interval[];
}

/** Of what took longer than it should: how much has which excuse. Whoever overlaps both counts for the machine. */
export interface Blame {
  readonly slow: number;
  readonly machine: number;
  readonly load: number;
  /** What remains, for which there is nobody else. */
  readonly server: number;
  /** Of these: begun within 100 ms after a standstill, when all that waited comes at once. Told, but no excuse. */
  readonly soonAfter: number;
  /** Milliseconds of the longest, slow or not, that overlaps no standstill of the machine; 0 where there is none. */
  readonly longestOfOthers: number;
  /**
   * Milliseconds of each, slow or not, without those in which the machine stood still. An overlap alone is a weak excuse: ten
   * milliseconds of standstill do not explain an answer that took a hundred.
   */
  readonly lessStandstill: readonly number[];
}

const soonMs = 100;

/** @param all what was asked, from when it was due until it was answered @param limitMs from when on it is slow */
export function blame(all: readonly Interval[], { machine, load }: Meanwhile, limitMs: number): Blame {
  const [still, idle] = [overlapWith(machine), overlapWith(load)];
  const others = all.filter((it) => still(it) === 0);
  const slow = all.filter((it) => lengthOf(it) >= limitMs);
  const slowOthers = slow.filter((it) => still(it) === 0);
  const ofServer = slowOthers.filter((it) => idle(it) === 0);
  const after = overlapWith(machine.map(([, end]): Interval => [end, end + soonMs]));
  return {
    slow: slow.length,
    machine: slow.length - slowOthers.length,
    load: slowOthers.length - ofServer.length,
    server: ofServer.length,
    soonAfter: ofServer.filter(([begin]) => after([begin, begin + 1]) > 0).length,
    longestOfOthers: others.reduce((most, it) => Math.max(most, lengthOf(it)), 0),
    lessStandstill: all.map((it) => lengthOf(it) - still(it)),
  };
}
