import type { Insider } from '../insider.ts';
import type { NameClass } from './interleave.ts';

/** Of a password that nobody sends. */
const bcryptHash = '$2y$10$BWA8pl7xGmoXK0A.WSGv4ewsKBQN1sv/NPorK4.I0EJOd/kt7xSee';
const password = 'a password that nobody sends';

/** What lies behind the names of a class. */
export type Fate = 'existing' | 'unknown' | 'deleted' | 'disabled' | 'imported';

/** The names of a class, of the same length in every class. */
function namesOf(door: string, fate: Fate, count: number): string[] {
  const letter = { existing: 'e', unknown: 'u', deleted: 'd', disabled: 'x', imported: 'i' }[fate];
  return Array.from({ length: count }, (_, at) => `${door}-${letter}${String(at).padStart(4, '0')}@example.com`);
}

export const classOf = (door: string, fate: Fate, count: number): NameClass => ({
  title: fate,
  names: namesOf(door, fate, count),
});

/**
 * Makes the accounts behind a class, by what `keyward user create --hash` stands on. They share a hash: what it is a hash of changes nothing
 * about the time that it takes.
 */
export async function populate({ db, features }: Insider, fate: Fate, names: readonly string[]): Promise<void> {
  if (fate === 'unknown') return;
  const { create, disabling, delete: remove } = features.accounts;
  const own = await create.prepare({ username: 'model', email: 'model@example.com', password });
  const passwordHash = fate === 'imported' ? bcryptHash : own.passwordHash;
  const ids = [];
  for (const email of names) {
    const account = await create.prepareWithHash({ email, username: email.replace('@', '-at-'), passwordHash });
    ids.push(await db.transact((tx) => create.insert(tx, account, { admin: false, how: 'cli' })));
  }
  for (const id of ids) {
    if (fate === 'deleted') await remove({ id, by: undefined });
    if (fate === 'disabled') await disabling.disable({ id, by: undefined });
  }
}
