import { intervals } from './figures.ts';
import type { Interval } from './gaps.ts';
import { lengthOf, overlapWith } from './intervals.ts';
import type { Watched } from './load-process.ts';

const fromMs = 50;

/** Each refusal and each `GET /user` that took too long, and each standstill. All times are milliseconds since the storm began. */
export function slowOnes(storm: Watched) {
  const [machine, load] = [overlapWith(storm.standstill.gaps), overlapWith(storm.gaps)];
  const since = ([begin, end]: Interval) => ({ begin: begin - storm.began, end: end - storm.began });
  const slow = Object.entries(intervals(storm)).flatMap(([what, all]) =>
    all
      .filter((it) => lengthOf(it) >= fromMs)
      .map((it) => ({ what, ...since(it), machineStoodMs: machine(it), loadStoodMs: load(it) })),
  );
  return {
    slow,
    machineStood: storm.standstill.gaps.map(since),
    loadStood: storm.gaps.map(since),
    stealMs: storm.standstill.stealMs,
  };
}
