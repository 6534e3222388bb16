/**
 * `npm run crash -- [--kills 200] [--database sqlite|postgres] [--kill server|database] [--seed 1] [--control]`
 *
 * Eight clients write; the server, or the database under it, is killed at random; afterwards every acknowledged write must be there and
 * nothing half done.
 *
 * `--control` shows that a loss would be noticed: PostgreSQL acknowledges before it has written (`synchronous_commit = off`), and its kill
 * must lose something. SQLite has no such control here: a killed process loses nothing even without syncs, since the kernel still holds
 * what was written. Its control cuts the power: server/test/durability/power-cut.test.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  brokenPromises,
  type CrashJournal,
  createCrashJournal,
  keepCrashJournal,
} from '../test/nodes/crash-journal.ts';
import { createDatabaseOn, runSql, untilReadiness } from '../test/nodes/ground.ts';
import { type Call, createClient } from '../test/support/client.ts';
import { startPostgres, type TestPostgres } from '../test/support/databases/postgres.ts';
import { createTestFolder } from '../test/support/folder.ts';
import { startServerProcess } from '../test/support/process.ts';
import { createSeeded } from '../test/support/seeded.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    database: { type: 'string', default: 'sqlite' },
    kill: { type: 'string', default: 'server' },
    seed: { type: 'string', default: '1' },
    control: { type: 'boolean', default: false },
  },
});
const kills = Number(values.kills);
const clients = 8;
const random = createSeeded(Number(values.seed));
const admin = { email: 'root@x.test', password: 'correct horse battery staple' };

if (values.kill === 'database' && values.database === 'sqlite') fail('SQLite has no process of its own to kill.');
if (values.control && values.kill !== 'database')
  fail('--control needs --database postgres --kill database; see the head.');

function fail(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(2);
}

async function startDatabase(): Promise<TestPostgres | undefined> {
  if (values.database === 'sqlite') return undefined;
  const started = await startPostgres();
  if ('missing' in started) fail(`NOT RUN: ${started.missing}`);
  if (!values.control) return started;
  await runSql(started.url, 'alter system set synchronous_commit = off');
  await runSql(started.url, `alter system set wal_writer_delay = '10s'`);
  await runSql(started.url, 'select pg_reload_conf()');
  return started;
}

const postgres = await startDatabase();
using folder = createTestFolder();
const env = {
  ...(postgres === undefined ? {} : { DATABASE_URL: await createDatabaseOn(postgres.url) }),
  REFRESH_GRACE_SECONDS: '300',
  ADMIN_EMAIL: admin.email,
  ADMIN_PASSWORD: admin.password,
};
const start = () => startServerProcess({ dataDir: folder.path, env });
let server = await start();
// The control is about what clients write; the schema is to outlive it.
if (values.control && postgres !== undefined) await runSql(postgres.url, 'checkpoint');
let previous: CrashJournal | undefined;
const total = { kills: 0, acknowledged: 0, accounts: 0, roles: 0, inDoubt: 0 };
const broken: string[] = [];

async function settle(call: Call, token: string): Promise<void> {
  if (previous === undefined) return;
  broken.push(...(await brokenPromises(call, token, previous)));
  total.acknowledged += previous.acknowledged;
  total.accounts += previous.entries.filter(({ state }) => state !== 'unknown').length;
  total.roles += previous.roles.length;
  total.inDoubt += previous.entries.filter(({ asked }) => asked !== 'nothing').length;
  previous = undefined;
}

async function adminToken(call: Call): Promise<string> {
  const { body } = await call('POST', '/login', { json: admin });
  return body.access_token;
}

for (; total.kills < kills; total.kills += 1) {
  const call = createClient(server.url);
  const token = await adminToken(call);
  await settle(call, token);
  const journal = createCrashJournal();
  const working = Promise.all(
    Array.from({ length: clients }, (_, client) =>
      keepCrashJournal(call, token, journal, `c${total.kills}-${client}`, random),
    ),
  );
  await Promise.race([working, sleep(100 + random.below(500))]);
  if (values.kill === 'server') {
    await server.kill();
    await working;
    server = await start();
  } else {
    await postgres?.kill();
    await working;
    await postgres?.start();
    await untilReadiness(call, 200);
  }
  previous = journal;
  if ((total.kills + 1) % 20 === 0)
    process.stdout.write(`${total.kills + 1} kills, ${broken.length} broken promises\n`);
}
const call = createClient(server.url);
await settle(call, await adminToken(call));
await server.stop();
await postgres?.close();

const rows = [
  ['database', values.database],
  ['killed', `${values.kill}, ${total.kills} times (seed ${values.seed})`],
  ['acknowledged writes', total.acknowledged],
  ['accounts', total.accounts],
  ['roles', total.roles],
  ['writes in doubt', total.inDoubt],
  ['broken promises', broken.length],
];
process.stdout.write(`\n${rows.map(([name, value]) => `${String(name).padEnd(22)}${value}`).join('\n')}\n`);
for (const promise of broken.slice(0, 20)) process.stdout.write(`  ${promise}\n`);
if (values.control)
  process.stdout.write(broken.length > 0 ? 'control: losses are noticed\n' : 'control: NOTHING WAS LOST\n');
process.exit(broken.length > 0 === values.control ? 0 : 1);
