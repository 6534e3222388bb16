import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { Answer, Call } from '../support/client.ts';

let made = 0;

/** The URL of a new, empty database on a PostgreSQL or MariaDB of the test's own. */
export async function createDatabaseOn(serverUrl: string): Promise<string> {
  made += 1;
  const name = `nodes_${process.pid}_${made}`;
  await runSql(serverUrl, `create database ${name}`);
  return Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
}

/** Runs one statement as an administrator would; the rows. */
export async function runSql(url: string, sql: string): Promise<Record<string, unknown>[]> {
  if (!url.startsWith('postgres')) {
    const connection = await mysql.createConnection(url);
    const [rows] = await connection.query(sql).finally(() => connection.end());
    return rows as Record<string, unknown>[];
  }
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  return (await client.query(sql).finally(() => client.end())).rows;
}

/** Stops a process and all its children as Ctrl-Z would, or lets them go on. */
export function freeze(pid: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const each of [pid, ...childrenOf(pid)]) process.kill(each, signal);
}

/** The processes that `pid` has started. */
export function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

/** An answer, and after how many milliseconds it came. */
export async function timed(call: Promise<Answer>): Promise<Answer & { readonly ms: number }> {
  const begun = performance.now();
  const answer = await call;
  return { ...answer, ms: performance.now() - begun };
}

/** Asks `/readyz` until it says `status`; after how many milliseconds. @throws Error when it never does */
export async function untilReadiness(call: Call, status: number, patienceMs = 30_000): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const answer = await call('GET', '/readyz');
    const ms = performance.now() - begun;
    if (answer.status === status) return ms;
    if (ms > patienceMs) throw new Error(`/readyz still says ${answer.status}: ${JSON.stringify(answer.body)}`);
    await sleep(50);
  }
}

/** Somebody who has not been there before. */
export function newcomer() {
  made += 1;
  const username = `person-${made}`;
  return { username, email: `${username}@example.com`, password: 'kestrel over the amber hill' };
}
