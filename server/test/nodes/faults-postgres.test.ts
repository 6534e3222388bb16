import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import pg from 'pg';
import { createClient } from '../support/client.ts';
import { openUrl } from '../support/databases/index.ts';
import { startPostgres, type TestPostgres } from '../support/databases/postgres.ts';
import { createTestFolder } from '../support/folder.ts';
import { rawQuery } from '../support/ledger.ts';
import { startServerProcess } from '../support/process.ts';
import { signUpThrough, surviveFault } from './faults.ts';
import { createDatabaseOn, freeze, newcomer, runSql } from './ground.ts';

describe('a node whose PostgreSQL', () => {
  let started: TestPostgres | { readonly missing: string } = { missing: 'it was not started' };
  before(async () => {
    started = await startPostgres();
  });
  after(async () => {
    if (!('missing' in started)) await started.close();
  });

  /** A test that has a database of its own. */
  const onPostgres = (name: string, body: (t: TestContext, postgres: TestPostgres, url: string) => Promise<void>) =>
    test(name, async (t) => {
      if ('missing' in started) return t.skip(`NOT RUN: ${started.missing}`);
      await body(t, started, await createDatabaseOn(started.url));
    });

  onPostgres('is killed refuses in time, says so, and recovers without a restart', async (t, postgres, url) => {
    const figures = await surviveFault(url, { begin: () => postgres.kill(), end: () => postgres.start() });
    t.diagnostic(JSON.stringify(figures));
  });

  onPostgres('is frozen, with all its processes, refuses in time and recovers', async (t, postgres, url) => {
    const figures = await surviveFault(url, {
      begin: () => freeze(postgres.pid, 'SIGSTOP'),
      end: () => freeze(postgres.pid, 'SIGCONT'),
    });
    t.diagnostic(JSON.stringify(figures));
  });

  onPostgres(
    'takes only reads, as a demoted primary does, refuses writes and is not ready',
    async (t, postgres, url) => {
      const set = (sql: string) => runSql(postgres.url, sql);
      const readOnly = async (value: string) => {
        await set(`alter system set default_transaction_read_only = ${value}`);
        await set('select pg_reload_conf()');
      };
      const figures = await surviveFault(url, {
        begin: async () => {
          await readOnly('on');
          await seeTransactionsAre(postgres.url, 'on');
        },
        end: () => readOnly('off'),
        readsGoOn: true,
      });
      t.diagnostic(JSON.stringify(figures));
    },
  );

  onPostgres('restarts under load signs nobody up twice and loses nobody', async (t, postgres, url) => {
    const { acknowledged, refused } = await signUpThrough(
      url,
      async () => {
        await postgres.kill();
        await postgres.start();
      },
      2,
    );
    t.diagnostic(`${acknowledged.length} sign-ups, ${refused} refused with 503 and repeated`);
  });

  onPostgres('has closed every idle connection lets no reader notice', async (_t, _postgres, url) => {
    using folder = createTestFolder();
    await using node = await startServerProcess({ dataDir: folder.path, env: { DATABASE_URL: url } });
    const call = createClient(node.url);
    const { body } = await call('POST', '/signup', { json: newcomer() });
    const user = () => call('GET', '/user', { token: body.access_token });
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(Array.from({ length: 20 }, user));
      const [, ...answers] = await Promise.all([
        runSql(url, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'keyward'"),
        ...Array.from({ length: 20 }, user),
      ]);
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    }
  });

  onPostgres(
    'undoes a transaction because of a deadlock has it run again, and both callers get through',
    async (_t, _postgres, url) => {
      const db = await openUrl(url);
      try {
        await runSql(url, 'create table things (id int primary key, count int)');
        await runSql(url, 'insert into things values (1, 0), (2, 0)');
        const bothHoldOne = barrier(2);
        let attempts = 0;
        const raise = (first: number, second: number) =>
          db.transact(
            async (tx) => {
              attempts += 1;
              await tx.query(rawQuery(db, `update things set count = count + 1 where id = ${first}`));
              await bothHoldOne();
              await tx.query(rawQuery(db, `update things set count = count + 1 where id = ${second}`));
            },
            { patience: 'maintenance' },
          );
        await Promise.all([raise(1, 2), raise(2, 1)]);
        assert.ok(attempts >= 3);
        assert.deepEqual(await runSql(url, 'select sum(count)::int as sum from things'), [{ sum: 4 }]);
      } finally {
        await db.close();
      }
    },
  );

  onPostgres(
    'has failed a statement never has the rest of its transaction called committed',
    async (_t, _postgres, url) => {
      const db = await openUrl(url);
      try {
        await runSql(url, 'create table things (id int primary key)');
        const swallow = db.transact(async (tx) => {
          await tx.query(rawQuery(db, 'insert into things values (1)'));
          await tx.query(rawQuery(db, 'insert into nowhere values (1)')).catch(() => {});
        });
        await assert.rejects(swallow, /has failed/);
        assert.deepEqual(await runSql(url, 'select * from things'), []);
      } finally {
        await db.close();
      }
    },
  );
});

/** A function that resolves once it has been called by so many; later calls pass. */
function barrier(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return () => {
    arrived += 1;
    if (arrived === count) resolve();
    return promise;
  };
}

/** Waits until a session has taken the reloaded setting over. */
async function seeTransactionsAre(url: string, value: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (;;) {
      const { rows } = await client.query('show default_transaction_read_only');
      if (rows[0].default_transaction_read_only === value) return;
    }
  } finally {
    await client.end();
  }
}
