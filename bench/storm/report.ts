import { accepted, goodput, intervals, percentile, recoveredAfter, spread, statuses } from './figures.ts';
import { type Blame, blame, lengthOf, union, within } from './intervals.ts';
import type { Watched } from './load-process.ts';

/** What a whole run has measured. */
export interface Run {
  /** Logins a second. */
  readonly peak: number;
  readonly calm: Watched;
  readonly storm: Watched;
  readonly after: Watched;
  /** Whether the control can be delayed by nobody but the host and the kernel. */
  readonly isEvidence: boolean;
}

/** Open: passed, but not without the time in which the machine stood still. So the run shows neither. */
export type Verdict = 'ok' | 'MISSED' | 'OPEN';

const bars = { goodput: 0.8, refusalMs: 50, readMs: 50, recoveryMs: 5_000 };
/** Cores. Above it other programs took part in the storm. */
const idleMachine = 0.1;

const say = (text: string) => process.stdout.write(`${text}\n`);
const line = (name: string, text: string) => say(`  ${name.padEnd(16)} ${text}`);
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;

/** Says all figures and whether each bar holds. @returns the verdict of each */
export function report(run: Run): Verdict[] {
  const { peak, storm } = run;
  tell(storm);
  const ratio = goodput(storm) / peak;
  const [recoveryMs, strange] = [recoveryOf(run), storm.logins.filter(([, it]) => it !== 200 && it !== 503)];
  return [
    bar('goodput / peak', ratio.toFixed(3), holds(ratio >= bars.goodput), `at least ${bars.goodput}`),
    timeBar('refusals', run, [bars.refusalMs, 100], `all below ${bars.refusalMs} ms`),
    timeBar('GET /user', run, [bars.readMs, 99], `p99 below ${bars.readMs} ms`),
    bar('recovery', seconds(recoveryMs), holds(recoveryMs < bars.recoveryMs), `below ${bars.recoveryMs / 1_000} s`),
    bar('other answers', statuses(strange) || 'none', holds(strange.length === 0), 'none'),
  ];
}

/** What is no bar, but says what the bars are worth. */
function tell(storm: Watched): void {
  const { loop, mainThread, cores } = storm;
  line('answers', `${statuses(storm.logins)}; ${coresOf(storm)}`);
  if (cores.others > idleMachine) line('', 'Other programs took part: these are not the figures of an idle machine.');
  line('load sent late', `${spread(storm.lag)} ms; did not run for ${gapsOf(storm.gaps)}`);
  line('machine stood', standstillOf(storm));
  line('event loop late', `${[loop.p50, loop.p99, loop.max].map((it) => it.toFixed(1)).join(' / ')} ms`);
  if (mainThread !== undefined)
    line('main thread', `ran ${seconds(mainThread.ranMs)}, waited for a core ${seconds(mainThread.waitedMs)}`);
  line('login', `${spread(accepted(storm))} ms`);
}

/** How long a machine stood still in all that was measured at one time, and what the host took. */
export function standstillOf(watched: Watched): string {
  const { began, milliseconds, standstill } = watched;
  const still = union(within([began, began + milliseconds], standstill.gaps));
  const share = (100 * sum(still.map(lengthOf))) / milliseconds;
  return `still for ${gapsOf(still)} (${share.toFixed(1)} % of the time); steal ${standstill.stealMs} ms`;
}

function gapsOf(gaps: Watched['gaps']): string {
  const lengths = gaps.map(lengthOf);
  return `${sum(lengths).toFixed(0)} ms in ${lengths.length}, at most ${Math.max(0, ...lengths).toFixed(1)}`;
}

/** A percentile of how long answers took, and who is to be blamed for those that took longer. */
function timeBar(
  name: 'refusals' | 'GET /user',
  { storm, isEvidence }: Run,
  [limitMs, per]: readonly [limitMs: number, per: number],
  wanted: string,
): Verdict {
  const all = intervals(storm)[name];
  const times = all.map(lengthOf);
  const found = blame(all, { machine: storm.standstill.gaps, load: storm.gaps }, limitMs);
  const verdict = verdictOf(times, found, { limitMs, per, isEvidence });
  bar(name, `${spread(times)} ms`, verdict, wanted);
  if (found.slow > 0) tellSlow(found, limitMs);
  return verdict;
}

/** @param per the percentile that has to be below the limit */
export function verdictOf(
  times: readonly number[],
  { lessStandstill }: Blame,
  { limitMs, per, isEvidence }: { limitMs: number; per: number; isEvidence: boolean },
): Verdict {
  if (percentile(times, per) < limitMs) return 'ok';
  return isEvidence && percentile(lessStandstill, per) < limitMs ? 'OPEN' : 'MISSED';
}

function tellSlow(found: Blame, limitMs: number): void {
  const { slow, machine, load, server, soonAfter, longestOfOthers, lessStandstill } = found;
  line(
    '',
    `${slow} took ${limitMs} ms or more: ${machine} while the machine stood still, ${load} while the load did not`,
  );
  line('', `run, ${server} with no such excuse (${soonAfter} of these within 100 ms after a standstill);`);
  line(
    '',
    `longest that met no standstill ${longestOfOthers.toFixed(1)} ms, longest less its standstill ${percentile(lessStandstill, 100).toFixed(1)} ms`,
  );
}

/** The last login is answered after the storm is over, and `after` begins when it is. */
function recoveryOf({ calm, storm, after }: Run): number {
  const lastMs = storm.logins.reduce((last, [due, , ms]) => Math.max(last, due + ms), 0) - storm.milliseconds;
  return Math.max(0, lastMs) + recoveredAfter(after, 3 * percentile(accepted(calm), 50));
}

export const coresOf = ({ cores: { server, load, others } }: Watched) =>
  `cores: server ${server.toFixed(2)}, load ${load.toFixed(2)}, others ${others.toFixed(2)}`;

const holds = (it: boolean): Verdict => (it ? 'ok' : 'MISSED');

function bar(name: string, figure: string, verdict: Verdict, wanted: string): Verdict {
  line(name, `${figure.padEnd(26)} ${verdict} (${wanted})`);
  return verdict;
}

const sum = (values: readonly number[]): number => values.reduce((total, it) => total + it, 0);
