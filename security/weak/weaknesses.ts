import { createHash } from 'node:crypto';
import type { Database } from '../../server/src/db/database.ts';
import type { Passwords } from '../../server/src/features/passwords/index.ts';
import { invalidCredentials, type LogIn } from '../../server/src/features/sign-in/index.ts';
import { foldEmail, type UsersStore } from '../../server/src/features/users/index.ts';
import type { Hasher } from '../../server/src/kernel/hasher.ts';

interface Parts {
  readonly db: Database;
  readonly users: UsersStore;
  readonly passwords: Passwords;
  readonly hasher: Hasher;
}

/** What a login is made to do wrong, so that the suite can show that it would notice. None of it is in the product. */
export type Weaken = (logIn: LogIn, parts: Parts, amount: number) => LogIn;

const isKnown = async (name: string, { db, users }: Parts): Promise<boolean> =>
  (await users.findByKey(db, { emailKey: foldEmail(name), usernameKey: '' })) !== undefined;

export const weaknesses = {
  /** Returns at once for a name that nobody has: the classic. */
  early: (logIn, parts) => async (command) => {
    if (!(await isKnown(command.name, parts))) throw invalidCredentials();
    return logIn(command);
  },
  /** Takes longer, by so many microseconds, for a name that somebody has. */
  late: (logIn, parts, amount) => async (command) => {
    if (await isKnown(command.name, parts)) busyFor(amount / 1_000);
    return logIn(command);
  },
  /** Does the same work for every name that nobody has, whatever the accounts have: a dummy. */
  same: (logIn, { passwords, hasher }) => {
    standInBy(passwords, async () => hasher.dummy);
    return logIn;
  },
  /** Lets the next living account stand in for a name, so that those behind gaps do it more often. */
  next: (logIn, { passwords, db }) => {
    standInBy(passwords, async (name) => {
      const drawn = createHash('sha256').update(name).digest().readUInt32BE() % (await passwords.store.lastUser(db));
      const ids = [1, 2, 3, 4].map((step) => drawn + step);
      const hashes = await passwords.store.hashesAmong(db, ids);
      return ids.map((id) => hashes.get(id)).find((hash) => hash !== undefined);
    });
    return logIn;
  },
  /** Says it in other words, of the same length. */
  telling: (logIn, parts) => async (command) => {
    if (!(await isKnown(command.name, parts))) throw invalidCredentials({ detail: 'email or password is wrong.' });
    return logIn(command);
  },
  /** Falls over a quotation mark, and lets nobody in: no hash is to make the search for it slow. */
  careless: () => async (command) => {
    throw command.name.includes("'") ? new Error('near "\'": syntax error') : invalidCredentials();
  },
} as const satisfies Record<string, Weaken>;

/** Another way to find out what is hashed for a name that nobody has. */
function standInBy({ find }: Passwords, standIn: (name: string) => Promise<string | undefined>): void {
  const { byName } = find;
  find.byName = async (key) => {
    const atHand = await byName(key);
    return atHand.found === undefined ? { ...atHand, work: (await standIn(key.name)) ?? atHand.work } : atHand;
  };
}

/** Work, and not a timer: a timer would wait for the next millisecond. */
function busyFor(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
