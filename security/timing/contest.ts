import { existsSync } from 'node:fs';
import { control, judged, note, type Verdict } from '../attack.ts';
import { openScene, type Scene } from '../scene.ts';
import { errorLines } from '../suite.ts';
import { type Door, greeting } from './doors.ts';
import { type MeasureOptions, measure, type Times } from './interleave.ts';
import { type Population, settle } from './population.ts';
import { compare, describe, isFound, leastShare, leastShift, ms } from './statistics.ts';
import { createStopwatch } from './stopwatch.ts';

export interface Contest extends Pick<MeasureOptions, 'budgetMs' | 'isEnough' | 'rounds'> {
  readonly door: Door;
  readonly population: Population;
  /** A composition that is measured in place of Keyward, with its arguments. */
  readonly weak?: { readonly script: string; readonly args: readonly string[] };
}

/** Memory instead of a disk, where there is such a folder: the less noise, the better for the enemy. */
const quietFolder = '/dev/shm';

/** Measures wrong passwords at accounts of several fates against names that nobody has. */
export async function hold({ quick, seed }: Pick<Scene, 'quick' | 'seed'>, contest: Contest): Promise<Times> {
  const { door, population, weak, ...limits } = contest;
  await using scene = await openScene({
    quick,
    seed,
    ...weak,
    ...(existsSync(quietFolder) ? { within: quietFolder } : {}),
    prepare: (insider) => settle(insider, population.people),
  });
  using stopwatch = createStopwatch(scene.url, greeting);
  const { random, address } = scene;
  const requestFor = (name: string) => door.request(name, 'a wrong password', address());
  const times = await measure(population.classes, { stopwatch, random, requestFor, status: door.status, ...limits });
  const [line] = errorLines(scene.log());
  if (line !== undefined) throw new Error(line);
  return times;
}

/** Every class beside `unknown`. */
function* pairsIn(times: Times) {
  const unknown = times.get('unknown') ?? [];
  for (const [title, samples] of times) if (title !== 'unknown') yield { title, samples, unknown };
}

const anyFoundIn = (times: Times): boolean =>
  [...pairsIn(times)].some(({ samples, unknown }) => isFound(compare(samples, unknown)));

/** Goes on until something is found. */
export const untilFound = { isEnough: anyFoundIn } as const;

/** What a measurement must be able to find, all in milliseconds. */
export interface Sight {
  /** A shift that is good to find, if it takes no longer than `patienceMs`. */
  readonly goal: number;
  readonly patienceMs: number;
  /** A shift that must not be able to hide: for it the measurement goes on to its last moment. */
  readonly must: number;
  readonly budgetMs: number;
}

export const quickSight: Sight = { goal: 2, patienceMs: 15_000, must: 5, budgetMs: 30_000 };
export const fullSight: Sight = { goal: 0.25, patienceMs: 120_000, must: 1, budgetMs: 300_000 };

/** Goes on until a shift would be found in every class. It looks at how far times spread, not at whether they differ. */
export const untilItWouldFind = ({ goal, patienceMs, must, budgetMs }: Sight) => ({
  budgetMs,
  isEnough: (times: Times, elapsedMs: number) => {
    const wanted = elapsedMs < patienceMs ? goal : must;
    return [...pairsIn(times)].every(({ samples, unknown }) => leastShift(samples, unknown) <= wanted);
  },
});

/** Judges every class against `unknown`. */
export function* verdictsOn(path: string, times: Times, { must }: Sight): Generator<Verdict> {
  for (const { title, samples, unknown } of pairsIn(times)) {
    const least = leastShift(samples, unknown);
    yield* verdictOn(path, title, samples, unknown, `would find ${ms(least)}`);
    const blind = least > must ? 'the machine is too busy to measure on' : undefined;
    yield control(`${path}: ${must} ms between ${title} and unknown would be found`, blind);
  }
}

/** The same where a share of the names takes much longer: what must not be able to hide is a difference of that share. */
export function* verdictsOnShares(path: string, times: Times, share: number, sensitivity: number): Generator<Verdict> {
  const percent = (value: number) => `${(value * 100).toFixed(0)} %`;
  for (const { title, samples, unknown } of pairsIn(times)) {
    const least = leastShare(share, [samples.length, unknown.length]);
    const would = `would find ${percent(share)} against ${percent(share + least)}`;
    yield* verdictOn(path, title, samples, unknown, would);
    const blind = least > sensitivity ? 'there was no time for names enough' : undefined;
    yield control(`${path}: a share that differs by ${percent(sensitivity)} would be found`, blind);
  }
}

function* verdictOn(
  path: string,
  title: string,
  samples: readonly number[],
  unknown: readonly number[],
  would: string,
) {
  const compared = compare(samples, unknown);
  const text = `${describe([title, 'unknown'], compared)}, ${would}`;
  yield note(`${path}: ${text}`);
  yield judged(`${path}: telling ${title} from unknown`, isFound(compared) ? text : undefined);
}
