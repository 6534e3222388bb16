import type { Purpose } from '../../server/src/features/one-time-codes/index.ts';
import { asUserId } from '../../server/src/kernel/ids.ts';
import type { Person } from '../people.ts';
import type { Scene } from '../scene.ts';

/** As it stands in a mail to somebody who has just joined. */
async function tokenOf({ insider: { db, features }, person }: Scene, purpose: Purpose): Promise<string> {
  const { id, email } = await person();
  const user = asUserId(id);
  return (await db.transact((tx) => features.oneTimeCodes.issue(tx, { purpose, user, email }))).token;
}

/** What the operator makes on the server so that requests can be about it, by the word that stands for it. */
const makers = {
  role: async ({ insider, account }: Scene) => {
    const { username: name } = account();
    return (await insider.features.roles.createRole({ name, description: '', permissions: [], by: undefined })).id;
  },
  permission: async ({ insider, account }: Scene) => {
    const name = `posts:${account().username}`;
    await insider.features.roles.registerPermission({ name, description: '', by: undefined });
    return name;
  },
  'deleted id': async ({ insider, person }: Scene) => {
    const { id } = await person();
    await insider.features.accounts.delete({ id, by: undefined });
    return id;
  },
  'reset token': (scene: Scene) => tokenOf(scene, 'reset-password'),
  'login token': (scene: Scene) => tokenOf(scene, 'sign-in'),
  'verification token': (scene: Scene) => tokenOf(scene, 'verify-email'),
  'holder id': async ({ holder }: Scene) => (await holder(['users:read'])).id,
} satisfies Readonly<Record<string, (scene: Scene) => Promise<string | number>>>;

type Maker = keyof typeof makers;

const isMaker = (word: string): word is Maker => Object.hasOwn(makers, word);

/** The things of one player, each made when it is first named. */
export interface Things {
  /** Those for which one of `words` stands. */
  named(words: readonly string[], own: Person): Promise<Readonly<Record<string, string | number>>>;
  /** They may be used up: the next request finds others. */
  replace(): void;
}

/** Well formed, and nobody's. */
const noKey = 'A'.repeat(15);

/** @param ownKeys whether who asks may hold a key at all: who holds no permission may not */
export function createThings(scene: Scene, { ownKeys }: { ownKeys: boolean }): Things {
  const held = new Map<string, Promise<string | number>>();
  const once = (word: string, make: () => Promise<string | number>): Promise<string | number> => {
    const made = held.get(word) ?? make();
    held.set(word, made);
    return made;
  };
  const keyOf = async (owner: number): Promise<string> => {
    const wanted = { name: 'reports', description: '', permissions: ['users:read'], expiresInDays: 1, by: undefined };
    return (await scene.insider.features.apiKeys.create({ owner: asUserId(owner), ...wanted })).key.id;
  };
  const thingFor = async (word: string, own: Person): Promise<string | number | undefined> => {
    if (isMaker(word)) return once(word, () => makers[word](scene));
    // Of whoever asks now: they may be others than before.
    if (word === 'own key') return ownKeys ? once(`key of ${own.id}`, () => keyOf(own.id)) : noKey;
    if (word !== 'holder key') return undefined;
    const owner = await thingFor('holder id', own);
    return once(`key of ${owner}`, () => keyOf(Number(owner)));
  };
  return {
    async named(words, own) {
      const things: Record<string, string | number> = {};
      for (const word of words) {
        const thing = await thingFor(word, own);
        if (thing !== undefined) things[word] = thing;
      }
      return things;
    },
    replace: () => held.clear(),
  };
}
