import type { Hash, Store } from './contender.ts';
import type { LoopDelay } from './running.ts';

export type Job = 'user' | 'sign-in' | 'sign-up' | 'refresh' | 'mixed';
export const jobs: readonly Job[] = ['user', 'refresh', 'sign-in', 'sign-up', 'mixed'];

/** What one contender did in one round of one job. */
export interface Sample {
  readonly round: number;
  readonly perSecond: number;
  /** Milliseconds of all cores for one request, of the server's processes. */
  readonly cpuMs: number;
  /** The same of the database's server, where there is one. */
  readonly databaseCpuMs: number;
  /** Milliseconds. Of limits that are no servers there are none. */
  readonly p50?: number;
  readonly p99?: number;
  readonly max?: number;
  readonly loop?: LoopDelay | undefined;
  readonly rssMib?: number;
  /** The share of requests that were refused, or broke off. They are not in the other figures. */
  readonly refused?: number;
}

/** A contender with its database and its hash. */
export interface Subject {
  readonly name: string;
  readonly store: Store;
  readonly hash: Hash;
  /** What the hash is called. */
  readonly hashName: string;
}

export interface SubjectResults extends Subject {
  readonly jobs: Readonly<Partial<Record<Job, readonly Sample[]>>>;
  /** Milliseconds to the first answer with an existing database, and MiB at rest thereafter; one for each start. */
  readonly startMs: readonly number[];
  readonly idleRssMib: readonly number[];
  /** Milliseconds of the very first start, which makes the database. */
  readonly firstStartMs: number | undefined;
}

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGib: number;
  readonly system: string;
  /** Where the databases were. */
  readonly fileSystem: string;
}

export interface Results {
  readonly at: string;
  readonly quick: boolean;
  readonly rounds: number;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** Cores that other programs had busy on average while it was measured. */
  readonly othersCores: number;
  readonly loadHasPrecedence: boolean;
  readonly subjects: readonly SubjectResults[];
  readonly notRun: readonly string[];
}

/** What was measured in the rounds of a job, in their order. */
export const samplesOf = (subject: SubjectResults | undefined, job: Job, what: (sample: Sample) => number): number[] =>
  (subject?.jobs[job] ?? []).map(what);

/** Requests for each second of a core that server and database together have used. */
export const perCpuSecond = ({ cpuMs, databaseCpuMs }: Sample): number => 1_000 / (cpuMs + databaseCpuMs);
