import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSqlite } from '../../src/db/dialects/sqlite/database.ts';
import { createClient } from '../support/client.ts';
import { createTestFolder } from '../support/folder.ts';
import { type ServerProcess, startServerProcess } from '../support/process.ts';
import { createSeeded, type Seeded } from '../support/seeded.ts';
import { assertKept, type Entry, keepJournal } from './journal.ts';

const rounds = 5;
const clients = 8;

/** Many clients work until the server is killed, at a random moment. What they were told until then, and in how many answers. */
async function workUntilKilled(server: ServerProcess, round: number, random: Seeded) {
  const moment = Promise.withResolvers<void>();
  const last = 30 + random.below(90);
  let answers = 0;
  const entries: Entry[] = [];
  const answered = () => {
    answers += 1;
    if (answers === last) moment.resolve();
  };
  const call = createClient(server.url);
  const working = Promise.all(
    Array.from({ length: clients }, (_, number) =>
      keepJournal(call, { entries, answered }, `client-${round}-${number}`, random),
    ),
  );
  const stopped = working.then(() => assert.ok(answers >= last, 'the clients stopped before the server was killed'));
  await Promise.race([moment.promise, stopped]);
  await server.kill();
  await stopped;
  return { entries, answers };
}

test('kill -9 takes back nothing that was answered: accounts stay, chains go on, what was logged out stays dead', async (t) => {
  using folder = createTestFolder();
  const random = createSeeded(1);
  // The grace must outlast the restart, however slow the machine.
  const options = { dataDir: folder.path, env: { REFRESH_GRACE_SECONDS: '300' } };
  const usernames: string[] = [];
  const seen = { answers: 0, refresh: 0, logout: 0, loggedOut: 0 };

  for (let round = 0; round < rounds; round += 1) {
    await using doomed = await startServerProcess(options);
    const journal = await workUntilKilled(doomed, round, random);
    await using server = await startServerProcess(options);
    const call = createClient(server.url);
    await Promise.all(journal.entries.map((entry) => assertKept(call, entry)));
    for (const entry of journal.entries) {
      usernames.push(entry.username);
      if (entry.asked !== 'nothing') seen[entry.asked] += 1;
      if (entry.loggedOut) seen.loggedOut += 1;
    }
    seen.answers += journal.answers;
    assert.equal(await server.stop(), 0);
  }

  const db = openSqlite({ path: folder.file('keyward.db') });
  try {
    const users = await db.query(db.dialect.builder.selectFrom('users').select('username'));
    const there = new Set(users.map(({ username }) => username));
    assert.deepEqual(
      usernames.filter((username) => !there.has(username)),
      [],
    );
  } finally {
    await db.close();
  }
  t.diagnostic(
    `${rounds} rounds, ${seen.answers} answers, ${usernames.length} accounts, ${seen.loggedOut} logged out; ` +
      `died on ${seen.refresh} refreshes and ${seen.logout} logouts`,
  );
});
