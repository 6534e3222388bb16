import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createBulkInsert } from '../server/src/db/copy/copy-table.ts';
import type { Database } from '../server/src/db/database.ts';
import { openSqlite } from '../server/src/db/dialects/sqlite/database.ts';
import { migrate } from '../server/src/db/migrate.ts';
import { schemaTables } from '../server/src/db/schema.ts';
import { createAudit, type Filter } from '../server/src/features/audit/index.ts';
import { Secret } from '../server/src/kernel/secret.ts';
import { createDatabaseOn, openUrl } from '../server/test/support/databases/index.ts';
import { startPostgres } from '../server/test/support/databases/postgres.ts';
import { createTestClock, testRandom } from '../server/test/support/ports.ts';

/**
 * How long a page of the audit record takes, for each filter: `node bench/audit.ts [--rows 1000000] [--rounds 50] [--postgres]`. The
 * median and the slowest of pages of 50 at places all over the record.
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '50' },
    postgres: { type: 'boolean', default: false },
  },
});
const total = Number(values.rows);
const rounds = Number(values.rounds);
const clock = createTestClock();
const everyMs = 250;
const begun = clock.now() - total * everyMs;
const pageRows = 1_000;
const users = 100_000;
const busyAdmin = 1;

const sessionOf = (place: number): string => `session-${String(place).padStart(14, '0')}`;
const userOf = (place: number): number => ((place * 7_919) % users) + 2;

/** Half of the rows are logins, a third their ends; one in a hundred thousand is rare. An administrator did a tenth of them. */
function rowAt(place: number): Record<string, string | number | null> {
  const kind = place % 10;
  const rare = place % 100_000 === 7;
  const user = userOf(place);
  return {
    id: place + 1,
    at: begun + place * everyMs,
    event: rare ? 'key.revoked' : kind < 5 ? 'session.started' : kind < 8 ? 'session.ended' : 'login.failed',
    outcome: kind < 8 ? 'success' : 'refused',
    reason: rare ? null : kind < 5 ? 'password' : kind < 8 ? 'logout' : 'invalid-credentials',
    actor_id: kind === 7 ? busyAdmin : kind < 8 ? user : null,
    subject_id: user,
    session_id: kind < 8 ? sessionOf(place) : null,
    ip: null,
    object: null,
    format: 1,
    uid: `019b76da-a800-7000-8000-${String(place).padStart(12, '0')}`,
    api_key: place % 1_000 === 0 ? `key-${place % 7}` : null,
    ip_digest: 'd'.repeat(43),
    note_digest: null,
    mac: 'm'.repeat(43),
    seq: place + 1,
    proof: 'mac',
    chain: 'c'.repeat(43),
  };
}

async function fill(db: Database): Promise<void> {
  await migrate(db, clock.now());
  const insertOf = (name: string) => {
    const table = schemaTables(db.dialect).find((it) => it.name === name);
    if (table === undefined) throw new Error(`there is no table ${name}`);
    return createBulkInsert(db.dialect, table);
  };
  const [events, personal] = [insertOf('audit_events'), insertOf('audit_personal')];
  for (let done = 0; done < total; done += pageRows) {
    const rows = Array.from({ length: Math.min(pageRows, total - done) }, (_, place) => rowAt(done + place));
    const addresses = rows.map(({ id, actor_id, subject_id }) => ({
      event_id: id ?? 0,
      part: 'ip',
      person_id: actor_id ?? subject_id ?? null,
      salt: 's'.repeat(22),
      value: '192.0.2.1',
    }));
    const insert = async () => {
      await db.transact(
        async (tx) => {
          await tx.query(events(rows));
          await tx.query(personal(addresses));
        },
        { patience: 'maintenance' },
      );
    };
    await insert();
  }
}

const middle = begun + (total / 2) * everyMs;

const filters: Readonly<Record<string, (place: number) => Filter>> = {
  'no filter': () => ({}),
  event: () => ({ event: 'login.failed' }),
  'a rare event': () => ({ event: 'key.revoked' }),
  outcome: () => ({ outcome: 'refused' }),
  reason: () => ({ reason: 'logout' }),
  actor: (place) => ({ actor: userOf(place) }),
  'a busy actor': () => ({ actor: busyAdmin }),
  subject: (place) => ({ subject: userOf(place) }),
  session: (place) => ({ session: sessionOf(place - (place % 10)) }),
  'api key': () => ({ apiKey: 'key-3' }),
  'time range': (place) => ({ since: begun + place * everyMs, until: begun + (place + 10_000) * everyMs }),
  'event and time': (place) => ({ event: 'session.ended', until: begun + place * everyMs }),
  'subject and outcome': (place) => ({ subject: userOf(place), outcome: 'refused' }),
  'actor and rare event': () => ({ actor: busyAdmin, event: 'key.revoked' }),
  'event of nobody since the middle': () => ({ event: 'role.created', since: middle }),
};

async function measure(name: string, db: Database): Promise<void> {
  const began = performance.now();
  await fill(db);
  process.stderr.write(`${name}: ${total} rows in ${((performance.now() - began) / 1_000).toFixed(0)} s\n`);
  const secretKeys = { present: new Secret('a secret key for a benchmark, long enough'), former: [] };
  const outside = { witnesses: [], warn: () => {}, issuer: 'http://localhost:8000' };
  const audit = await createAudit({ db, clock, random: testRandom, secretKeys, ...outside });
  process.stdout.write(`${name}, ${total} rows, a page of 50: median, slowest in ms\n`);
  for (const [what, filterAt] of Object.entries(filters)) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const filter = filterAt((round * 104_729) % total);
      const order = round % 2 === 0 ? 'desc' : 'asc';
      const query = { filter, order, limit: 50, by: undefined } as const;
      const start = performance.now();
      const page = await audit.find(query);
      times.push(performance.now() - start);
      if (page.next === undefined) continue;
      const next = performance.now();
      await audit.find({ ...query, cursor: page.next });
      times.push(performance.now() - next);
    }
    times.sort((a, b) => a - b);
    const [median = 0, slowest = 0] = [times[times.length >> 1], times.at(-1)];
    process.stdout.write(`  ${what.padEnd(34)} ${median.toFixed(2).padStart(8)} ${slowest.toFixed(2).padStart(8)}\n`);
  }
}

const folder = join('data', 'bench-audit');
if (values.postgres) {
  const started = await startPostgres();
  if ('missing' in started) throw new Error(`NOT RUN: ${started.missing}`);
  const db = await openUrl(await createDatabaseOn(started.url));
  await measure('PostgreSQL', db).finally(() => db.close());
  await started.close();
} else {
  mkdirSync(folder, { recursive: true });
  const db = openSqlite({ path: join(folder, 'audit.db') });
  await measure('SQLite', db).finally(() => db.close());
  rmSync(folder, { recursive: true, force: true });
}
