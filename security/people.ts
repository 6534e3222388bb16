import type { UserId } from '../server/src/kernel/ids.ts';
import { type Answer, type Ask, type AskOptions, cookieIn, unlessOk } from './ask.ts';
import type { Insider } from './insider.ts';

export const refreshCookieName = '__Host-refresh_token';
export const deviceCookieName = '__Host-device';

export interface Account {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

/** Somebody with an account, and with one session. */
export interface Person extends Account {
  readonly id: UserId;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly device: string;
}

/** Makes people, each with names that nobody else has. */
export interface People {
  account(): Account;
  /** By `POST /signup`. */
  person(): Promise<Person>;
  /** With the role `admin`, or with a role of these permissions. */
  holder(permissions?: readonly string[]): Promise<Person>;
  /** One more session. */
  logIn(account: Account, options?: AskOptions): Promise<Person>;
}

export function createPeople(ask: Ask, insider: Insider): People {
  let made = 0;

  const account = (): Account => {
    made += 1;
    return { username: `person${made}`, email: `person${made}@example.com`, password: `lantern ${made} on the hill` };
  };

  const logIn = async (who: Account, options: AskOptions = {}): Promise<Person> => {
    const { email, password } = who;
    return personOf(who, await ask('POST', '/login', { json: { email, password }, ...options }));
  };

  const person = async () => {
    const who = account();
    return personOf(who, await ask('POST', '/signup', { json: who }));
  };

  const holder = async (permissions?: readonly string[]) => {
    const { accounts, roles } = insider.features;
    const who = account();
    const prepared = await accounts.create.prepare(who);
    const admin = permissions === undefined;
    const user = await insider.db.transact((tx) => accounts.create.insert(tx, prepared, { admin, how: 'cli' }));
    if (!admin) {
      const name = `role of ${who.username}`;
      await roles.createRole({ name, description: '', permissions, by: undefined });
      await roles.changeRole.assign({ user, role: name });
    }
    return logIn(who);
  };

  return { account, person, holder, logIn };
}

function personOf(account: Account, answer: Answer): Person {
  const fault = unlessOk(answer);
  if (fault !== undefined) throw new Error(`could not sign in as ${account.username}: ${fault}`);
  const refreshToken: string = answer.body.refresh_token;
  return {
    ...account,
    id: answer.body.data.id,
    accessToken: answer.body.access_token,
    refreshToken,
    sessionId: refreshToken.split('.')[0] ?? '',
    device: cookieIn(answer, deviceCookieName) ?? '',
  };
}
