import { pendingSignUpsStore } from '../../server/src/features/email-flows/store.sql.ts';
import { asSessionId, asUserId } from '../../server/src/kernel/ids.ts';
import { tokenIn } from '../../server/test/support/mails.ts';
import type { Person } from '../people.ts';
import type { Scene } from '../scene.ts';

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
  'invited id': async ({ insider, account }: Scene) => {
    const { username, email } = account();
    return insider.features.accounts.createUser({ username, email, password: undefined, invite: true, by: undefined });
  },
  'undo token': async (scene: Scene) => {
    const [{ id: user }, { email }] = [await scene.person(), scene.account()];
    return tokenFor(scene, { purpose: 'undo-email', user: asUserId(user), email });
  },
  'invitation token': async (scene: Scene) => {
    const { username, email } = scene.account();
    const names = { username, email, password: undefined };
    const user = await scene.insider.features.accounts.createUser({ ...names, by: undefined });
    return tokenFor(scene, { purpose: 'accept-invitation', user, email });
  },
  'sign-up token': async ({ insider: { db, features }, account }: Scene) => {
    const { username, email } = account();
    return db.transact(async (tx) => {
      const order = { purpose: 'complete-sign-up', user: undefined, email } as const;
      const { id, link } = await features.oneTimeCodes.issue(tx, order);
      await pendingSignUpsStore.add(tx, id, { username, passwordHash: '', locale: undefined });
      return tokenIn(link);
    });
  },
  'reset token': (scene: Scene) => tokenToNewcomer(scene, 'reset-password'),
  'login token': (scene: Scene) => tokenToNewcomer(scene, 'sign-in'),
  'verification token': (scene: Scene) => tokenToNewcomer(scene, 'verify-email'),
  'holder id': async ({ holder }: Scene) => (await holder(['users:read'])).id,
} satisfies Readonly<Record<string, (scene: Scene) => Promise<string | number>>>;

type Order = Parameters<Scene['insider']['features']['oneTimeCodes']['issue']>[1];

/** What a mail would hold. */
const tokenFor = async ({ insider }: Scene, order: Order): Promise<string> =>
  tokenIn((await insider.db.transact((tx) => insider.features.oneTimeCodes.issue(tx, order))).link);

/** The same to somebody who has just joined. */
async function tokenToNewcomer(scene: Scene, purpose: Order['purpose']): Promise<string> {
  const { id, email } = await scene.person();
  return tokenFor(scene, { purpose, user: asUserId(id), email });
}

/** What is made for whoever asks, by the word that stands for it. */
const ownMakers = {
  /** Of a change that they have asked for: who confirms it shows whose the account is, too. */
  'confirm token': (scene: Scene, { id: user, sessionId }: Person) => {
    const { email } = scene.account();
    return tokenFor(scene, { purpose: 'confirm-email', user, email, session: asSessionId(sessionId) });
  },
} satisfies Readonly<Record<string, (scene: Scene, own: Person) => Promise<string>>>;

type Maker = keyof typeof makers;
type OwnMaker = keyof typeof ownMakers;

const isMaker = (word: string): word is Maker => Object.hasOwn(makers, word);
const isOwnMaker = (word: string): word is OwnMaker => Object.hasOwn(ownMakers, word);

/** Every word for a thing. */
export const thingWords: readonly string[] = [
  ...Object.keys(makers),
  ...Object.keys(ownMakers),
  ...['own key', 'holder key'],
];

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
    if (isOwnMaker(word)) return once(`${word} of ${own.id}`, () => ownMakers[word](scene, own));
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
