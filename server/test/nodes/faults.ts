import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../support/client.ts';
import { createTestFolder } from '../support/folder.ts';
import { lives, signUp } from '../support/people.ts';
import { startServerProcess } from '../support/process.ts';
import { assertProblem } from '../support/refusals.ts';
import { newcomer, timed, untilReadiness } from './ground.ts';

const crowd = 60;

/** What is asked is two seconds; a busy machine gets one more. */
const longestMs = 3_000;
/** What is asked is five. */
const recoveryMs = 10_000;

/**
 * A node whose database goes away and comes back: while it is gone, each of many requests gets its refusal in time and `/readyz` says so;
 * afterwards all goes on without a restart, for those who were signed in before too.
 *
 * @param wentAway whether requests may still be under way: then the first ones are not asserted upon
 */
export async function surviveFault(
  databaseUrl: string,
  fault: { begin(): Promise<void> | void; end(): Promise<void> | void; readsGoOn?: boolean },
): Promise<{ slowestMs: number; recoveredMs: number }> {
  using folder = createTestFolder();
  await using node = await startServerProcess({ dataDir: folder.path, env: { DATABASE_URL: databaseUrl } });
  const call = createClient(node.url);
  const before = await signUp(call, newcomer());

  await fault.begin();
  let slowestMs = 0;
  try {
    const writes = Array.from({ length: crowd / 2 }, () => timed(call('POST', '/signup', { json: newcomer() })));
    const reads = Array.from({ length: crowd / 2 }, () => timed(call('GET', '/user', { token: before.accessToken })));
    for (const answer of await Promise.all(fault.readsGoOn ? writes : [...writes, ...reads])) {
      assertProblem(answer, 503, 'database-unavailable');
      assert.match(answer.headers.get('retry-after') ?? '', /^[1-9][0-9]*$/);
      slowestMs = Math.max(slowestMs, answer.ms);
    }
    await Promise.all(reads);
    const readiness = await timed(call('GET', '/readyz'));
    assert.deepEqual([readiness.status, readiness.body], [503, { status: 'failing', checks: { database: 'failing' } }]);
    assert.ok(readiness.headers.has('retry-after'));
    assert.equal((await call('GET', '/livez')).status, 200);
    slowestMs = Math.max(slowestMs, readiness.ms);
  } finally {
    await fault.end();
  }
  const recoveredMs = await untilReadiness(call, 200);
  assert.ok(await lives(call, before));
  await signUp(call, newcomer());

  assert.ok(slowestMs < longestMs, `the slowest refusal took ${slowestMs} ms`);
  assert.ok(recoveredMs < recoveryMs, `recovery took ${recoveredMs} ms`);
  return { slowestMs, recoveredMs };
}

/** The database restarts again and again while people sign up: who was told to be in is in, and nobody twice. */
export async function signUpThroughRestarts(
  databaseUrl: string,
  restart: () => Promise<void>,
): Promise<{ acknowledged: string[]; refused: number }> {
  using folder = createTestFolder();
  await using node = await startServerProcess({ dataDir: folder.path, env: { DATABASE_URL: databaseUrl } });
  const call = createClient(node.url);
  const acknowledged: string[] = [];
  let refused = 0;
  let done = false;

  const client = async () => {
    while (!done) {
      const person = newcomer();
      // As a client does: the same again after a 503, and then 409 when the first one was saved after all.
      for (let settled = false; !settled; ) {
        const { status } = await call('POST', '/signup', { json: person });
        assert.ok([201, 409, 503].includes(status), `status ${status}`);
        settled = status !== 503;
        if (settled) acknowledged.push(person.username);
        else {
          refused += 1;
          await sleep(100);
        }
      }
    }
  };
  const working = Promise.all(Array.from({ length: 6 }, client));
  try {
    for (let restarts = 0; restarts < 2; restarts += 1) {
      const enough = acknowledged.length + 10;
      while (acknowledged.length < enough) await Promise.race([working, sleep(20)]);
      await restart();
    }
  } finally {
    done = true;
  }
  await working;
  return { acknowledged, refused };
}
