import { type Attack, control, note, type Verdict } from '../../attack.ts';
import type { Scene } from '../../scene.ts';
import { type Contest, hold, untilFound, verdictsOnShares } from '../../timing/contest.ts';
import { logInDoor, tokenDoor } from '../../timing/doors.ts';
import type { Times } from '../../timing/interleave.ts';
import { mixedPopulation } from '../../timing/population.ts';
import { compare, describe, isFound } from '../../timing/statistics.ts';
import { weakServer } from '../../weak/script.ts';

/** Of the accounts so many came with a bcrypt hash of another system. */
const share = 0.3;

export const attack: Attack = {
  name: 'who exists, by the time of imported hashes',
  wants: 'To tell names that exist from names that do not, where a part of the accounts has hashes of another system.',
  source: 'OWASP WSTG-IDNT-04; CWE-208; dudect',
  async *attempts(scene) {
    yield note(`of the accounts ${share * 100} % have a bcrypt hash of cost 10, each of them behind a gap`);
    yield* controls(scene);
    for (const door of [logInDoor, tokenDoor]) {
      yield* verdictsOnShares(door.path, await measured(scene, door), share, scene.quick ? 0.5 : 0.2);
    }
  },
};

/** What must be found: stand-ins that do not take the times of the accounts. */
const weaknesses = {
  same: 'that all do the same work',
  next: 'that are the next account, also behind a gap',
};

async function* controls(scene: Scene): AsyncGenerator<Verdict> {
  for (const [weakness, what] of Object.entries(weaknesses)) {
    const times = await measured(scene, logInDoor, { weak: weakServer(weakness), ...untilFound });
    const compared = compare(times.get('existing') ?? [], times.get('unknown') ?? []);
    yield note(`/login with stand-ins ${what}: ${describe(['existing', 'unknown'], compared)}`);
    yield control(`stand-ins ${what}`, isFound(compared) ? undefined : 'the suite is blind to it');
    // The second takes more names than there is time for.
    if (scene.quick) return;
  }
}

function measured({ quick, seed, random }: Scene, door: Contest['door'], more: Partial<Contest> = {}): Promise<Times> {
  const population = mixedPopulation(share, quick ? 120 : 700, random);
  // Once each: which hash is verified is drawn by the name, so that asking twice for one name gives one draw and not two.
  const limits = { rounds: 1, budgetMs: quick ? 60_000 : 300_000 };
  return hold({ quick, seed }, { door, population, ...limits, ...more });
}
