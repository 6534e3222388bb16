import { existsSync } from 'node:fs';
import { control, judged, note, type Verdict } from '../attack.ts';
import { openScene, type Scene } from '../scene.ts';
import { errorLines } from '../suite.ts';
import type { Door } from './doors.ts';
import { measure, type NameClass, type Times } from './interleave.ts';
import { classOf, type Fate, populate } from './population.ts';
import { compare, describe, isFound } from './statistics.ts';
import { createStopwatch } from './stopwatch.ts';

export interface Contest {
  readonly door: Door;
  /** What is compared with `unknown`. */
  readonly fates: readonly Exclude<Fate, 'unknown'>[];
  /** Names in each class. */
  readonly count: number;
  readonly budgetMs: number;
  /** A composition that is measured in place of Keyward, with its arguments. */
  readonly weak?: { readonly script: string; readonly args: readonly string[] };
  readonly isEnough?: (times: Times) => boolean;
  /** Makes one class of several. */
  readonly mix?: (classes: readonly NameClass[]) => readonly NameClass[];
}

/** Memory instead of a disk, where there is such a folder: the less noise, the better for the enemy. */
const quietFolder = '/dev/shm';

/** Measures wrong passwords at accounts of several fates against names that nobody has. */
export async function hold({ quick, seed }: Pick<Scene, 'quick' | 'seed'>, contest: Contest): Promise<Times> {
  const { door, fates, count, budgetMs, weak, isEnough, mix = (it) => it } = contest;
  const classes = mix([...fates, 'unknown' as const].map((fate) => classOf(door.path.slice(1), fate, count)));
  await using scene = await openScene({
    quick,
    seed,
    ...weak,
    ...(existsSync(quietFolder) ? { within: quietFolder } : {}),
    async prepare(insider) {
      for (const fate of fates) await populate(insider, fate, classOf(door.path.slice(1), fate, count).names);
    },
  });
  using stopwatch = createStopwatch(scene.url);
  const { random, address } = scene;
  const requestFor = (name: string) => door.request(name, 'a wrong password', address());
  const options = { stopwatch, random, requestFor, status: door.status, budgetMs };
  const times = await measure(classes, isEnough === undefined ? options : { ...options, isEnough });
  const [line] = errorLines(scene.log());
  if (line !== undefined) throw new Error(line);
  return times;
}

/** Judges every class against `unknown`. @param sensitivityMs a difference that must not be able to hide, or the machine was too busy */
export function* verdictsOn(path: string, times: Times, sensitivityMs: number): Generator<Verdict> {
  const unknown = times.get('unknown') ?? [];
  for (const [title, samples] of times) {
    if (title === 'unknown') continue;
    const compared = compare(samples, unknown);
    const text = describe([title, 'unknown'], compared);
    yield note(`${path}: ${text}`);
    yield judged(`${path}: telling ${title} from unknown`, isFound(compared) ? text : undefined);
    const blind = compared.detectable > sensitivityMs ? 'the machine is too busy to measure on' : undefined;
    yield control(`${path}: ${sensitivityMs} ms between ${title} and unknown would be found`, blind);
  }
}
