import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Interval } from './gaps.ts';
import { blame, overlapWith, union, within } from './intervals.ts';

const limitMs = 50;
const nothing = { machine: [], load: [] };

test('what touches or overlaps is one, in whatever order it comes', () => {
  const all: Interval[] = [
    [30, 40],
    [0, 10],
    [10, 20],
    [35, 36],
  ];
  assert.deepEqual(union(all), [
    [0, 20],
    [30, 40],
  ]);
});

test('an overlap of two cores that stood still at once counts once', () => {
  const still = overlapWith([
    [10, 30],
    [20, 40],
    [90, 200],
  ]);
  assert.equal(still([0, 100]), 40);
  assert.equal(still([40, 90]), 0, 'to touch is no overlap');
});

test('what reaches over the ends is cut, and what lies outside is left out', () => {
  assert.deepEqual(
    within(
      [10, 20],
      [
        [0, 12],
        [19, 30],
        [20, 40],
      ],
    ),
    [
      [10, 12],
      [19, 20],
    ],
  );
});

test('without a standstill all that is slow is the server’s, from the limit on', () => {
  const found = blame(
    [
      [0, 49.9],
      [0, 50],
      [0, 154],
    ],
    nothing,
    limitMs,
  );
  assert.deepEqual([found.slow, found.machine, found.load, found.server], [2, 0, 0, 2]);
  assert.equal(found.longestOfOthers, 154);
  assert.deepEqual(found.lessStandstill, [49.9, 50, 154]);
});

test('the machine is blamed first, then the load, then the server', () => {
  const all: Interval[] = [
    [0, 100],
    [200, 260],
    [300, 355],
    [400, 410],
  ];
  const found = blame(
    all,
    {
      machine: [[20, 90]],
      load: [
        [0, 100],
        [210, 230],
        [400, 410],
      ],
    },
    limitMs,
  );
  assert.deepEqual([found.slow, found.machine, found.load, found.server], [3, 1, 1, 1]);
  assert.equal(found.longestOfOthers, 60);
  assert.deepEqual(found.lessStandstill, [30, 60, 55, 10]);
});

test('what comes soon after a standstill is told, and stays the server’s', () => {
  const all: Interval[] = [
    [110, 170],
    [190, 250],
    [300, 360],
  ];
  const found = blame(all, { machine: [[80, 100]], load: [] }, limitMs);
  assert.deepEqual([found.machine, found.server, found.soonAfter], [0, 3, 2]);
});

test('a short standstill does not explain a long wait', () => {
  const found = blame([[0, 154]], { machine: [[100, 110]], load: [] }, limitMs);
  assert.equal(found.machine, 1);
  assert.equal(found.longestOfOthers, 0);
  assert.deepEqual(found.lessStandstill, [144]);
});
