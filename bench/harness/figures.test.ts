import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barsOf, isMet } from './bars.ts';
import { chartOf } from './chart.ts';
import { figureOf, ratioOf } from './figures.ts';
import type { Results, Sample, SubjectResults } from './results.ts';
import { barTable, rateTable } from './tables.ts';

const sample = (perSecond: number, round: number): Sample => ({
  round,
  perSecond,
  cpuMs: 1_000 / perSecond,
  databaseCpuMs: 0,
  p50: 1,
  p99: 2,
});

const subject = (name: string, store: SubjectResults['store'], rates: readonly number[]): SubjectResults => ({
  name,
  store,
  hash: 'own',
  hashName: '',
  jobs: { user: rates.map(sample) },
  startMs: [300, 700, 400],
  idleRssMib: [90],
  firstStartMs: 900,
});

const results = (subjects: readonly SubjectResults[]): Results => ({
  at: '2026-01-01',
  quick: false,
  rounds: 3,
  machine: { cores: 2, processor: 'one', memoryGib: 8, system: 'Linux', fileSystem: 'ext4' },
  versions: {},
  othersCores: 0,
  loadHasPrecedence: true,
  subjects,
  notRun: [],
});

const keyward = subject('Keyward', 'sqlite', [900, 90, 1_000]);
const bare = subject('bare node:http', 'none', [1_000, 100, 4_000]);
const toBare = (of: Results) => barsOf(of)[0] ?? assert.fail();

test('the median lies in the middle of an odd number, and between the two of an even one', () => {
  assert.deepEqual(figureOf([3, 1, 2]), { median: 2, min: 1, max: 3 });
  assert.deepEqual(figureOf([4, 1, 2, 3]), { median: 2.5, min: 1, max: 4 });
});

test('a ratio is taken round by round, so that a slow round of both does not count', () => {
  assert.deepEqual(ratioOf([900, 90, 1_000], [1_000, 100, 4_000]), { median: 0.9, min: 0.25, max: 0.9 });
});

test('a round that one of the two has missed does not count', () => {
  const { jobs, ...rest } = bare;
  const lacking = { ...rest, jobs: { user: jobs.user?.slice(1) ?? [] } };
  assert.deepEqual(toBare(results([keyward, lacking])).figure, { median: 0.575, min: 0.25, max: 0.9 });
});

test('an aim is met or missed by its median', () => {
  const all = results([keyward, bare]);
  assert.equal(isMet(toBare(all)), true);
  assert.equal(isMet({ ...toBare(all), wanted: 0.91 }), false);
  assert.equal(barsOf(all).find(({ what }) => what.startsWith('Start'))?.figure?.median, 400);
});

test('what did not run is said, and is neither met nor missed', () => {
  const alone = results([keyward]);
  assert.equal(isMet(toBare(alone)), undefined);
  assert.equal(barTable(alone)[1]?.[1], 'not run');
});

test('the chart shows each contender once with its number, the longest bar for the greatest', () => {
  const chart = chartOf(results([keyward, bare]));
  assert.match(chart, /class="ours"/);
  assert.equal(chart.match(/class="limit"/g)?.length, 1);
  assert.equal(rateTable(results([keyward, bare])).length, 3);
});
