import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { createTestFolder } from '../../../../test/support/folder.ts';
import { createLedger, readLedger, writeEntry } from '../../../../test/support/ledger.ts';
import type { CheckpointReply } from './checkpoint-worker.ts';
import { createCheckpointer } from './checkpointer.ts';
import { openSqlite } from './database.ts';

/** Counts the threads that start and what they answer, until it is disposed. */
function watchThreads() {
  const seen = { started: 0, replies: [] as CheckpointReply[] };
  const onWorker = (worker: Worker) => {
    seen.started += 1;
    worker.on('message', (reply: CheckpointReply) => seen.replies.push(reply));
  };
  process.on('worker', onWorker);
  return Object.assign(seen, { [Symbol.dispose]: () => void process.off('worker', onWorker) });
}

/** Far more than the load ever takes; without a bound a checkpoint that never ends would fill the disk. */
const mostEntries = 20_000;

/** What hangs is a failure too; nothing here takes near as long. */
const timeout = 60_000;

describe('checkpoints', { timeout }, () => {
  test('under a steady load run on their thread and keep the WAL from growing', async () => {
    using folder = createTestFolder();
    using threads = watchThreads();
    const path = folder.file('keyward.db');
    const db = openSqlite({ path, checkpointEveryCommits: 20 });
    try {
      await createLedger(db);
      let entry = 0;
      const sizes: number[] = [];
      /** So long that the load has lasted for `passes` more of them. */
      const load = async (passes: number) => {
        const until = threads.replies.length + passes;
        while (threads.replies.length < until) {
          assert.ok(entry < mostEntries, `${entry} entries, and only ${threads.replies.length} passes`);
          const entries = Array.from({ length: 8 }, (_, place) => entry + place);
          entry += entries.length;
          await Promise.all(entries.map((it) => db.transact((tx) => writeEntry(tx, it))));
        }
        sizes.push(statSync(`${path}-wal`).size);
      };

      for (let i = 0; i < 12; i += 1) await load(4);
      assert.equal(threads.started, 1);
      assert.ok(threads.replies.every(({ error }) => error === undefined));
      const [early, late] = [Math.max(...sizes.slice(0, 6)), Math.max(...sizes.slice(6))];
      // The load has gone on for as long again; a WAL that is never started over would have doubled.
      assert.ok(late < early * 1.5, `the WAL grew: ${sizes.join(', ')}`);
      const { whole, half } = await readLedger(db);
      assert.deepEqual([whole.size, half], [entry, []]);
    } finally {
      await db.close();
    }
  });

  test('are due after so many commits, and not before', async () => {
    using threads = watchThreads();
    const db = openSqlite({ path: ':memory:', checkpointEveryCommits: 5 });
    try {
      for (let commit = 0; commit < 4; commit += 1) await db.transact(async () => {});
      assert.equal(threads.started, 0);
      await db.transact(async () => {});
      assert.equal(threads.started, 1);
    } finally {
      await db.close();
    }
    assert.equal(threads.replies.length, 2, 'closing waits for both passes');
  });

  test('pass once beside the writers and once without them', async () => {
    using folder = createTestFolder();
    using threads = watchThreads();
    const path = folder.file('keyward.db');
    const db = openSqlite({ path });
    const repliesWhenAlone: number[] = [];
    const checkpointer = createCheckpointer({
      path,
      everyCommits: 1,
      whileNobodyWrites: async (work) => {
        repliesWhenAlone.push(threads.replies.length);
        await work();
        repliesWhenAlone.push(threads.replies.length);
      },
      onError: assert.ifError,
    });
    checkpointer.committed();
    checkpointer.committed();
    await checkpointer.close();
    checkpointer.committed();
    await db.close();
    assert.deepEqual(repliesWhenAlone, [1, 2]);
    assert.equal(threads.replies.length, 2);
  });

  test('that fail are told, and the next one has a new thread', async () => {
    using folder = createTestFolder();
    using threads = watchThreads();
    const errors: unknown[] = [];
    const failed = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const checkpointer = createCheckpointer({
      path: folder.file('no/such/folder.db'),
      everyCommits: 1,
      whileNobodyWrites: () => assert.fail('the first pass has failed already'),
      onError: (error) => {
        errors.push(error);
        failed[errors.length - 1]?.resolve();
      },
    });
    checkpointer.committed();
    await failed[0]?.promise;
    checkpointer.committed();
    await failed[1]?.promise;
    await checkpointer.close();
    assert.equal(threads.started, 2);
    for (const error of errors) assert.match(String(error), /unable to open database file/);
  });

  test('keep the process alive until they are done, and not a moment longer', async (t) => {
    using folder = createTestFolder();
    const script = `
      import { openSqlite } from ${JSON.stringify(new URL('./database.ts', import.meta.url))};
      const thread = Promise.withResolvers();
      process.on('worker', thread.resolve);
      const db = openSqlite({ path: process.argv[1], checkpointEveryCommits: 1 });
      const checkpointed = new Promise((resolve, reject) => {
        let replies = 0;
        thread.promise.then((worker) => worker.on('error', reject).on('message', () => ++replies === 2 && resolve()));
      });
      const alive = setInterval(() => {}, 1_000);
      await db.transact(async () => {});
      await checkpointed;
      clearInterval(alive);
      await db.transact(async () => {});
      if (process.argv[2] === 'close') await db.close();
    `;
    for (const ending of ['close', 'just end']) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder.file('keyward.db'), ending], {
        stdio: ['ignore', 'inherit', 'inherit'],
        signal: t.signal,
        killSignal: 'SIGKILL',
      });
      // 13 is Node's code for an `await` at top level that nothing could ever have ended.
      assert.deepEqual(await once(child, 'exit'), [0, null], ending);
    }
  });
});
