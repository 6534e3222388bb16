import type { Credentials, Request } from './contender.ts';
import { usageOf } from './process-tree.ts';
import type { Job, Sample } from './results.ts';
import { type Running, settled } from './running.ts';
import { type Measured, signInMany } from './subjects.ts';
import type { Load, Taken, Wrk } from './wrk.ts';

/** What a round is measured with. */
export interface Instruments {
  readonly wrk: Wrk;
  readonly folder: string;
  /** The process of the database's server. */
  readonly databasePid: number | undefined;
  readonly seconds: Readonly<Record<Job, number>>;
}

/** A sample that does not know its round. */
export type Measurement = Omit<Sample, 'round'>;

/** Enough to keep any of them busy, and to let group commit show what it can. */
export const manyConnections = 32;
/** Twice as many hashes as two cores can do at once, so that none waits for work. */
const fewConnections = 4;
/** Of the mixed job, as the issue has it: clients who sign in without pause, and who read meanwhile. */
const signingIn = 8;
const reading = 4;
const readPauseMs = 10;

/** The load of a job. Credentials are fresh in each round. */
export async function loadOf(subject: Measured, job: Exclude<Job, 'mixed'>, seconds: number): Promise<Load> {
  const { contender, people } = subject;
  if (job === 'sign-in')
    return { requests: people.map((it) => contender.signIn(it)), connections: fewConnections, seconds };
  if (job === 'sign-up') {
    const newcomer = { username: 'bob-{n}', email: 'bob-{n}@example.com', password: 'correct horse battery staple' };
    return { requests: [contender.signUp(newcomer)], connections: fewConnections, seconds };
  }
  const signedIn = await signInMany(subject, people.length);
  if (job === 'user') return { requests: signedIn.map((it) => it.user), connections: manyConnections, seconds };
  const { request, chain } = (signedIn[0] as Credentials).refresh;
  if (chain === undefined)
    return { requests: signedIn.map((it) => it.refresh.request), connections: manyConnections, seconds };
  // Some more than connections: wrk asks for a request once before it begins.
  const all = [...signedIn, ...(await signInMany(subject, manyConnections))];
  const tokens = all.map(({ refresh }) => refresh.chain?.first ?? '');
  return { requests: [request], connections: manyConnections, seconds, chain: { tokens, field: chain.field } };
}

/** One round of one job. @throws when the server does not do it properly */
export async function measure(subject: Measured, job: Job, given: Instruments): Promise<Measurement> {
  const running = subject.running as Running;
  const instruments = subject.store === 'postgres' ? given : { ...given, databasePid: undefined };
  const seconds = given.seconds[job];
  if (job === 'mixed') return measureMixed(subject, running, instruments);
  const load = await loadOf(subject, job, seconds);
  return watch(running, instruments, () => instruments.wrk.run(running.port, load, instruments.folder), subject.name);
}

/** How fast a request is read while others sign in without pause. */
async function measureMixed(subject: Measured, running: Running, instruments: Instruments): Promise<Measurement> {
  const { wrk, folder, seconds } = instruments;
  const signIns: Load = { ...(await loadOf(subject, 'sign-in', seconds.mixed)), connections: signingIn };
  const users = await loadOf(subject, 'user', seconds.mixed);
  const reads: Load = { ...users, connections: reading, pauseMs: readPauseMs };
  const work = async () => {
    const storm = wrk.run(running.port, signIns, folder);
    const read = await wrk.run(running.port, reads, folder);
    await storm;
    return read;
  };
  return watch(running, instruments, work, subject.name);
}

/** The bare server's round: only `GET /user`. */
export function measureBare(running: Running, request: Request, instruments: Instruments): Promise<Measurement> {
  const { wrk, folder, seconds } = instruments;
  const load = { requests: [request], connections: manyConnections, seconds: seconds.user };
  const work = () => wrk.run(running.port, load, folder);
  return watch(running, { ...instruments, databasePid: undefined }, work, 'the bare server');
}

async function watch(
  running: Running,
  { databasePid }: Instruments,
  work: () => Promise<Taken>,
  name: string,
): Promise<Measurement> {
  const pids = [running.pid, ...(databasePid === undefined ? [] : [databasePid])];
  await settled(pids);
  await running.loopDelay();
  const [server, database] = [usageOf(running.pid).cpuMs, databaseCpuMs(databasePid)];
  const taken = await work();
  const [serverUsed, databaseUsed] = [usageOf(running.pid), databaseCpuMs(databasePid) - database];
  const loop = await running.loopDelay();
  await settled(pids);
  if (taken.good === 0) throw new Error(`${name} refused ${taken.refused}, broke ${taken.broken}, and did none`);
  return {
    perSecond: taken.good / taken.seconds,
    cpuMs: (serverUsed.cpuMs - server) / taken.good,
    databaseCpuMs: databaseUsed / taken.good,
    p50: taken.p50,
    p99: taken.p99,
    max: taken.max,
    loop,
    rssMib: serverUsed.rssMib,
    refused: (taken.refused + taken.broken) / (taken.good + taken.refused + taken.broken),
  };
}

const databaseCpuMs = (pid: number | undefined): number => (pid === undefined ? 0 : usageOf(pid).cpuMs);
