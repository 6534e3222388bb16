import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemTicker } from '../server/src/adapters/system-ticker.ts';
import { compose, type Features } from '../server/src/app/compose.ts';
import { loadAppConfig } from '../server/src/app/config.ts';
import { openMail } from '../server/src/app/ports.ts';
import type { Database } from '../server/src/db/database.ts';
import { openSqlite } from '../server/src/db/dialects/sqlite/database.ts';
import { migrate } from '../server/src/db/migrate.ts';
import { Secret } from '../server/src/kernel/secret.ts';
import { createDatabaseOn, openUrl } from '../server/test/support/databases/index.ts';
import { startPostgres } from '../server/test/support/databases/postgres.ts';
import { isDeleted, namesOf, populate } from '../server/test/support/population.ts';
import { createTestClock, createTestHasher, testRandom } from '../server/test/support/ports.ts';

/**
 * How much slower the hot jobs become with ten times as many users: the median time of each, one after the other, at two sizes of the
 * same database. `node bench/scale.ts [--small 100000] [--large 1000000] [--rounds 2000] [--postgres]`.
 *
 * Measured are the use cases, without HTTP and without the password hash, which take the same time at any size and would hide the rest.
 * Both sizes take turns, so that whatever else the machine does meets both.
 */
const { values } = parseArgs({
  options: {
    small: { type: 'string', default: '100000' },
    large: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '2000' },
    postgres: { type: 'boolean', default: false },
  },
});
const sizes = [Number(values.small), Number(values.large)] as const;
const rounds = Number(values.rounds);
const warmUp = Math.ceil(rounds / 10);

const password = 'a password that all of them have';
const origin = { ip: '192.0.2.1', userAgent: 'bench' };
const clock = createTestClock();
const folder = join('data', 'bench-scale');

const jobs = ['login', 'user', 'refresh'] as const;
type Times = Record<(typeof jobs)[number], number[]>;

interface House {
  readonly users: number;
  readonly features: Features;
  readonly times: Times;
}

async function furnish(db: Database, users: number): Promise<House> {
  await migrate(db, clock.now());
  const config = loadAppConfig({ environment: { RATE_LIMITS: 'off' }, readFile: () => '' });
  if (!config.ok) throw new Error(JSON.stringify(config.faults));
  const hasher = createTestHasher();
  const began = performance.now();
  await populate(db, { users, firstId: 1, passwordHash: await hasher.hash(password), at: clock.now() });
  process.stderr.write(`${users} users in ${((performance.now() - began) / 1_000).toFixed(1)} s\n`);
  const secretKeys = { present: new Secret('a secret key for a benchmark, long enough'), former: [] };
  const ports = {
    db,
    clock,
    ticker: systemTicker,
    random: testRandom,
    hasher,
    breachedPasswords: undefined,
    secretKeys,
    witnesses: [],
    ...openMail(config.values),
    warn: () => {},
  };
  const features = await compose(ports, config.values, 'http://localhost:8000');
  return { users, features, times: { login: [], user: [], refresh: [] } };
}

/** One login of a user from anywhere in the table, then what a client does next. */
async function round({ users, features, times }: House, place: number, counts: boolean): Promise<void> {
  const { email } = namesOf(activeUser(users, place));
  const timed = async <T>(job: keyof Times, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const result = await work();
    if (counts) times[job].push(performance.now() - began);
    return result;
  };
  const command = { name: email, byUsername: false, password, origin, clientId: 'bench' };
  const tokens = await timed('login', () => features.signIn.logIn(command));
  await timed('user', async () => features.sessions.authenticate(tokens.accessToken.reveal(), undefined));
  await timed('refresh', () => features.sessions.refresh(tokens.refreshToken.reveal(), { origin, clientId: 'bench' }));
}

/** Strides by a prime, so that neighbours in time are none in the table. */
function activeUser(users: number, place: number): number {
  let id = ((place * 7_919) % users) + 1;
  while (isDeleted(id) || id % 17 === 0) id = (id % users) + 1;
  return id;
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

async function compare(name: string, open: (users: number) => Promise<Database>): Promise<void> {
  const databases: Database[] = [];
  try {
    const houses: House[] = [];
    for (const users of sizes) {
      const db = await open(users);
      databases.push(db);
      houses.push(await furnish(db, users));
    }
    for (let place = 0; place < rounds + warmUp; place += 1) {
      for (const house of houses) await round(house, place, place >= warmUp);
    }
    report(name, houses);
  } finally {
    for (const db of databases) await db.close();
  }
}

function report(name: string, [small, large]: readonly House[]): void {
  if (small === undefined || large === undefined) return;
  process.stdout.write(`${name}, medians of ${rounds} in ms: ${small.users} users, ${large.users} users, ratio\n`);
  for (const job of jobs) {
    const [few, many] = [median(small.times[job]), median(large.times[job])];
    process.stdout.write(`  ${job.padEnd(8)} ${few.toFixed(3)}  ${many.toFixed(3)}  ${(many / few).toFixed(2)}\n`);
  }
}

mkdirSync(folder, { recursive: true });
try {
  await compare('SQLite', async (users) => openSqlite({ path: join(folder, `${users}.db`) }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (values.postgres) {
  const server = await startPostgres();
  if ('missing' in server) throw new Error(server.missing);
  try {
    await compare(`PostgreSQL ${server.version}`, async () => openUrl(await createDatabaseOn(server.url), 5));
  } finally {
    await server.close();
  }
}
