import { type Figure, figureOf, ratioOf } from './figures.ts';
import { type Job, perCpuSecond, type Results, type Sample, type SubjectResults, samplesOf } from './results.ts';

/** One thing that Keyward wants to keep. */
export interface Bar {
  readonly what: string;
  readonly unit: '×' | 'ms' | 'MiB';
  readonly wanted: number;
  readonly atLeast: boolean;
  /** Undefined where a side of it did not run. */
  readonly figure: Figure | undefined;
}

/** The aims, as ratios within this run where they can be. */
export function barsOf({ subjects }: Results): Bar[] {
  const find = (name: string, store: SubjectResults['store']) =>
    subjects.find((it) => it.name === name && it.store === store && it.hash === 'own');
  const [sqlite, postgres] = [find('Keyward', 'sqlite'), find('Keyward', 'postgres')];
  const perSecond = (it: Sample) => it.perSecond;
  const ratio = (
    what: string,
    wanted: number,
    mine: SubjectResults | undefined,
    other: SubjectResults | undefined,
    job: Job,
    by = perSecond,
  ): Bar => ({
    what,
    unit: '×',
    wanted,
    atLeast: true,
    figure: present(ratioOf(...pairsOf(mine, other, job, by))),
  });
  const atMost = (what: string, unit: Bar['unit'], wanted: number, values: readonly number[]): Bar => ({
    what,
    unit,
    wanted,
    atLeast: false,
    figure: present(figureOf(values)),
  });
  const mixedP99 = samplesOf(sqlite, 'mixed', (it) => it.p99 ?? Number.NaN);
  return [
    ratio(
      '`GET /user` for each CPU second: bare `node:http`',
      0.8,
      sqlite,
      find('bare node:http', 'none'),
      'user',
      perCpuSecond,
    ),
    ratio(
      '`GET /user` for each CPU second: the FastAPI template',
      60,
      sqlite,
      find('FastAPI template', 'sqlite'),
      'user',
      perCpuSecond,
    ),
    ratio(
      "`GET /user` for each CPU second: Better Auth's `get-session`",
      40,
      sqlite,
      find('Better Auth', 'sqlite'),
      'user',
      perCpuSecond,
    ),
    atMost('`GET /user` p99 while 8 clients sign in without pause', 'ms', 20, mixedP99),
    ratio('Sign-ins: bare argon2id', 0.97, sqlite, find('bare argon2id', 'none'), 'sign-in'),
    ratio('Refreshes on SQLite: bare transactions', 0.6, sqlite, find('bare SQLite transactions', 'sqlite'), 'refresh'),
    ratio(
      'Refreshes on PostgreSQL: bare transactions',
      0.6,
      postgres,
      find('bare PostgreSQL transactions', 'postgres'),
      'refresh',
    ),
    atMost('Start to the first answer, SQLite, existing database', 'ms', 500, sqlite?.startMs ?? []),
    atMost('Memory at rest, SQLite', 'MiB', 100, sqlite?.idleRssMib ?? []),
  ];
}

/** The rounds in which both were measured. */
function pairsOf(
  mine: SubjectResults | undefined,
  other: SubjectResults | undefined,
  job: Job,
  by: (sample: Sample) => number,
): [number[], number[]] {
  const others = new Map(other?.jobs[job]?.map((sample) => [sample.round, by(sample)]));
  const both = (mine?.jobs[job] ?? []).filter(({ round }) => others.has(round));
  return [both.map(by), both.map(({ round }) => others.get(round) ?? Number.NaN)];
}

const present = (figure: Figure): Figure | undefined => (Number.isFinite(figure.median) ? figure : undefined);

export const isMet = ({ figure, wanted, atLeast }: Bar): boolean | undefined =>
  figure && (atLeast ? figure.median >= wanted : figure.median <= wanted);
