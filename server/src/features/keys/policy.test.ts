import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AlgorithmName } from './algorithms.ts';
import {
  inTurn,
  isSuccessorDue,
  type KeyTimes,
  publishedAheadMs,
  signerAt,
  spentKeys,
  stateOf,
  waitingKey,
} from './policy.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const key = (kid: string, signsFrom: number, algorithm: AlgorithmName = 'ES256'): KeyTimes => ({
  kid,
  signsFrom,
  algorithm,
});
const kid = (it: KeyTimes | undefined) => it?.kid;

describe('the key that signs', () => {
  const [old, young, next] = [key('old', 1_000), key('young', 2_000), key('next', 5_000)];

  test('is the last whose turn has come, in whatever order they are listed', () => {
    for (const keys of [
      [old, young, next],
      [next, young, old],
      [young, old, next],
    ]) {
      assert.equal(kid(signerAt(keys, 1_999)), 'old');
      assert.equal(kid(signerAt(keys, 2_000)), 'young');
      assert.equal(kid(signerAt(keys, 4_999)), 'young');
      assert.equal(kid(signerAt(keys, 5_000)), 'next');
    }
  });

  test('is the first before any turn has come, so that a clock that is behind can sign', () => {
    assert.equal(kid(signerAt([next, young], 1)), 'young');
    assert.equal(signerAt([], 1), undefined);
  });

  test('is the same on every node when two have one turn', () => {
    const twins = [key('b', 1_000), key('a', 1_000)];
    assert.equal(kid(signerAt(twins, 1_000)), 'b');
    assert.equal(kid(signerAt([...twins].reverse(), 1_000)), 'b');
    assert.deepEqual(inTurn(twins).map(kid), ['a', 'b']);
  });
});

describe('a key is spent', () => {
  const keys = [key('old', 0), key('young', 10 * dayMs)];

  test('a day and a few minutes after another has begun to sign: no token of it can be left', () => {
    const end = 11 * dayMs + 5 * minuteMs;
    assert.deepEqual(spentKeys(keys, end - 1), []);
    assert.deepEqual(spentKeys(keys, end).map(kid), ['old']);
  });

  test('never while it is the last', () => {
    assert.deepEqual(spentKeys([key('only', 0)], 10_000 * dayMs), []);
    assert.deepEqual(spentKeys(keys, 10_000 * dayMs).map(kid), ['old']);
  });
});

describe('a successor is due', () => {
  const wanted = { rotationMs: 90 * dayMs, algorithm: 'ES256' as const };

  test('so long before the last has served its time that it can be published first', () => {
    const due = 90 * dayMs - publishedAheadMs;
    assert.equal(isSuccessorDue([key('a', 0)], due - 1, wanted), false);
    assert.equal(isSuccessorDue([key('a', 0)], due, wanted), true);
    assert.equal(
      isSuccessorDue([key('a', 0), key('b', due + publishedAheadMs)], due + 1, wanted),
      false,
      'made already',
    );
  });

  test('where there is none, and where the last signs as is no longer wanted', () => {
    assert.equal(isSuccessorDue([], 0, wanted), true);
    assert.equal(isSuccessorDue([key('a', 0, 'RS256')], 1, wanted), true);
    assert.equal(isSuccessorDue([key('a', 0, 'RS256'), key('b', 900_000)], 1, wanted), false);
  });

  test('two nodes that want different algorithms make one in a quarter of an hour, not one a minute', () => {
    const keys = [key('first', 0)];
    for (let now = 1; now < 3 * 60 * minuteMs; now += minuteMs) {
      for (const algorithm of ['ES256', 'EdDSA'] as const) {
        if (isSuccessorDue(keys, now, { ...wanted, algorithm }))
          keys.push(key(`${now}`, now + publishedAheadMs, algorithm));
      }
    }
    assert.ok(keys.length <= 1 + 12, `${keys.length} keys`);
  });
});

test('attack: a key dated a year ahead by a wrong clock neither counts as waiting nor stops the rotation', () => {
  const wanted = { rotationMs: 90 * dayMs, algorithm: 'ES256' as const };
  const keys = [key('a', 0), key('lost', 365 * dayMs)];
  assert.equal(kid(waitingKey(keys, 89 * dayMs)), undefined);
  assert.equal(isSuccessorDue(keys, 89 * dayMs, wanted), false);
  assert.equal(isSuccessorDue(keys, 90 * dayMs, wanted), true);
  const next = key('b', 90 * dayMs + publishedAheadMs);
  assert.equal(kid(waitingKey([...keys, next], 90 * dayMs)), 'b');
  assert.equal(isSuccessorDue([...keys, next], 91 * dayMs, wanted), false);
  assert.equal(kid(signerAt([...keys, next], 91 * dayMs)), 'b');
});

test('a key is next, then signs, then only verifies', () => {
  const keys = [key('a', 1_000), key('b', 2_000), key('c', 3_000)];
  const states = (now: number) => keys.map((it) => stateOf(it, keys, now));
  assert.deepEqual(states(1_500), ['signing', 'next', 'next']);
  assert.deepEqual(states(2_000), ['verifying', 'signing', 'next']);
  assert.deepEqual(states(9_000), ['verifying', 'verifying', 'signing']);
});
