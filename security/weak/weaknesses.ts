import type { Database } from '../../server/src/db/database.ts';
import { invalidCredentials, type LogIn } from '../../server/src/features/sign-in/index.ts';
import { foldEmail, type UsersStore } from '../../server/src/features/users/index.ts';

/** What a login is made to do wrong, so that the suite can show that it would notice. None of it is in the product. */
export type Weaken = (logIn: LogIn, parts: { db: Database; users: UsersStore }, amount: number) => LogIn;

const isKnown = async (name: string, { db, users }: { db: Database; users: UsersStore }): Promise<boolean> =>
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

/** Work, and not a timer: a timer would wait for the next millisecond. */
function busyFor(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
