import type { Seeded } from '../../server/test/support/seeded.ts';
import type { Insider } from '../insider.ts';
import { type NameClass, shuffled } from './interleave.ts';

/** Of a password that nobody sends. */
const bcryptHash = '$2y$10$BWA8pl7xGmoXK0A.WSGv4ewsKBQN1sv/NPorK4.I0EJOd/kt7xSee';
const password = 'a password that nobody sends';

/** What lies behind a name. */
export type Fate = 'existing' | 'unknown' | 'deleted' | 'disabled' | 'imported';

/** Somebody, or nobody, by their address. */
interface Name {
  readonly name: string;
  readonly fate: Fate;
}

/** Who is there, in the order in which they came, and what is to be told apart by their names. */
export interface Population {
  readonly people: readonly Name[];
  readonly classes: readonly NameClass[];
}

/** Names of the same length, whatever their fate. */
function namesOf(fate: Fate, count: number): Name[] {
  const letter = { existing: 'e', unknown: 'u', deleted: 'd', disabled: 'x', imported: 'i' }[fate];
  return Array.from({ length: count }, (_, at) => ({
    name: `person-${letter}${String(at).padStart(5, '0')}@example.com`,
    fate,
  }));
}

const classOf = (title: string, names: readonly Name[]): NameClass => ({ title, names: names.map(({ name }) => name) });

/** As many of each fate, all with hashes of today. */
export function plainPopulation(fates: readonly Exclude<Fate, 'unknown'>[], count: number): Population {
  const classes = fates.map((fate) => ({ fate, names: namesOf(fate, count) }));
  return {
    people: classes.flatMap(({ names }) => names),
    classes: [...classes.map(({ fate, names }) => classOf(fate, names)), classOf('unknown', namesOf('unknown', count))],
  };
}

/** Before each account that was imported, so many stand that are deleted. */
const gap = 2;

/**
 * Accounts of which a share came with hashes of another system: one class of all, since an enemy who draws names does not know which they
 * are. Each of the imported comes behind a gap of deleted ones, so that a server that lets the next one stand in is found out.
 */
export function mixedPopulation(share: number, count: number, random: Seeded): Population {
  const imported = namesOf('imported', Math.round(count * share));
  const existing = namesOf('existing', count - imported.length);
  const deleted = namesOf('deleted', imported.length * gap);
  let gone = 0;
  const people = shuffled([...existing, ...imported], random).flatMap((who) => {
    if (who.fate !== 'imported') return [who];
    gone += gap;
    return [...deleted.slice(gone - gap, gone), who];
  });
  const classes = [
    classOf('existing', [...existing, ...imported]),
    classOf('deleted', deleted),
    classOf('unknown', namesOf('unknown', count)),
  ];
  return { people, classes };
}

/**
 * Makes the accounts, by what `keyward user create --hash` stands on. They share a hash: what it is a hash of changes nothing about the
 * time that it takes.
 */
export async function settle({ db, features }: Insider, people: readonly Name[]): Promise<void> {
  const { create, disabling, delete: remove } = features.accounts;
  const model = await create.prepare({ username: 'model', email: 'model@example.com', password });
  for (const { name: email, fate } of people) {
    const passwordHash = fate === 'imported' ? bcryptHash : model.passwordHash;
    const account = await create.prepareWithHash({ email, username: email.replace('@', '-at-'), passwordHash });
    const id = await db.transact((tx) => create.insert(tx, account, { admin: false, how: 'cli' }));
    if (fate === 'deleted') await remove({ id, by: undefined });
    if (fate === 'disabled') await disabling.disable({ id, by: undefined });
  }
}
