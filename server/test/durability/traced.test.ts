import assert from 'node:assert/strict';
import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Database } from '../../src/db/database.ts';
import { type Answer, createClient } from '../support/client.ts';
import { createTestFolder } from '../support/folder.ts';
import { rawQuery, readLedger } from '../support/ledger.ts';
import { startServerProcess } from '../support/process.ts';
import { createSeeded } from '../support/seeded.ts';
import { hasTable, recovered } from './recovered.ts';
import { parseTrace, type TraceEvent, traceInto } from './trace.ts';
import { createTracedDisk } from './traced-disk.ts';

/** What a program did to its disk, and what it acknowledged, each from the moment at which it began to say so. */
interface Traced {
  readonly events: readonly TraceEvent[];
  readonly acknowledged: readonly { readonly line: number; readonly what: string }[];
}

/** What of `promised` a database lacks that was started again, and what in it is half done. */
type Losses = (db: Database, promised: readonly string[]) => Promise<string[]>;

const whyNot = reasonNotToTrace();
if (whyNot !== undefined) {
  process.once('exit', () => process.stderr.write(`\nNOT RUN: the power cuts over traced system calls: ${whyNot}\n`));
}

describe('the power cut, over the system calls of a real process', () => {
  const skip = whyNot ?? false;
  test('a server loses no sign-up and no refresh that it has answered', { skip }, async (t) => {
    const traced = await traceServer();
    await survivesEveryCut(t, traced, lossesOfAccounts);
  });

  test('a database with many checkpoints loses no entry that it has acknowledged, and leaves none half done', {
    skip,
  }, async (t) => {
    const traced = await traceWriter();
    const restarts = traced.events.filter((event) => event.kind === 'write' && startsWal(event)).length;
    assert.ok(restarts >= 3, `checkpoints must take part; the WAL was started ${restarts} times`);
    await survivesEveryCut(t, traced, lossesOfEntries);
  });
});

async function survivesEveryCut(t: TestContext, { events, acknowledged }: Traced, losses: Losses): Promise<void> {
  const random = createSeeded(1);
  const disk = createTracedDisk(events);
  const lastLine = Math.max(...events.map(({ ended }) => ended));
  const afterAnswers = acknowledged.filter((_, place) => place % Math.ceil(acknowledged.length / 30) === 0);
  const lines = [...afterAnswers.map(({ line }) => line), ...Array.from({ length: 20 }, () => random.below(lastLine))];
  for (const line of [...lines, lastLine]) {
    const promised = acknowledged.filter((one) => one.line <= line).map(({ what }) => what);
    for (const files of [disk.sureAt(line), disk.tornAt(line, random), disk.tornAt(line, random)]) {
      assert.deepEqual(await restart(files, (db) => losses(db, promised)), [], `the power went at line ${line}`);
    }
  }
  t.diagnostic(`${acknowledged.length} answers, ${lines.length + 1} cuts, ${3 * (lines.length + 1)} disks`);

  // The control: as though nobody had called `fdatasync`, which is what group commits rest on. SQLite's own syncs stay.
  const unsynced = createTracedDisk(events.filter((event) => event.kind !== 'sync' || event.call !== 'fdatasync'));
  const lost = new Set<string>();
  for (const { line } of afterAnswers) {
    const promised = acknowledged.filter((one) => one.line <= line).map(({ what }) => what);
    for (const one of await restart(unsynced.sureAt(line), (db) => losses(db, promised))) lost.add(one);
  }
  assert.ok(lost.size > 0, 'the analysis would not notice a loss');
}

/** Starts a database from these files, and lets `body` look. */
const restart = <T>(files: Map<string, Buffer>, body: (db: Database) => Promise<T>): Promise<T> =>
  recovered(Object.fromEntries([...files].map(([path, content]) => [basename(path), content])), body);

const startsWal = ({ path, offset }: { path: string; offset: number }) => path.endsWith('-wal') && offset === 0;

/** Sign-ups and refreshes by a few clients at once. */
async function traceServer(): Promise<Traced> {
  using folder = createTestFolder();
  mkdirSync(folder.file('home'));
  const trace = folder.file('trace');
  const options = {
    dataDir: folder.file('home'),
    env: { DATA_DIR: folder.file('data/of/keyward') },
  };
  const answers: Answer[] = [];
  {
    await using server = await startServerProcess({ ...options, under: traceInto(trace) });
    const call = createClient(server.url);
    const client = async (number: number) => {
      for (let turn = 0; turn < 13; turn += 1) {
        const username = `user-${number}-${turn}`;
        const json = { username, email: `${username}@example.com`, password: 'kestrel over the amber hill' };
        const signup = await call('POST', '/signup', { json });
        answers.push(signup, await call('GET', '/refresh-access-token', { cookie: signup.cookie }));
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, number) => client(number)));
    // The first line of the trace is of the server; its tracer ends when it does.
    await server.stop(Number.parseInt(readFileSync(trace, 'latin1'), 10));
  }
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201, 200]));
  const events = parseTrace(readFileSync(trace, 'latin1'), folder.path);
  const acknowledged = acknowledgedIn(
    events,
    /^HTTP\/1\.1 20[01] .*?refresh_token=([^.]+\.\d+).*"username":"([^"]+)"/s,
  );
  assert.equal(acknowledged.length, answers.length);
  return { events, acknowledged };
}

/** Each promise is `<session>.<generation> <username>`. */
const lossesOfAccounts: Losses = async (db, promised) => {
  if (!(await hasTable(db, 'sessions'))) return [...promised];
  type Row = { id: string; generation: number; username: string };
  const query = 'select sessions.id, generation, username from sessions join users on users.id = user_id';
  const rows = await db.query(rawQuery<Row>(db, query));
  const generations = new Map(rows.map((row) => [`${row.id} ${row.username}`, row.generation]));
  return promised.filter((promise) => {
    const [, session, generation, username] = /^(.*)\.(\d+) (.*)$/.exec(promise) ?? [];
    return (generations.get(`${session} ${username}`) ?? -1) < Number(generation);
  });
};

async function traceWriter(): Promise<Traced> {
  using folder = createTestFolder();
  const program = fileURLToPath(new URL('./traced-writer.ts', import.meta.url));
  const [tracer = '', ...args] = traceInto(folder.file('trace'));
  const stdio: SpawnOptions['stdio'] = ['ignore', 'pipe', 'inherit'];
  const child = spawn(tracer, [...args, process.execPath, program, folder.file('made/for/keyward.db')], { stdio });
  child.stdout?.resume();
  assert.deepEqual(await once(child, 'close'), [0, null]);
  const events = parseTrace(readFileSync(folder.file('trace'), 'latin1'), folder.path);
  return { events, acknowledged: acknowledgedIn(events, /^acknowledged (\d+)$/m) };
}

const lossesOfEntries: Losses = async (db, promised) => {
  if (!(await hasTable(db, 'ledger'))) return [...promised];
  const { whole, half } = await readLedger(db);
  return [...promised.filter((entry) => !whole.has(Number(entry))), ...half.map((entry) => `half of ${entry}`)];
};

const acknowledgedIn = (events: readonly TraceEvent[], shape: RegExp) =>
  events.flatMap((event) => {
    const parts = event.kind === 'said' ? shape.exec(event.text) : null;
    return parts === null ? [] : [{ line: event.begun, what: parts.slice(1).join(' ') }];
  });

function reasonNotToTrace(): string | undefined {
  const [tracer = '', ...args] = traceInto('/dev/null');
  const { error, status, stderr } = spawnSync(tracer, [...args, 'true'], { encoding: 'utf8' });
  if (error !== undefined) return 'strace is not installed';
  return status === 0 ? undefined : `strace cannot trace here: ${stderr.trim().split('\n').at(-1)}`;
}
