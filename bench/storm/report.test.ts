import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coresOf, stealMsOf } from './control-process.ts';
import { intervals } from './figures.ts';
import type { Interval } from './gaps.ts';
import { blame, lengthOf } from './intervals.ts';
import { verdictOf } from './report.ts';

const verdict = (all: readonly Interval[], machine: readonly Interval[], { per = 100, isEvidence = true } = {}) => {
  const found = blame(all, { machine, load: [] }, 50);
  return verdictOf(all.map(lengthOf), found, { limitMs: 50, per, isEvidence });
};

test('a limit that is kept is kept, whatever the machine did', () => {
  assert.equal(verdict([[0, 49]], []), 'ok');
  assert.equal(verdict([[0, 49]], [[0, 49]]), 'ok');
});

test('a limit that is passed while the machine stood still is neither kept nor missed', () => {
  assert.equal(verdict([[0, 154]], [[10, 120]]), 'OPEN');
});

test('a standstill excuses no more than its own time, and no other answer', () => {
  assert.equal(verdict([[0, 154]], [[10, 20]]), 'MISSED');
  assert.equal(
    verdict(
      [
        [0, 154],
        [200, 260],
      ],
      [[10, 120]],
    ),
    'MISSED',
  );
});

test('a control that the server may have delayed excuses nothing', () => {
  assert.equal(verdict([[0, 154]], [[10, 120]], { isEvidence: false }), 'MISSED');
});

test('a percentile bears with the few that it leaves out', () => {
  const all = Array.from({ length: 200 }, (_, place): Interval => [place, place + (place === 0 ? 500 : 1)]);
  assert.equal(verdict(all, [], { per: 99 }), 'ok');
  assert.equal(verdict(all, []), 'MISSED');
});

test('what was refused, and what was read, lies on the clock that all processes share', () => {
  const outcome = {
    logins: [
      [10, 503, 5],
      [20, 200, 90],
    ],
    reads: [[30, 200, 2]],
    lag: [],
    began: 1_000,
    gaps: [],
    milliseconds: 100,
    cpuMs: 0,
  } as const;
  assert.deepEqual(intervals(outcome), { refusals: [[1_010, 1_015]], 'GET /user': [[1_030, 1_032]] });
});

test('cores are read as the kernel lists them, and what the host stole in its eighth figure', () => {
  assert.deepEqual(coresOf('0-2,5'), [0, 1, 2, 5]);
  assert.deepEqual(coresOf('3'), [3]);
  assert.equal(stealMsOf('cpu  5822 67 3323 82111 670 0 760 16 1 2\ncpu0 1 2 3 4 5 6 7 8 9 10\n'), 160);
  assert.equal(stealMsOf(''), 0);
});
