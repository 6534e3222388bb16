import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabaseOn } from '../../server/test/support/databases/index.ts';
import { startPostgres, type TestPostgres } from '../../server/test/support/databases/postgres.ts';
import { freePort } from '../../server/test/support/databases/server-process.ts';
import { betterAuth } from '../contenders/better-auth/contender.ts';
import { fastapiSeed } from '../contenders/fastapi-seed/contender.ts';
import { keyward } from '../contenders/keyward/contender.ts';
import { type Limit, launchBareHttp, limits } from '../contenders/limits/limits.ts';
import type { Contender, Request } from './contender.ts';
import { busyMs, machine } from './machine.ts';
import { usageOf } from './process-tree.ts';
import { type Job, jobs, type Results, type Sample, type SubjectResults } from './results.ts';
import { type Instruments, type Measurement, measure, measureBare } from './rounds.ts';
import { ask, type Running, start } from './running.ts';
import {
  type Measured,
  proveCredentials,
  signInMany,
  signUpAll,
  startSubject,
  stopSubject,
  subjectsOf,
} from './subjects.ts';
import { findWrk, type Wrk } from './wrk.ts';

export interface Options {
  readonly folder: string;
  readonly rounds: number;
  readonly quick: boolean;
  /** The name of the one contender besides Keyward. */
  readonly only: string | undefined;
  readonly say: (text: string) => void;
}

const contenders: readonly Contender[] = [keyward, betterAuth, fastapiSeed];

const secondsOf = (quick: boolean): Readonly<Record<Job, number>> =>
  quick
    ? { user: 1, refresh: 1, 'sign-in': 2, 'sign-up': 1, mixed: 2 }
    : { user: 4, refresh: 4, 'sign-in': 6, 'sign-up': 6, mixed: 6 };

/** Everything in one run, contender after contender within each round of each job. */
export async function runBenchmark(options: Options): Promise<Results> {
  if (process.platform !== 'linux') throw new Error('the benchmark reads /proc, so it runs on Linux alone');
  const wrk = findWrk();
  if ('missing' in wrk) throw new Error(wrk.missing);
  const postgres = await startPostgres();
  try {
    const bench = await setUp(options, wrk, 'missing' in postgres ? undefined : postgres);
    if ('missing' in postgres) bench.notRun.push(`PostgreSQL: ${postgres.missing}`);
    return await runAll(bench, options).finally(() => tearDown(bench));
  } finally {
    if (!('missing' in postgres)) await postgres.close();
  }
}

interface Bench {
  /** Without those that did not come through their first start. */
  subjects: readonly Measured[];
  readonly instruments: Instruments;
  readonly versions: Record<string, string>;
  readonly notRun: string[];
  /** What the SQLite and the PostgreSQL loop work on. */
  readonly places: { readonly none: string; readonly sqlite: string; readonly postgres: string | undefined };
  bare: Running | undefined;
  bareRequest: Request | undefined;
  readonly samples: Map<string, { [job in Job]?: Sample[] }>;
  readonly starts: Map<string, { first: number; startMs: number[]; idleRssMib: number[] }>;
}

async function setUp(
  { folder, quick, only, say }: Options,
  wrk: Wrk,
  postgres: TestPostgres | undefined,
): Promise<Bench> {
  const versions: Record<string, string> = {
    node: process.versions.node,
    sqlite: process.versions.sqlite ?? 'unknown',
    wrk: wrk.version,
  };
  if (postgres !== undefined) versions.postgresql = postgres.version;
  const notRun: string[] = [];
  const subjects: Measured[] = [];
  for (const contender of contenders) {
    if (only !== undefined && contender !== keyward && contender.name !== only) continue;
    say(`preparing ${contender.name}`);
    const prepared = await contender.prepare();
    if ('missing' in prepared) {
      notRun.push(`${contender.name}: ${prepared.missing}`);
      continue;
    }
    Object.assign(versions, prepared.versions);
    const emptyDatabases = postgres && (() => createDatabaseOn(postgres.url));
    if (quick && contender !== keyward) notRun.push(`${contender.name} on PostgreSQL: left out of a quick run`);
    subjects.push(
      ...(await subjectsOf(contender, folder, quick && contender !== keyward ? undefined : emptyDatabases)),
    );
  }
  const sqlite = join(folder, 'limit');
  mkdirSync(sqlite);
  return {
    subjects,
    instruments: { wrk, folder, databasePid: postgres?.pid, seconds: secondsOf(quick) },
    versions,
    notRun,
    places: { none: '', sqlite, postgres: postgres && (await createDatabaseOn(postgres.url)) },
    bare: undefined,
    bareRequest: undefined,
    samples: new Map(),
    starts: new Map(),
  };
}

async function tearDown(bench: Bench): Promise<void> {
  for (const subject of bench.subjects) await stopSubject(subject);
  await bench.bare?.stop();
}

async function runAll(bench: Bench, options: Options): Promise<Results> {
  const ownMs = () => usageOf(process.pid).cpuMs;
  const [began, busy, own] = [performance.now(), busyMs(), ownMs()];
  await firstStarts(bench, options);
  await laterStarts(bench, options);
  await startAll(bench, options);
  await warmUp(bench, options);
  let round = 0;
  for (; round < options.rounds && !isLate(began, round, options); round += 1) await runRound(bench, options, round);
  if (round < options.rounds) bench.notRun.push(`round ${round + 1}: the machine is too busy for a quick run`);
  const others = (busyMs() - busy - (ownMs() - own)) / (performance.now() - began);
  return resultsOf(bench, { ...options, rounds: round }, Math.max(0, others));
}

/** A quick run keeps its word of three minutes on a machine that is busy with other things, at the price of a round. */
const isLate = (began: number, round: number, { quick }: Options): boolean =>
  quick && round > 0 && performance.now() - began > lateMs;

const lateMs = 110_000;

const nameOf = ({ name, store, hash, place }: Measured): string =>
  `${name} / ${store}${hash === 'equal' ? ' / argon2id' : ''}${place.refreshing ? ' / refreshing' : ''}`;

/** Those that are started again and again: one for each contender and database. */
const asTheyAre = ({ subjects }: Bench) => subjects.filter(({ hash, place }) => hash === 'own' && !place.refreshing);

/** Each makes its database and its accounts, and shows that it answers properly. Who does not is out, and it is told at the end. */
async function firstStarts(bench: Bench, { say }: Options): Promise<void> {
  const good: Measured[] = [];
  for (const subject of bench.subjects) {
    say(`first start of ${nameOf(subject)}`);
    try {
      bench.starts.set(nameOf(subject), { first: await furnish(subject), startMs: [], idleRssMib: [] });
      good.push(subject);
    } catch (error) {
      bench.notRun.push(`${nameOf(subject)}: ${error instanceof Error ? error.message : error}`);
    } finally {
      await stopSubject(subject);
    }
  }
  bench.subjects = good;
}

/** @returns milliseconds to the first answer of a server that has to make its database */
async function furnish(subject: Measured): Promise<number> {
  const { startMs } = await startSubject(subject, { watched: false });
  await signUpAll(subject);
  await proveCredentials(subject, await signInMany(subject, 1));
  return startMs;
}

async function laterStarts(bench: Bench, { rounds, quick, say }: Options): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    say(`starts, round ${round + 1} of ${rounds}`);
    for (const subject of asTheyAre(bench)) {
      const { startMs, pid } = await startSubject(subject, { watched: false });
      await sleep(quick ? 500 : 3_000);
      const starts = bench.starts.get(nameOf(subject));
      starts?.startMs.push(startMs);
      starts?.idleRssMib.push(usageOf(pid).rssMib);
      await stopSubject(subject);
    }
  }
}

/** All of them, and the bare server with the very bytes that Keyward answers. */
async function startAll(bench: Bench, { folder }: Options): Promise<void> {
  for (const subject of bench.subjects) await startSubject(subject, { watched: true });
  const [model] = bench.subjects;
  const [mine] = model === undefined ? [] : await signInMany(model, 1);
  if (model === undefined || mine === undefined) throw new Error('there is no Keyward to compare with');
  const { rawHeaders, text } = await ask(model.place.port, mine.user);
  const headers = rawHeaders.filter((_, place) => !byNode.has((rawHeaders[place - (place % 2)] ?? '').toLowerCase()));
  const own = join(folder, 'bare');
  mkdirSync(own);
  const place = { ...model.place, port: await freePort(), folder: own };
  bench.bareRequest = mine.user;
  bench.bare = await start(place, launchBareHttp(place, { headers, body: text }), mine.user, { watched: true });
}

/** Before anything counts, so that what a compiler makes of much-used code is there. */
async function warmUp(bench: Bench, { say }: Options): Promise<void> {
  for (const job of ['user', 'refresh'] as const) {
    say(`warm-up: ${job}`);
    for (const turn of turnsOf(bench, job, 0)) await turn();
  }
  bench.samples.clear();
}

/** What Node writes by itself into every answer. */
const byNode = new Set(['date', 'connection', 'keep-alive']);

async function runRound(bench: Bench, { rounds, say }: Options, round: number): Promise<void> {
  for (const job of jobs) {
    say(`round ${round + 1} of ${rounds}: ${job}`);
    const turns = turnsOf(bench, job, round);
    // Nobody is always first or always last.
    for (let turn = 0; turn < turns.length; turn += 1) await turns[(turn + round) % turns.length]?.();
  }
}

/** What is measured in a round of a job, each once. */
function turnsOf(bench: Bench, job: Job, round: number): (() => Promise<void>)[] {
  const { instruments, bare, bareRequest } = bench;
  const servers = bench.subjects.filter((it) => it.jobs.includes(job));
  const turn = (name: string, work: () => Promise<Measurement>) => () =>
    inTurn(bench, name, job, async () => ({ ...(await work()), round }));
  const turns = servers.map((it) => turn(nameOf(it), () => measure(it, job, instruments)));
  const bounds = limits.filter((it) => it.job === job && bench.places[it.store] !== undefined);
  turns.push(...bounds.map((it) => turn(it.name, () => measureLimit(bench, it))));
  if (job === 'user' && bare !== undefined && bareRequest !== undefined)
    turns.push(turn(bareName, () => measureBare(bare, bareRequest, instruments)));
  return turns;
}

/** One contender's failure is told at the end, and keeps nobody else from their turn. */
async function inTurn(bench: Bench, name: string, job: Job, work: () => Promise<Sample>): Promise<void> {
  try {
    note(bench, name, job, await work());
  } catch (error) {
    bench.notRun.push(`${name}, ${job}: ${error instanceof Error ? error.message : error}`);
  }
}

export const bareName = 'bare node:http';

function note({ samples }: Bench, name: string, job: Job, sample: Sample): void {
  const all = samples.get(name) ?? {};
  samples.set(name, { ...all, [job]: [...(all[job] ?? []), sample] });
}

async function measureLimit(
  { places, instruments: { seconds, databasePid } }: Bench,
  limit: Limit,
): Promise<Measurement> {
  const used = () => (limit.store === 'postgres' && databasePid !== undefined ? usageOf(databasePid).cpuMs : 0);
  const before = used();
  const done = await limit.run(places[limit.store] ?? '', seconds[limit.job]);
  const databaseCpuMs = (used() - before) / done.turns;
  return { perSecond: done.turns / done.seconds, cpuMs: done.cpuMs / done.turns, databaseCpuMs };
}

function resultsOf(
  { subjects, samples, starts, versions, notRun, instruments }: Bench,
  options: Options,
  othersCores: number,
): Results {
  const servers = subjects
    .filter(({ place }) => !place.refreshing)
    .map((it): SubjectResults => {
      const { name, store, hash, hashName, place } = it;
      const { first: firstStartMs, ...started } = starts.get(nameOf(it)) ?? {
        first: undefined,
        startMs: [],
        idleRssMib: [],
      };
      // What was refreshed apart belongs to the same contender.
      const apart = hash === 'own' ? samples.get(nameOf({ ...it, place: { ...place, refreshing: true } })) : undefined;
      return { name, store, hash, hashName, jobs: { ...samples.get(nameOf(it)), ...apart }, ...started, firstStartMs };
    });
  const bounds = [{ name: bareName, store: 'none' } as const, ...limits].map(({ name, store }): SubjectResults => {
    const none = { hash: 'own', hashName: '', startMs: [], idleRssMib: [], firstStartMs: undefined } as const;
    return { name, store, ...none, jobs: samples.get(name) ?? {} };
  });
  return {
    at: new Date().toISOString().slice(0, 10),
    quick: options.quick,
    rounds: options.rounds,
    machine: machine(),
    versions,
    othersCores,
    loadHasPrecedence: instruments.wrk.hasPrecedence,
    subjects: [...servers, ...bounds],
    notRun,
  };
}
