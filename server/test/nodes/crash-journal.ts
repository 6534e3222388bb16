import type { Answer, Call } from '../support/client.ts';
import type { Seeded } from '../support/seeded.ts';

/** What one client was told of one account. */
export interface Entry {
  readonly person: { readonly username: string; readonly email: string; readonly password: string };
  id: number;
  /** The one whose change was acknowledged last, and the one that was asked for. */
  password: string;
  nextPassword: string;
  accessToken: string;
  refreshToken: string;
  /** The last thing that was acknowledged. */
  state: 'unknown' | 'alive' | 'logged-out' | 'deleted';
  /** What was asked for and not answered when the server or its database died. */
  asked: 'sign-up' | 'refresh' | 'password' | 'logout' | 'delete' | 'nothing';
}

export interface CrashJournal {
  readonly entries: Entry[];
  /** The names of roles whose creation was acknowledged. */
  readonly roles: string[];
  acknowledged: number;
}

export const createCrashJournal = (): CrashJournal => ({ entries: [], roles: [], acknowledged: 0 });

const password = 'kestrel over the amber hill';
const nextPassword = 'seven quiet lanterns burn';

/** A client that writes, and writes down each acknowledgement, until an answer stays out. */
export async function keepCrashJournal(call: Call, admin: string, journal: CrashJournal, name: string, random: Seeded) {
  for (let turn = 0; ; turn += 1) {
    const username = `${name}-${turn}`;
    const person = { username, email: `${username}@x.test`, password };
    const entry: Entry = {
      ...{ person, id: 0, password, nextPassword, accessToken: '', refreshToken: '' },
      ...{ state: 'unknown', asked: 'sign-up' },
    };
    journal.entries.push(entry);
    const ask = async (asked: Entry['asked'], state: Entry['state'], request: Promise<Answer>): Promise<boolean> => {
      entry.asked = asked;
      const answer = await unlessLost(request);
      if (answer === undefined) return false;
      Object.assign(entry, { state, asked: 'nothing' });
      if (answer.body.access_token) entry.accessToken = answer.body.access_token;
      if (answer.body.refresh_token) entry.refreshToken = answer.body.refresh_token;
      if (answer.body.data) entry.id = answer.body.data.id;
      journal.acknowledged += 1;
      return true;
    };
    if (!(await ask('sign-up', 'alive', call('POST', '/signup', { json: person })))) return;
    for (let steps = random.below(4); steps > 0; steps -= 1) {
      if (!(await ask('refresh', 'alive', refreshWith(call, entry)))) return;
    }
    const token = entry.accessToken;
    const way = random.next();
    if (way < 0.25) {
      if (!(await ask('logout', 'logged-out', call('POST', '/logout', { token })))) return;
    } else if (way < 0.5) {
      if (!(await ask('delete', 'deleted', call('DELETE', `/users/${entry.id}`, { token })))) return;
    } else if (way < 0.7) {
      const json = { current_password: password, new_password: nextPassword };
      if (!(await ask('password', 'alive', call('POST', '/user/password', { token, json })))) return;
      Object.assign(entry, { password: nextPassword, nextPassword: password });
    } else if (way < 0.85) {
      const role = `role-${username}`;
      const json = { name: role, permissions: [] };
      if ((await unlessLost(call('POST', '/users/roles', { token: admin, json }))) === undefined) return;
      journal.roles.push(role);
      journal.acknowledged += 1;
    }
  }
}

const refreshWith = (call: Call, { refreshToken }: Entry) =>
  call('POST', '/refresh-access-token', { json: { refresh_token: refreshToken } });

/** What is not as it was acknowledged, or half done, in words; empty when every promise was kept. */
export async function brokenPromises(call: Call, admin: string, journal: CrashJournal): Promise<string[]> {
  const found: string[] = [];
  const check = (holds: boolean, promise: string) => void (holds || found.push(promise));
  for (const entry of journal.entries) {
    const name = entry.person.username;
    const json = { email: entry.person.email, password };
    if (entry.state === 'unknown') {
      const again = await call('POST', '/signup', { json: entry.person });
      check(
        again.status === 201 || again.status === 409,
        `${name}: a sign-up in doubt cannot be repeated (${again.status})`,
      );
      // There at all means there with password and all.
      check((await call('POST', '/login', { json })).status === 200, `${name}: signed up by half`);
      continue;
    }
    const { status } = await refreshWith(call, entry);
    const user = await call('GET', '/user', { token: entry.accessToken });
    if (entry.state !== 'alive') {
      check(
        status === 401 && user.status === 401,
        `${name}: ${entry.state}, and alive again (${status}, ${user.status})`,
      );
      continue;
    }
    const ending = entry.asked === 'logout' || entry.asked === 'delete';
    check(
      status === 200 || (ending && status === 401),
      `${name}: acknowledged and lost (${status}, asked ${entry.asked})`,
    );
    check((status === 200) === (user.status === 200), `${name}: ended by half (${status}, ${user.status})`);
    if (!ending) await checkPasswords(call, entry, check);
  }
  for (const name of journal.roles) {
    const { status } = await call('POST', '/users/roles', { token: admin, json: { name, permissions: [] } });
    check(status === 409, `${name}: a role that was acknowledged and lost (${status})`);
  }
  return found;
}

/** Exactly one password is right: the one that was acknowledged last, or the one of a change in doubt. */
async function checkPasswords(call: Call, entry: Entry, check: (holds: boolean, promise: string) => void) {
  const isChanged = entry.password === nextPassword;
  if (!isChanged && entry.asked !== 'password') return;
  const { username: name, email } = entry.person;
  const opens = async (tried: string) =>
    (await call('POST', '/login', { json: { email, password: tried } })).status === 200;
  const [now, other] = [await opens(entry.password), await opens(entry.nextPassword)];
  check(now !== other, `${name}: ${now ? 'two passwords are' : 'no password is'} right`);
  check(now || entry.asked === 'password', `${name}: a change of password was acknowledged and lost`);
}

/** The answer; `undefined` when none came, or only that there is no database. */
async function unlessLost(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    const answer = await call;
    if (answer.status === 503) return undefined;
    if (answer.status < 300) return answer;
    throw new Error(`unexpected answer ${answer.status}: ${JSON.stringify(answer.body)}`);
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
