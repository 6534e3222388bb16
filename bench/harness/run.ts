import { startPostgres } from '../../server/test/support/databases/postgres.ts';
import { type Limit, limits } from '../contenders/limits/limits.ts';
import { type Bench, nameOf, type Options, setUp, tearDown } from './bench.ts';
import { busyMs } from './machine.ts';
import { usageOf } from './process-tree.ts';
import { type Job, jobs, type Results, type Sample } from './results.ts';
import { bareName, resultsOf } from './results-of.ts';
import { type Measurement, measure, measureBare } from './rounds.ts';
import { firstStarts, laterStarts, startAll } from './starts.ts';
import { findWrk } from './wrk.ts';

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

async function runAll(bench: Bench, options: Options): Promise<Results> {
  const ownMs = () => usageOf(process.pid).cpuMs;
  const [began, busy, own] = [performance.now(), busyMs(), ownMs()];
  await firstStarts(bench, options);
  await laterStarts(bench, options);
  await startAll(bench, options);
  await warmUp(bench, options);
  const firstRound = performance.now();
  let round = 0;
  for (; round < options.rounds && !isLate({ began, firstRound, round }, options); round += 1)
    await runRound(bench, options, round);
  if (round < options.rounds) bench.notRun.push(`round ${round + 1}: the machine is too busy for a quick run`);
  const others = (busyMs() - busy - (ownMs() - own)) / (performance.now() - began);
  return resultsOf(bench, { ...options, rounds: round }, Math.max(0, others));
}

/** A quick run keeps its word of three minutes on a machine that is busy with other things, at the price of a round. */
function isLate(
  { began, firstRound, round }: { began: number; firstRound: number; round: number },
  { quick }: Options,
): boolean {
  // Before the first round there is nothing to reckon the next one by.
  if (!quick || round === 0) return false;
  const now = performance.now();
  const nextMs = (now - firstRound) / round;
  return now - began + nextMs > quickMs;
}

const quickMs = 165_000;

/** Before anything counts, so that what a compiler makes of much-used code is there. Loops start as new processes each time. */
async function warmUp(bench: Bench, { say }: Options): Promise<void> {
  for (const job of ['user', 'refresh'] as const) {
    say(`warm-up: ${job}`);
    for (const turn of serverTurnsOf(bench, job, 0)) await turn();
  }
  bench.samples.clear();
}

async function runRound(bench: Bench, { rounds, say }: Options, round: number): Promise<void> {
  for (const job of jobs) {
    say(`round ${round + 1} of ${rounds}: ${job}`);
    const turns = turnsOf(bench, job, round);
    // Nobody is always first or always last.
    for (let turn = 0; turn < turns.length; turn += 1) await turns[(turn + round) % turns.length]?.();
  }
}

/** What is measured in a round of a job, each once. */
function turnsOf(bench: Bench, job: Job, round: number): Turn[] {
  const loops = limits.filter((it) => it.job === job && bench.places[it.store] !== undefined);
  return [
    ...serverTurnsOf(bench, job, round),
    ...loops.map((it) => turnOf(bench, { name: it.name, job, round }, () => measureLimit(bench, it))),
  ];
}

type Turn = () => Promise<void>;

/** Of those that run all the time: the contenders and the bare server. */
function serverTurnsOf(bench: Bench, job: Job, round: number): Turn[] {
  const { instruments, bare, bareRequest } = bench;
  const turn = (name: string, work: () => Promise<Measurement>) => turnOf(bench, { name, job, round }, work);
  const servers = bench.subjects.filter((it) => it.jobs.includes(job));
  const turns = servers.map((it) => turn(nameOf(it), () => measure(it, job, instruments)));
  if (job === 'user' && bare !== undefined && bareRequest !== undefined)
    turns.push(turn(bareName, () => measureBare(bare, bareRequest, instruments)));
  return turns;
}

const turnOf =
  (bench: Bench, { name, job, round }: { name: string; job: Job; round: number }, work: () => Promise<Measurement>) =>
  () =>
    inTurn(bench, name, job, async () => ({ ...(await work()), round }));

/** One contender's failure is told at the end, and keeps nobody else from their turn. */
async function inTurn(bench: Bench, name: string, job: Job, work: () => Promise<Sample>): Promise<void> {
  try {
    note(bench, name, job, await work());
  } catch (error) {
    bench.notRun.push(`${name}, ${job}: ${error instanceof Error ? error.message : error}`);
  }
}

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
