import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, createClient } from '../support/client.ts';
import { startPostgres } from '../support/databases/postgres.ts';
import { freePort } from '../support/databases/server-process.ts';
import { createTestFolder } from '../support/folder.ts';
import { signUp } from '../support/people.ts';
import { allStarted, type ServerProcess, startServerProcess } from '../support/process.ts';
import { haproxy, replaceAll } from '../support/proxies.ts';
import { createDatabaseOn, newcomer, untilReadiness } from './ground.ts';

/** Reads, signs up and refreshes in turn until told to stop; every status that was not a success. */
async function work(call: Call, isOver: () => boolean): Promise<{ done: number; failed: string[] }> {
  const failed: string[] = [];
  let done = 0;
  const expect = (what: string, { status }: { status: number }, right: number) => {
    done += 1;
    if (status !== right) failed.push(`${what}: ${status}`);
  };
  while (!isOver()) {
    const signup = await call('POST', '/signup', { json: newcomer() });
    expect('sign-up', signup, 201);
    let { access_token: token, refresh_token } = signup.body;
    for (let turn = 0; turn < 3; turn += 1) {
      expect('read', await call('GET', '/user', { token }), 200);
      const refreshed = await call('POST', '/refresh-access-token', { json: { refresh_token } });
      expect('refresh', refreshed, 200);
      ({ access_token: token, refresh_token } = refreshed.body);
    }
  }
  return { done, failed };
}

test('a rolling restart of two nodes behind haproxy loses no request', async (t) => {
  if (!haproxy.isHere()) return t.skip('NOT RUN: haproxy was not found');
  const postgres = await startPostgres();
  if ('missing' in postgres) return t.skip(`NOT RUN: ${postgres.missing}`);
  using folder = createTestFolder();
  const env = { DATABASE_URL: await createDatabaseOn(postgres.url), SHUTDOWN_DELAY_SECONDS: '3' };
  const ports = [await freePort(), await freePort()];
  const start = (port: number) => startServerProcess({ dataDir: folder.path, env, port });
  const nodes: ServerProcess[] = await allStarted(ports.map(start));
  const balancer = await haproxy.start(ports, (it) => replaceAll(it, [['inter 1s', 'inter 300ms']]));
  let over = false;
  try {
    const call = createClient(`http://127.0.0.1:${balancer.port}`);
    await untilReadiness(call, 200);
    await signUp(call, newcomer());
    const working = Promise.all(Array.from({ length: 6 }, () => work(call, () => over)));
    for (const [place, port] of ports.entries()) {
      await Promise.race([working, sleep(500)]);
      assert.equal(await nodes[place]?.stop(), 0);
      nodes[place] = await start(port);
      // The balancer must have seen it before the other one goes.
      await Promise.race([working, sleep(1_500)]);
    }
    over = true;
    const reports = await working;
    assert.deepEqual(
      reports.flatMap(({ failed }) => failed),
      [],
    );
    t.diagnostic(`${reports.reduce((sum, { done }) => sum + done, 0)} requests`);
  } finally {
    over = true;
    await balancer[Symbol.asyncDispose]();
    for (const node of nodes) await node[Symbol.asyncDispose]();
    await postgres.close();
  }
});
