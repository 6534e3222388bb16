import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, freePort } from '../support/databases/server-process.ts';
import { hasBalancer, startBalancer } from './balancer.ts';
import { longestMs, recoveryMs, signUpThrough } from './faults.ts';
import { createDatabaseOn, untilReadiness } from './ground.ts';
import { startPostgresPair } from './postgres-pair.ts';

/** As docs/operating.md has it, on other addresses: the standby takes over when the primary answers no more. */
const configuration = (port: number, primary: number, standby: number) => `
defaults
  mode tcp
  timeout connect 1s
  timeout client 1h
  timeout server 1h
listen postgres
  bind 127.0.0.1:${port}
  default-server check inter 500ms fall 1 rise 1 on-marked-down shutdown-sessions
  server a 127.0.0.1:${primary}
  server b 127.0.0.1:${standby} backup
`;

test('a primary is killed under load and its standby promoted: all refusals in time, nothing acknowledged is lost', async (t) => {
  if (!hasBalancer()) return t.skip('NOT RUN: haproxy was not found');
  const pair = await startPostgresPair();
  if ('missing' in pair) return t.skip(`NOT RUN: ${pair.missing}`);
  await using servers = pair;
  const { primary, standby } = servers;
  const port = await freePort();
  await using _balancer = startBalancer(configuration(port, primary.port, standby.port));

  let recoveredMs = Number.POSITIVE_INFINITY;
  const url = await reached(`postgresql://keyward@127.0.0.1:${port}/postgres`);
  const { acknowledged, refused, slowestMs } = await signUpThrough(url, async (load) => {
    const { call } = load;
    await primary.kill();
    await untilReadiness(call, 503);
    await eventually(20_000, async () => assert.ok(load.refused >= 12, `${load.refused} were refused`));
    await standby.promote();
    recoveredMs = await untilReadiness(call, 200);
  });

  assert.ok(slowestMs < longestMs, `the slowest answer took ${slowestMs} ms`);
  assert.ok(recoveredMs < recoveryMs, `ready ${recoveredMs} ms after the promotion`);
  t.diagnostic(JSON.stringify({ signUps: acknowledged.length, refused, slowestMs, recoveredMs }));
});

/** A database behind the balancer, once that listens. */
const reached = (url: string): Promise<string> => eventually(10_000, () => createDatabaseOn(url));
