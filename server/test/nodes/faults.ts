import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, createClient } from '../support/client.ts';
import { createTestFolder } from '../support/folder.ts';
import { lives, signUp } from '../support/people.ts';
import { startServerProcess } from '../support/process.ts';
import { assertProblem } from '../support/refusals.ts';
import { newcomer, runSql, timed, untilReadiness } from './ground.ts';

const crowd = 60;

/** What is asked is two seconds; a busy machine gets one more. */
export const longestMs = 3_000;
/** What is asked is five. */
export const recoveryMs = 10_000;

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

/** What the people have met who sign up while the database fails. */
export interface Load {
  /** To the node that they use. */
  readonly call: Call;
  /** Who was told to be in: by 201, or by 409 after a 503. */
  readonly acknowledged: readonly string[];
  /** How often they were told to come again. */
  readonly refused: number;
  readonly slowestMs: number;
}

/**
 * People sign up all the time while `fault` comes and goes: each answer is a success or a 503 that says when to come again, and afterwards it
 * goes on. Then who was told to be in is in, nobody twice, and nobody else.
 *
 * @param times how often the fault happens
 */
export async function signUpThrough(
  databaseUrl: string,
  fault: (load: Load) => Promise<void>,
  times = 1,
): Promise<Load> {
  using folder = createTestFolder();
  await using node = await startServerProcess({ dataDir: folder.path, env: { DATABASE_URL: databaseUrl } });
  const load = { call: createClient(node.url), acknowledged: [] as string[], refused: 0, slowestMs: 0 };
  let done = false;

  const client = async () => {
    while (!done) {
      const person = newcomer();
      // As a client does: the same again after a 503, and then 409 when the first one was saved after all.
      for (let settled = false; !settled; ) {
        const { status, headers, ms } = await timed(load.call('POST', '/signup', { json: person }));
        assert.ok([201, 409, 503].includes(status), `status ${status}`);
        load.slowestMs = Math.max(load.slowestMs, ms);
        settled = status !== 503;
        if (settled) {
          load.acknowledged.push(person.username);
          continue;
        }
        assert.match(headers.get('retry-after') ?? '', /^[1-9][0-9]*$/);
        load.refused += 1;
        await sleep(100);
      }
    }
  };
  const working = Promise.all(Array.from({ length: 6 }, client));
  // What it rejects with is thrown when it is next waited for, and not before the fault has come to its end.
  working.catch(() => {});
  const untilTenMore = async () => {
    const enough = load.acknowledged.length + 10;
    while (load.acknowledged.length < enough) await Promise.race([working, sleep(20)]);
  };
  try {
    for (let count = 0; count < times; count += 1) {
      await untilTenMore();
      await fault(load);
    }
    await untilTenMore();
  } finally {
    done = true;
    await working;
  }
  const names = (await runSql(databaseUrl, 'select username from users')).map((row) => String(row.username));
  assert.deepEqual(names.sort(), load.acknowledged.toSorted());
  return load;
}
