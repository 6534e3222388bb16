import type { Seeded } from '../../server/test/support/seeded.ts';
import { fewestSamples } from './statistics.ts';
import type { Stopwatch } from './stopwatch.ts';

/** Names that are alike in what an enemy wants to know. */
export interface NameClass {
  readonly title: string;
  readonly names: readonly string[];
}

export interface MeasureOptions {
  readonly stopwatch: Stopwatch;
  readonly random: Seeded;
  /** The whole request about a name, head and body. */
  readonly requestFor: (name: string) => string;
  /** The status that every answer must have: another one would be about something else. */
  readonly status: number;
  /** When to stop at the latest: milliseconds from now. On a very busy machine not before there are samples enough to be compared. */
  readonly budgetMs: number;
  /** Whether that is enough, after so many milliseconds; asked now and then. */
  readonly isEnough?: (times: Times, elapsedMs: number) => boolean;
  /** How often a name is asked for at most; `mostRounds` unless said. */
  readonly rounds?: number;
}

/** Milliseconds by the title of the class. */
export type Times = ReadonlyMap<string, number[]>;

/** How often a name is asked for: fewer than the throttle lets through of one name while it takes the measuring for spraying. */
export const mostRounds = 8;

/** Requests whose times are thrown away, so that caches and compiled code are warm. */
const warmUp = 20;

/** After so many requests it is asked whether that is enough. */
const lookEvery = 100;

/**
 * Measures all classes in one random order, so that whatever changes on the machine meanwhile meets them all. In each round every name is
 * asked for once: how often a name was seen before costs time of its own, and must be the same for all classes.
 */
export async function measure(classes: readonly NameClass[], options: MeasureOptions): Promise<Times> {
  const { stopwatch, requestFor, status, budgetMs, isEnough = () => false } = options;
  const times = new Map(classes.map(({ title }): [string, number[]] => [title, []]));
  const began = performance.now();
  let asked = 0;
  for (const { title, name } of inRounds(classes, options)) {
    if (areComparable(times)) {
      const elapsedMs = performance.now() - began;
      if (elapsedMs > budgetMs || (asked % lookEvery === 0 && isEnough(times, elapsedMs))) break;
    }
    const timed = await stopwatch.time(requestFor(name));
    if (timed.status !== status) throw new Error(`${title}: ${name} is answered ${timed.status}`);
    asked += 1;
    if (asked > warmUp && !timed.disturbed) times.get(title)?.push(timed.ms);
  }
  return times;
}

function* inRounds(classes: readonly NameClass[], { random, rounds = mostRounds }: MeasureOptions) {
  const all = classes.flatMap(({ title, names }) => names.map((name) => ({ title, name })));
  for (let round = 0; round < rounds; round += 1) yield* shuffled(all, random);
}

const areComparable = (times: Times): boolean => [...times.values()].every(({ length }) => length >= fewestSamples);

/** R. A. Fisher, F. Yates. */
export function shuffled<T>(list: readonly T[], random: Seeded): T[] {
  const made = [...list];
  for (let at = made.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [made[at], made[other]] = [made[other] as T, made[at] as T];
  }
  return made;
}
