import { type Attack, note } from '../../attack.ts';
import { hold, verdictsOn } from '../../timing/contest.ts';
import { logInDoor, tokenDoor } from '../../timing/doors.ts';
import type { NameClass } from '../../timing/interleave.ts';

/** Of a hundred accounts so many came with a bcrypt hash of another system. */
const importedShare = 30;

/** One class of all that exist: an enemy who draws names does not know which of them were imported. */
function mixed(classes: readonly NameClass[]): readonly NameClass[] {
  const namesOf = (title: string) => classes.find((it) => it.title === title)?.names ?? [];
  const existing = namesOf('existing');
  const imported = namesOf('imported').slice(0, Math.round((existing.length * importedShare) / 100));
  const names = [...existing.slice(imported.length), ...imported];
  return [
    { title: `existing (${importedShare} % imported)`, names },
    { title: 'unknown', names: namesOf('unknown') },
  ];
}

export const attack: Attack = {
  name: 'who exists, by the time of imported hashes',
  wants: 'To tell names that exist from names that do not, where a part of the accounts has hashes of another system.',
  source: 'OWASP WSTG-IDNT-04; CWE-208; dudect',
  async *attempts(scene) {
    yield note(`of the accounts ${importedShare} % have a bcrypt hash of cost 10`);
    for (const door of [logInDoor, tokenDoor]) {
      const budgetMs = scene.quick ? 8_000 : 40_000;
      const fates = ['existing', 'imported'] as const;
      const times = await hold(scene, { door, fates, count: scene.quick ? 40 : 150, budgetMs, mix: mixed });
      // The times of both hashes are one class, and spread as far as they differ.
      yield* verdictsOn(door.path, times, scene.quick ? 30 : 10);
    }
  },
};
