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
  /** When to stop: milliseconds from now. On a very busy machine not before there are samples enough to be compared. */
  readonly budgetMs: number;
  /** After each round, whether that is enough. */
  readonly isEnough?: (times: Times) => boolean;
}

/** Milliseconds by the title of the class. */
export type Times = ReadonlyMap<string, number[]>;

/** How often a name is asked for: fewer than the throttle lets through of one name while it takes the measuring for spraying. */
export const mostRounds = 8;

/** Requests whose times are thrown away, so that caches and compiled code are warm. */
const warmUp = 20;

/**
 * Measures all classes in one random order, so that whatever changes on the machine meanwhile meets them all. In each round every name is
 * asked for once: how often a name was seen before costs time of its own, and must be the same for all classes.
 */
export async function measure(classes: readonly NameClass[], options: MeasureOptions): Promise<Times> {
  const { stopwatch, random, requestFor, status, budgetMs, isEnough = () => false } = options;
  const times = new Map(classes.map(({ title }): [string, number[]] => [title, []]));
  const until = performance.now() + budgetMs;
  let toSkip = warmUp;
  for (let round = 0; round < mostRounds; round += 1) {
    const order = shuffled(
      classes.flatMap(({ title, names }) => names.map((name) => ({ title, name }))),
      random,
    );
    for (const { title, name } of order) {
      if (performance.now() > until && areEnough(times)) return times;
      const timed = await stopwatch.time(requestFor(name));
      if (timed.status !== status) throw new Error(`${title}: ${name} is answered ${timed.status}`);
      if (toSkip > 0) toSkip -= 1;
      else if (!timed.disturbed) times.get(title)?.push(timed.ms);
    }
    if (isEnough(times)) break;
  }
  return times;
}

const areEnough = (times: Times): boolean => [...times.values()].every(({ length }) => length >= fewestSamples);

/** R. A. Fisher, F. Yates. */
export function shuffled<T>(list: readonly T[], random: Seeded): T[] {
  const made = [...list];
  for (let at = made.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [made[at], made[other]] = [made[other] as T, made[at] as T];
  }
  return made;
}
