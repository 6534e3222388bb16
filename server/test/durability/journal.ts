import assert from 'node:assert/strict';
import type { Answer, Call } from '../support/client.ts';
import type { Seeded } from '../support/seeded.ts';

/** What one client knows of one of its sessions: only what it was told. */
export interface Entry {
  readonly username: string;
  /** Of the last answer that came. */
  accessToken: string;
  refreshToken: string;
  /** What was asked for and not answered, when the server died. */
  asked: 'nothing' | 'refresh' | 'logout';
  loggedOut: boolean;
}

/** What all clients were told by a server that may die at any moment. */
export interface Journal {
  readonly entries: Entry[];
  /** Counts an answer that came. */
  answered(): void;
}

const password = 'kestrel over the amber hill';

/** A client that signs up, refreshes and logs out, and writes down each answer, until the server is gone. */
export async function keepJournal(call: Call, journal: Journal, name: string, random: Seeded): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const username = `${name}-${turn}`;
    const signup = await unlessGone(
      call('POST', '/signup', { json: { username, email: `${username}@x.test`, password } }),
    );
    if (signup === undefined) return;
    assert.equal(signup.status, 201);
    const { access_token: accessToken, refresh_token: refreshToken } = signup.body;
    const entry: Entry = { username, accessToken, refreshToken, asked: 'nothing', loggedOut: false };
    journal.entries.push(entry);
    journal.answered();
    for (let steps = random.below(6); steps > 0; steps -= 1) {
      if (!(await refresh(call, entry))) return;
      journal.answered();
    }
    if (random.chance(0.6)) continue;
    entry.asked = 'logout';
    const logout = await unlessGone(call('POST', '/logout', { token: entry.accessToken }));
    if (logout === undefined) return;
    assert.equal(logout.status, 200);
    Object.assign(entry, { asked: 'nothing', loggedOut: true });
    journal.answered();
  }
}

async function refresh(call: Call, entry: Entry): Promise<boolean> {
  entry.asked = 'refresh';
  const answer = await unlessGone(
    call('POST', '/refresh-access-token', { json: { refresh_token: entry.refreshToken } }),
  );
  if (answer === undefined) return false;
  assert.equal(answer.status, 200);
  const { access_token: accessToken, refresh_token: refreshToken } = answer.body;
  Object.assign(entry, { accessToken, refreshToken, asked: 'nothing' });
  return true;
}

/** Asserts that a server which has started again keeps every promise of its predecessor to this client. */
export async function assertKept(call: Call, entry: Entry): Promise<void> {
  const { refreshToken, accessToken, username } = entry;
  const refreshWith = (token: string) => call('POST', '/refresh-access-token', { json: { refresh_token: token } });

  const first = await refreshWith(refreshToken);
  if (entry.loggedOut) {
    assert.deepEqual([first.status, (await call('GET', '/user', { token: accessToken })).status], [401, 401], username);
    return;
  }
  // A logout that was asked for and not answered may have happened or not.
  if (entry.asked === 'logout' && first.status === 401) return;
  assert.equal(first.status, 200, `${username} (${entry.asked} was not answered)`);
  assert.equal(first.body.user.username, username);
  assert.equal((await call('GET', '/user', { token: accessToken })).status, 200);
  // Were it the repeat of a refresh whose answer was lost, or not: the chain is one, and it goes on.
  const repeated = await refreshWith(refreshToken);
  assert.equal(repeated.body.refresh_token, first.body.refresh_token);
  const second = await refreshWith(first.body.refresh_token);
  assert.equal(second.status, 200);
  assert.equal((await call('GET', '/user', { token: second.body.access_token })).status, 200);
}

/** The answer; `undefined` when the server is gone. */
async function unlessGone(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
