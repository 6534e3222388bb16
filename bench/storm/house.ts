import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHasher } from '../../server/src/adapters/password-hashing/hasher.ts';
import { createLanes } from '../../server/src/adapters/password-hashing/lanes.ts';
import { systemClock } from '../../server/src/adapters/system-clock.ts';
import { systemRandom } from '../../server/src/adapters/system-random.ts';
import { parseDatabaseUrl } from '../../server/src/config/database-url.ts';
import { connect } from '../../server/src/db/connect.ts';
import { migrate } from '../../server/src/db/migrate.ts';
import { createDatabaseOn } from '../../server/test/support/databases/index.ts';
import { startPostgres } from '../../server/test/support/databases/postgres.ts';
import { isDeleted, namesOf, populate } from '../../server/test/support/population.ts';

/** Milliseconds by which the server's event loop was late since the last look, and what of the cores it has used since its start. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly cpuMs: number;
}

/** A server in a process of its own, with people in its database. */
export interface House extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  /** Of people who may log in, all with `password`. */
  readonly emails: readonly string[];
  readonly password: string;
  look(): Promise<LoopDelay>;
}

const password = 'a password that all of them have';
const parameters = { memoryKib: 19_456, iterations: 2, parallelism: 1 };
const root = join(import.meta.dirname, '../..');

/** @param kind of database: `sqlite`, or `postgres`, which is then started for this run @param users how many people there are */
export async function openHouse(kind: string, users: number): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'keyward-storm-'));
  const leavings: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const leave = async () => {
    for (const step of leavings.toReversed()) await step();
  };
  try {
    const url = kind === 'postgres' ? await postgresUrl(leavings) : `sqlite:///${join(folder, 'keyward.db')}`;
    await seed(url, users);
    const delayFile = join(folder, 'loop-delay.json');
    const { child, port } = await startServer(url, folder, delayFile);
    leavings.push(() => stop(child));
    const look = async () => {
      rmSync(delayFile, { force: true });
      child.kill('SIGUSR2');
      return eventually(() => JSON.parse(readFileSync(delayFile, 'utf8')) as LoopDelay);
    };
    return { port, pid: child.pid ?? 0, emails: emailsOf(users), password, look, [Symbol.asyncDispose]: leave };
  } catch (error) {
    await leave();
    throw error;
  }
}

async function postgresUrl(leavings: (() => Promise<void>)[]): Promise<string> {
  const server = await startPostgres();
  if ('missing' in server) throw new Error(server.missing);
  leavings.push(() => server.close());
  return createDatabaseOn(server.url);
}

/** With the importer's own means, since sign-ups are limited by source. */
async function seed(url: string, users: number): Promise<void> {
  const lanes = createLanes({ cores: 1, maxWaitMs: 60_000, clock: systemClock });
  const passwordHash = await createHasher({ parameters, lanes, random: systemRandom }).hash(password);
  const db = await connect(parseDatabaseUrl(url), { poolSize: 2 });
  try {
    await migrate(db, systemClock.now());
    await populate(db, { users, firstId: 1, passwordHash, at: systemClock.now() - 2 * 86_400_000 });
  } finally {
    await db.close();
  }
}

/** Neither deleted nor disabled. */
function emailsOf(users: number): string[] {
  const ids = Array.from({ length: users }, (_, place) => place + 1).filter((id) => !isDeleted(id) && id % 17 !== 0);
  return ids.map((id) => namesOf(id).email);
}

async function startServer(url: string, folder: string, delayFile: string) {
  const port = await freePort();
  const env = {
    PORT: String(port),
    DATABASE_URL: url,
    DATA_DIR: folder,
    SECRET_KEY: 'a secret key for a benchmark that is long enough',
    // The load says itself from which address each login comes.
    TRUST_PROXY: '1',
    LOOP_DELAY_FILE: delayFile,
  };
  const args = ['--import', join(import.meta.dirname, 'loop-delay.ts'), join(root, 'server/bin/keyward.js'), 'serve'];
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the server did not start')));
  await Promise.race([ended, eventually(() => fetch(`http://127.0.0.1:${port}/readyz`))]);
  ended.catch(() => {});
  return { child, port };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function eventually<T>(look: () => T | Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await look();
    } catch (error) {
      if (tries === 1_000) throw error;
      await sleep(20);
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
