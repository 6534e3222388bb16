import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Launch, Place } from '../../harness/contender.ts';
import type { Turns } from './loop.ts';

/** What no server can surpass, since it does one thing of what a server does. They use Keyward's own packages. */
export interface Limit {
  readonly name: string;
  /** Which job of the servers it bounds. */
  readonly job: 'user' | 'sign-in' | 'refresh';
  readonly store: 'none' | 'sqlite' | 'postgres';
  run(place: string, seconds: number): Promise<Turns>;
}

const execFileAsync = promisify(execFile);

async function runLoop(script: string, job: string, place: string, seconds: number): Promise<Turns> {
  const args = [join(import.meta.dirname, script), '--job', job, '--place', place, '--seconds', String(seconds)];
  const limits = { timeout: (seconds + 60) * 1_000, killSignal: 'SIGKILL' as const };
  const env = { PATH: process.env.PATH, UV_THREADPOOL_SIZE: '16' };
  return JSON.parse((await execFileAsync(process.execPath, args, { ...limits, env })).stdout);
}

const limitOf = (name: string, job: Limit['job'], store: Limit['store'], work: string): Limit => ({
  name,
  job,
  store,
  run: (place, seconds) => runLoop(`${store === 'none' ? 'argon2' : store}.ts`, work, place, seconds),
});

export const argon2Loop = limitOf('bare argon2id', 'sign-in', 'none', 'hash');
export const sqliteTransactions = limitOf('bare SQLite transactions', 'refresh', 'sqlite', 'transaction');
export const postgresTransactions = limitOf('bare PostgreSQL transactions', 'refresh', 'postgres', 'transaction');
export const limits: readonly Limit[] = [
  argon2Loop,
  sqliteTransactions,
  postgresTransactions,
  limitOf('bare SQLite reads', 'user', 'sqlite', 'read'),
  limitOf('bare PostgreSQL reads', 'user', 'postgres', 'read'),
];

/** @param answer its head, as names and values in turn, and its body */
export const launchBareHttp = (
  { port, folder }: Place,
  answer: { headers: readonly string[]; body: string },
): Launch => ({
  program: process.execPath,
  args: [join(import.meta.dirname, 'bare-http.ts')],
  cwd: folder,
  node: true,
  env: { PORT: String(port), BARE_ANSWER: JSON.stringify(answer) },
});
