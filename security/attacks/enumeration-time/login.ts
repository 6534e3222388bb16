import type { Attack } from '../../attack.ts';
import { hold, verdictsOn } from '../../timing/contest.ts';
import { logInDoor } from '../../timing/doors.ts';

export const attack: Attack = {
  name: 'who exists, by the time of /login',
  wants: 'To know which names have an account, had one, or have one that is disabled, from how long a refusal takes.',
  source: 'OWASP WSTG-IDNT-04; CWE-208; dudect (Reparaz, Balasch, Verbauwhede 2017)',
  async *attempts(scene) {
    const budgetMs = scene.quick ? 15_000 : 100_000;
    const fates = ['existing', 'deleted', 'disabled'] as const;
    const times = await hold(scene, { door: logInDoor, fates, count: scene.quick ? 40 : 150, budgetMs });
    yield* verdictsOn(logInDoor.path, times, scene.quick ? 5 : 1);
  },
};
