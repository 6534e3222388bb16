import { barsOf, isMet } from './bars.ts';
import { type Figure, figureOf } from './figures.ts';
import { type Job, type Results, type Sample, type SubjectResults, samplesOf } from './results.ts';

/** A table: its head and its rows, every cell as text. */
export type Table = readonly (readonly string[])[];

/** With as many digits as the size of the number deserves. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

const withSpread = ({ median, min, max }: Figure): string => `${short(median)} (${short(min)}–${short(max)})`;

const storeNames = { none: '', sqlite: 'SQLite', postgres: 'PostgreSQL' } as const;

export const labelOf = ({ name, store, hash, hashName }: SubjectResults): string =>
  [name, name.startsWith('bare') ? '' : storeNames[store], hash === 'equal' ? hashName : '']
    .filter((it) => it !== '')
    .join(', ');

const four: readonly [Job, string][] = [
  ['user', 'Read the current user'],
  ['refresh', 'Refresh'],
  ['sign-in', 'Sign in'],
  ['sign-up', 'Sign up'],
];

const figure = (subject: SubjectResults, job: Job, what: (sample: Sample) => number): Figure | undefined =>
  subject.jobs[job] === undefined ? undefined : figureOf(samplesOf(subject, job, what));

const cell = (it: Figure | undefined): string => (it === undefined ? '' : withSpread(it));

/** The aims and whether they are met. */
export const barTable = (results: Results): Table => [
  ['What', 'Measured', 'Aim', ''],
  ...barsOf(results).map((bar) => {
    const met = isMet(bar);
    return [
      bar.what,
      bar.figure === undefined ? 'not run' : `${withSpread(bar.figure)} ${bar.unit}`,
      `${bar.atLeast ? '≥' : '≤'} ${bar.wanted} ${bar.unit}`,
      met === undefined ? '' : met ? 'met' : 'missed',
    ];
  }),
];

/** Done in a second, by as many connections as the job has. */
export const rateTable = ({ subjects }: Results): Table => [
  ['Done in a second', ...four.map(([, title]) => title)],
  ...subjects.map((it) => [labelOf(it), ...four.map(([job]) => cell(figure(it, job, (sample) => sample.perSecond)))]),
];

/** What one of them costs, and what of that the database's server does. */
export const costTable = ({ subjects }: Results): Table => [
  ['CPU milliseconds for one', ...four.map(([, title]) => title)],
  ...subjects.map((it) => [labelOf(it), ...four.map(([job]) => costCell(it, job))]),
];

function costCell(subject: SubjectResults, job: Job): string {
  const own = figure(subject, job, (sample) => sample.cpuMs);
  const database = figure(subject, job, (sample) => sample.databaseCpuMs);
  if (own === undefined) return '';
  return `${withSpread(own)}${database === undefined || database.median === 0 ? '' : ` + ${short(database.median)}`}`;
}

const quantiles = (subject: SubjectResults, job: Job): string => {
  const [p50, p99] = [
    figure(subject, job, (it) => it.p50 ?? Number.NaN),
    figure(subject, job, (it) => it.p99 ?? Number.NaN),
  ];
  return p50 === undefined || Number.isNaN(p50.median)
    ? ''
    : `${short(p50.median)} / ${short(p99?.median ?? Number.NaN)}`;
};

const servers = ({ subjects }: Results) =>
  subjects.filter(({ jobs }) => Object.values(jobs).some((it) => it[0]?.p50 !== undefined));

/** How long an answer takes, in milliseconds. */
export const latencyTable = (results: Results): Table => [
  ['p50 / p99 in ms', ...four.map(([, title]) => title), '`GET /user` while 8 sign in'],
  ...servers(results).map((it) => [labelOf(it), ...four.map(([job]) => quantiles(it, job)), quantiles(it, 'mixed')]),
];

const loopDelay = (subject: SubjectResults, job: Job): string => {
  const late = (subject.jobs[job] ?? []).map((it) => it.loop?.p99).filter((it) => it !== undefined);
  return late.length === 0 ? '' : withSpread(figureOf(late));
};

const loadedMib = (subject: SubjectResults): number =>
  Math.max(...Object.values(subject.jobs).map((samples) => figureOf(samples.map((it) => it.rssMib ?? 0)).median));

/** What was refused, where it is more than one in a hundred. A refusal is no answer, and is in no figure but this. */
export const refusalsOf = (results: Results): string[] =>
  servers(results).flatMap((it) =>
    Object.entries(it.jobs).flatMap(([job, samples]) => {
      const { median } = figureOf(samples.map(({ refused }) => refused ?? 0));
      return median < 0.01
        ? []
        : [`${labelOf(it)}: ${(median * 100).toFixed(0)} % of the requests of \`${job}\` were refused.`];
    }),
  );

/** Starting, memory, and how late the event loop is, in what is Node. */
export const footprintTable = (results: Results): Table => [
  ['', 'First answer, ms', 'At rest, MiB', 'Under load, MiB', 'Loop p99, ms: `GET /user`', 'Loop p99, ms: 8 sign in'],
  ...servers(results).map((it) => [
    labelOf(it),
    it.startMs.length === 0 ? '' : withSpread(figureOf(it.startMs)),
    it.idleRssMib.length === 0 ? '' : withSpread(figureOf(it.idleRssMib)),
    short(loadedMib(it)),
    loopDelay(it, 'user'),
    loopDelay(it, 'mixed'),
  ]),
];
