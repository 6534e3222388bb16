import type { Attack } from '../../attack.ts';
import { fullSight, hold, quickSight, untilItWouldFind, verdictsOn } from '../../timing/contest.ts';
import { tokenDoor } from '../../timing/doors.ts';
import { plainPopulation } from '../../timing/population.ts';

export const attack: Attack = {
  name: 'who exists, by the time of /token',
  wants: 'To know which names have an account, had one, or have one that is disabled, from how long a refusal takes.',
  source: 'OWASP WSTG-IDNT-04; CWE-208; dudect (Reparaz, Balasch, Verbauwhede 2017)',
  async *attempts(scene) {
    const sight = scene.quick ? quickSight : fullSight;
    const population = plainPopulation(['existing', 'deleted', 'disabled'], scene.quick ? 80 : 400);
    const times = await hold(scene, { door: tokenDoor, population, ...untilItWouldFind(sight) });
    yield* verdictsOn(tokenDoor.path, times, sight);
  },
};
