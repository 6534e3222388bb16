import { type Attack, control, note, type Verdict } from '../../attack.ts';
import type { Scene } from '../../scene.ts';
import { hold, untilFound } from '../../timing/contest.ts';
import { logInDoor } from '../../timing/doors.ts';
import { plainPopulation } from '../../timing/population.ts';
import { compare, describe, isFound } from '../../timing/statistics.ts';
import { weakServer } from '../../weak/script.ts';

/** Microseconds, from what must be seen to what is hard to see. */
const delays = [1_000, 500, 200];

/** The first must be found however busy the machine is; the others say how far the eye reaches. */
const longestMs = { first: 300_000, others: 60_000 };

export const attack: Attack = {
  name: 'controls: servers that do tell by their time',
  wants: 'Nothing: these must be found, or the other findings of this family are worth nothing.',
  source: 'dudect (Reparaz, Balasch, Verbauwhede 2017)',
  async *attempts(scene) {
    const early = await contest(scene, ['early'], 15_000);
    yield note(`/login with an early return: ${early.text}`);
    yield control('an early return for unknown names', early.found ? undefined : 'the suite is blind to it');
    if (!scene.quick) yield* subtle(scene);
  },
};

async function* subtle(scene: Scene): AsyncGenerator<Verdict> {
  for (const delay of delays) {
    const isFirst = delay === delays[0];
    const late = await contest(scene, ['late', String(delay)], isFirst ? longestMs.first : longestMs.others);
    yield note(`/login with ${delay} µs more for existing names: ${late.text}`);
    const blind = late.found ? undefined : 'the machine is too busy to measure on, or the suite is blind';
    if (isFirst) yield control(`${delay} µs more for existing names`, blind);
    if (!late.found) return;
    yield note(`sensitivity reached on this machine, in this run: ${delay} µs`);
  }
}

async function contest(scene: Scene, args: readonly string[], budgetMs: number) {
  const population = plainPopulation(['existing'], scene.quick ? 40 : 800);
  const times = await hold(scene, { door: logInDoor, population, budgetMs, weak: weakServer(...args), ...untilFound });
  const [existing = [], unknown = []] = [...times.values()];
  const compared = compare(existing, unknown);
  return { found: isFound(compared), text: describe(['existing', 'unknown'], compared) };
}
