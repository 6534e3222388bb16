import type { Person } from './people.ts';
import type { Scene } from './scene.ts';

/** What may lie behind a name, and which password is tried there. All of it must be answered alike. */
export interface Fated {
  readonly title: string;
  readonly email: string;
  readonly username: string;
  readonly password: string;
}

const wrong = 'a password that is not it';

/** People of every fate, with names of the same length. */
export async function everyFate(scene: Scene): Promise<Fated[]> {
  const made: Fated[] = [];
  const add = (title: string, { email, username }: Person, password: string) =>
    made.push({ title, email, username, password });
  const existing = await scene.person();
  add('an account, a wrong password', existing, wrong);
  const unknown = scene.account();
  made.push({ ...unknown, title: 'a name that nobody has', password: wrong });
  const deleted = await scene.person();
  await scene.insider.features.accounts.delete({ id: deleted.id, by: undefined });
  add('a deleted account, a wrong password', deleted, wrong);
  add('a deleted account, the right password', deleted, deleted.password);
  const disabled = await scene.person();
  await scene.insider.features.accounts.disabling.disable({ id: disabled.id, by: undefined });
  add('a disabled account, a wrong password', disabled, wrong);
  add('a disabled account, the right password', disabled, disabled.password);
  const besieged = await scene.person();
  await besiege(scene, besieged);
  add('an account whose other name is besieged, the right password', besieged, besieged.password);
  return made;
}

/** By its username, until the account answers the right password as a wrong one; its address stays free. */
async function besiege(scene: Scene, { username }: Person): Promise<void> {
  for (let guess = 0; guess < 20; guess += 1) {
    const form = { grant_type: 'password', username, password: `${wrong} ${guess}` };
    await scene.ask('POST', '/token', { form });
  }
}
