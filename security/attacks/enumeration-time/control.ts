import { type Attack, control, note } from '../../attack.ts';
import type { Scene } from '../../scene.ts';
import { hold } from '../../timing/contest.ts';
import { logInDoor } from '../../timing/doors.ts';
import type { Times } from '../../timing/interleave.ts';
import { type Comparison, compare, describe, fewestSamples, isFound } from '../../timing/statistics.ts';
import { weakServer } from '../../weak/script.ts';

/** Microseconds, from what is hard to see to what must be seen. */
const delays = [200, 500, 1_000];

export const attack: Attack = {
  name: 'controls: servers that do tell by their time',
  wants: 'Nothing: these must be found, or the other findings of this family are worth nothing.',
  source: 'dudect (Reparaz, Balasch, Verbauwhede 2017)',
  async *attempts(scene) {
    const early = await contest(scene, ['early'], 15_000);
    yield note(`/login with an early return: ${describe(['existing', 'unknown'], early)}`);
    yield control('an early return for unknown names', isFound(early) ? undefined : 'the suite is blind to it');
    if (scene.quick) return;
    for (const delay of delays) {
      const late = await contest(scene, ['late', String(delay)], 60_000);
      yield note(`/login with ${delay} µs more for existing names: ${describe(['existing', 'unknown'], late)}`);
      if (isFound(late)) {
        yield note(`sensitivity reached on this machine, in this run: ${delay} µs`);
        return;
      }
    }
    yield control(
      'a millisecond more for existing names',
      'the machine is too busy to measure on, or the suite is blind',
    );
  },
};

async function contest(scene: Scene, args: readonly string[], budgetMs: number): Promise<Comparison> {
  const weak = weakServer(...args);
  const count = scene.quick ? 40 : 150;
  const times = await hold(scene, { door: logInDoor, fates: ['existing'], count, budgetMs, weak, isEnough });
  return compare(times.get('existing') ?? [], times.get('unknown') ?? []);
}

function isEnough(times: Times): boolean {
  const [existing = [], unknown = []] = [...times.values()];
  return Math.min(existing.length, unknown.length) >= fewestSamples && isFound(compare(existing, unknown));
}
