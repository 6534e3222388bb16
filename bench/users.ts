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
import { rawQuery } from '../server/src/db/raw-query.ts';
import type { ListUsersCommand } from '../server/src/features/directory/index.ts';
import { asUserId } from '../server/src/kernel/ids.ts';
import { Secret } from '../server/src/kernel/secret.ts';
import { createDatabaseOn, openUrl } from '../server/test/support/databases/index.ts';
import { startMariadb } from '../server/test/support/databases/mariadb.ts';
import { startPostgres } from '../server/test/support/databases/postgres.ts';
import { namesOf, populate } from '../server/test/support/population.ts';
import { createTestClock, createTestHasher, testRandom } from '../server/test/support/ports.ts';

/**
 * How long every list takes that `GET /users` offers: each search, status, sort and direction, the first page and one far behind it.
 * `node bench/users.ts [--users 100000] [--rounds 41] [--postgres] [--mariadb]`; without a database it is SQLite.
 *
 * Measured is the use case for an administrator who asks, all statements of it, without HTTP. All lists take turns, so that whatever else
 * the machine does meets all of them.
 */
const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '41' },
    postgres: { type: 'boolean', default: false },
    mariadb: { type: 'boolean', default: false },
  },
});
const users = Number(values.users);
const rounds = Number(values.rounds);
/** Of a page, unless it says otherwise: the largest that is offered. */
const limit = 200;
const farBehind = Math.min(20_000, Math.floor(users / 20));

const clock = createTestClock();
const began = clock.now();
const administrator = { userId: asUserId(1) };

type Query = Omit<ListUsersCommand, 'limit' | 'cursor' | 'by'>;

const everybody: Query = { status: 'living', descending: false };
const middle = Math.floor(users / 2);

const statuses = ['living', 'active', 'disabled', 'deleted', 'any'] as const;
const sorts = ['created', 'email', 'username'] as const;

/** The searches, by what they are called. */
const searches: Readonly<Record<string, Partial<Query>>> = {
  'one address': { email: namesOf(middle + 5 - (middle % 5)).email },
  'address begins with "user."': { email: 'user.' },
  'address begins with "u"': { email: 'U' },
  'address of nobody': { email: 'zzz@nowhere.example' },
  'username begins with "user 1"': { username: 'User 1' },
  'username of nobody': { username: 'zzz' },
  id: { id: asUserId(middle) },
  'role of all': { role: 'everybody' },
  'role of five': { role: 'few' },
  'role of administrators': { role: 'admin' },
  'made in the second half': { createdAfter: began + middle },
  'made in one second': { createdAfter: began + middle, createdBefore: began + middle + 1_000 },
  'made before all': { createdBefore: began },
};

function* queries(): Generator<readonly [name: string, query: Query]> {
  for (const status of statuses) {
    for (const sort of sorts) {
      for (const descending of [false, true]) {
        yield [`${status}, by ${descending ? '-' : ''}${sort}`, { status, sort, descending }];
      }
    }
    for (const [name, search] of Object.entries(searches))
      yield [`${status}, ${name}`, { ...everybody, status, ...search }];
  }
}

async function furnish(db: Database): Promise<Features> {
  await migrate(db, began);
  const config = loadAppConfig({ environment: { RATE_LIMITS: 'off' }, readFile: () => '' });
  if (!config.ok) throw new Error(JSON.stringify(config.faults));
  const start = performance.now();
  await populate(db, { users, firstId: 1, passwordHash: 'none', at: began, sessionEvery: 1_000 });
  const secretKeys = { present: new Secret('a secret key for a benchmark, long enough'), former: [] };
  const adapters = {
    ticker: systemTicker,
    random: testRandom,
    hasher: createTestHasher(),
    breachedPasswords: undefined,
    witnesses: [],
    ...openMail(config.values),
    warn: () => {},
  };
  const features = await compose({ db, clock, secretKeys, ...adapters }, config.values, 'http://localhost:8000');
  for (const name of ['everybody', 'few']) {
    await features.roles.createRole({ name, description: '', permissions: [], by: undefined });
  }
  await giveRole(db, features, 'admin', 1, 1);
  await giveRole(db, features, 'everybody', 1, users);
  await giveRole(db, features, 'few', users - 4, users);
  // What PostgreSQL does by itself within a minute (autovacuum), and MariaDB and MySQL as they go.
  const statistics = rawQuery(db.dialect, 'analyze');
  if (db.dialect.name === 'postgres') await db.transact((tx) => tx.query(statistics), { patience: 'maintenance' });
  process.stderr.write(`${users} users in ${((performance.now() - start) / 1_000).toFixed(1)} s\n`);
  return features;
}

/** To all whose ids are from `first` to `last`, also those who are deleted. */
async function giveRole(db: Database, { roles }: Features, name: string, first: number, last: number): Promise<void> {
  const role = await roles.store.findRoleId(db, name);
  const { builder } = db.dialect;
  const who = builder
    .selectFrom('users')
    .select(({ val }) => ['id', val(role).as('role_id'), val(began).as('assigned_at')])
    .where('id', '>=', first)
    .where('id', '<=', last);
  const insert = builder.insertInto('user_roles').columns(['user_id', 'role_id', 'assigned_at']).expression(who);
  await db.transact((tx) => tx.query(insert), { patience: 'maintenance' });
}

interface Subject {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  readonly times: number[];
}

/** The first page of each list, and one behind many others. */
async function subjectsOf({ directory }: Features): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const [name, query] of queries()) {
    const ask = (size: number, cursor?: string) => directory.list({ ...query, limit: size, cursor, by: administrator });
    subjects.push({ name, run: () => ask(limit), times: [] });
    const { nextCursor } = await ask(farBehind);
    if (nextCursor !== undefined) {
      subjects.push({ name: `${name}, far behind`, run: () => ask(limit, nextCursor), times: [] });
    }
  }
  return subjects;
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

async function measure(name: string, db: Database): Promise<void> {
  try {
    const subjects = await subjectsOf(await furnish(db));
    for (const { run } of subjects) await run();
    for (let round = 0; round < rounds; round += 1) {
      for (const { run, times } of subjects) {
        const start = performance.now();
        await run();
        times.push(performance.now() - start);
      }
    }
    report(name, subjects);
  } finally {
    await db.close();
  }
}

function report(name: string, subjects: readonly Subject[]): void {
  process.stdout.write(`${name}, ${users} users, pages of ${limit}, medians of ${rounds} in ms\n`);
  const medians = subjects.map((it) => ({ name: it.name, ms: median(it.times) })).sort((a, b) => b.ms - a.ms);
  for (const it of medians) process.stdout.write(`  ${it.ms.toFixed(2).padStart(8)}  ${it.name}\n`);
}

async function onServer(name: string, start: typeof startPostgres | typeof startMariadb): Promise<void> {
  const server = await start();
  if ('missing' in server) throw new Error(server.missing);
  try {
    await measure(`${name} ${server.version}`, await openUrl(await createDatabaseOn(server.url), 5));
  } finally {
    await server.close();
  }
}

async function onSqlite(): Promise<void> {
  const folder = join('data', `bench-users-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    await measure('SQLite', openSqlite({ path: join(folder, 'users.db') }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (values.postgres) await onServer('PostgreSQL', startPostgres);
if (values.mariadb) await onServer('MariaDB', startMariadb);
if (!values.postgres && !values.mariadb) await onSqlite();
