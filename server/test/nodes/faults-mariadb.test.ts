import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { startMariadb, type TestMariadb } from '../support/databases/mariadb.ts';
import { signUpThroughRestarts, surviveFault } from './faults.ts';
import { createDatabaseOn, freeze, runSql } from './ground.ts';

describe('a node whose MariaDB', () => {
  let started: TestMariadb | { readonly missing: string } = { missing: 'it was not started' };
  before(async () => {
    started = await startMariadb();
  });
  after(async () => {
    if (!('missing' in started)) await started.close();
  });

  const onMariadb = (name: string, body: (t: TestContext, own: OwnMariadb, url: string) => Promise<void>) =>
    test(name, async (t) => {
      if ('missing' in started) return t.skip(`NOT RUN: ${started.missing}`);
      if (started.own === undefined) return t.skip('NOT RUN: TEST_MARIADB_URL names a server that is not ours to kill');
      await body(t, started.own, await createDatabaseOn(started.url));
    });

  onMariadb('is killed refuses in time, says so, and recovers without a restart', async (t, own, url) => {
    t.diagnostic(JSON.stringify(await surviveFault(url, { begin: own.kill, end: own.start })));
  });

  onMariadb('is frozen refuses in time and recovers', async (t, own, url) => {
    const fault = { begin: () => freeze(own.pid, 'SIGSTOP'), end: () => freeze(own.pid, 'SIGCONT') };
    t.diagnostic(JSON.stringify(await surviveFault(url, fault)));
  });

  onMariadb('restarts under load signs nobody up twice and loses nobody', async (t, own, url) => {
    const { acknowledged, refused } = await signUpThroughRestarts(url, async () => {
      await own.kill();
      await own.start();
    });
    const rows = await runSql(url, 'select username from users');
    const there = new Set(rows.map((row) => row.username));
    assert.equal(there.size, rows.length);
    assert.deepEqual(
      acknowledged.filter((username) => !there.has(username)),
      [],
    );
    t.diagnostic(`${acknowledged.length} sign-ups, ${refused} refused with 503 and repeated`);
  });
});

type OwnMariadb = NonNullable<TestMariadb['own']>;
