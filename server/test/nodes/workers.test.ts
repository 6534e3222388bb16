import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createClient } from '../support/client.ts';
import { startPostgres, type TestPostgres } from '../support/databases/postgres.ts';
import { createTestFolder } from '../support/folder.ts';
import { lives, signUp } from '../support/people.ts';
import { startServerProcess } from '../support/process.ts';
import { childrenOf, createDatabaseOn, newcomer, untilReadiness } from './ground.ts';

const clients = 8;
const signUpsEach = 6;
const tabs = 50;
const args = ['--workers', '2'];

describe('serve --workers 2', () => {
  let started: TestPostgres | { readonly missing: string } = { missing: 'it was not started' };
  before(async () => {
    started = await startPostgres();
  });
  after(async () => {
    if (!('missing' in started)) await started.close();
  });

  for (const database of ['SQLite', 'PostgreSQL']) {
    test(`keeps every promise while a worker is killed under load, and ends in order (${database})`, async (t) => {
      if (database === 'PostgreSQL' && 'missing' in started) return t.skip(`NOT RUN: ${started.missing}`);
      using folder = createTestFolder();
      const url = 'missing' in started || database === 'SQLite' ? undefined : await createDatabaseOn(started.url);
      const env: Record<string, string> = url === undefined ? {} : { DATABASE_URL: url };
      await using node = await startServerProcess({ dataDir: folder.path, args, env });
      // Each call on a connection of its own, so that both workers get some.
      const call = createClient(node.url);
      const workers = childrenOf(node.pid);
      assert.equal(workers.length, 2);

      const people = (await Promise.all(Array.from({ length: clients }, () => signUpThroughDeaths()))).flat();
      async function signUpThroughDeaths() {
        const held = [];
        for (let turn = 0; turn < signUpsEach; turn += 1) {
          if (turn === 2 && workers.length === 2) process.kill(workers.pop() ?? 0, 'SIGKILL');
          try {
            held.push(await signUp(call, newcomer()));
          } catch (error) {
            // The connection broke together with the worker; nothing was acknowledged.
            if (!(error instanceof TypeError)) throw error;
          }
        }
        return held;
      }
      assert.ok(people.length > clients);
      await untilTwo(node.pid);
      await untilReadiness(call, 200);
      for (const held of people) assert.ok(await lives(call, held));

      const [held] = people;
      const refresh = (token = '') => call('POST', '/refresh-access-token', { json: { refresh_token: token } });
      const answers = await Promise.all(Array.from({ length: tabs }, () => refresh(held?.refreshToken)));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      const successors = new Set(answers.map(({ body }) => body.refresh_token));
      assert.equal(successors.size, 1);
      assert.equal((await refresh([...successors][0])).status, 200);
      assert.equal(await node.stop(), 0);
    });
  }

  test('does not start when its workers cannot', async () => {
    using folder = createTestFolder();
    await using first = await startServerProcess({ dataDir: folder.path });
    const port = Number(new URL(first.url).port);
    await assert.rejects(startServerProcess({ dataDir: folder.path, args, port }), /a worker could not start/);
  });
});

/** Waits until a new worker stands in the place of the dead one. */
async function untilTwo(pid: number): Promise<void> {
  const end = performance.now() + 30_000;
  while (childrenOf(pid).length < 2) {
    assert.ok(performance.now() < end, 'the worker was not replaced');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
