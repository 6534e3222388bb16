import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Lane } from './lane.ts';
import { createLanes } from './lanes.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function setUp(cores: number) {
  const lanes = createLanes({ cores, maxWaitMs: 60_000, clock: { now: () => 1_000 } });
  const started: string[] = [];
  const submit = (lane: Lane, name: string) => {
    const work = Promise.withResolvers<void>();
    const inPlace = async () => {
      using place = lane.admit({ source: `${name} ${started.length}:${lane.waiting}`, known: false });
      await place.run(() => {
        started.push(name);
        return work.promise;
      });
    };
    void inPlace();
    return async () => {
      work.resolve();
      await settle();
    };
  };
  return {
    started,
    inFlight: () => [lanes.quick.inFlight, lanes.slow.inFlight],
    quick: (name = 'quick') => submit(lanes.quick, name),
    slow: (name = 'slow') => submit(lanes.slow, name),
  };
}

describe('the two lanes', () => {
  test('quick works have all cores while nothing slow runs', () => {
    const { quick, inFlight } = setUp(4);
    for (let at = 0; at < 6; at += 1) quick();
    assert.deepEqual(inFlight(), [4, 0]);
  });

  test('attack: slow works without end leave one core to the quick ones', async () => {
    const { quick, slow, inFlight, started } = setUp(4);
    for (let at = 0; at < 9; at += 1) slow();
    assert.deepEqual(inFlight(), [0, 3]);
    const end = quick();
    assert.deepEqual(inFlight(), [1, 3]);
    quick('next');
    await end();
    assert.equal(started.at(-1), 'next');
    assert.deepEqual(inFlight(), [1, 3]);
  });

  test('while quick ones wait, slow ones get no more than one core', async () => {
    const { quick, slow, inFlight } = setUp(4);
    const ends = [slow(), slow(), slow()];
    for (let at = 0; at < 9; at += 1) quick();
    for (let at = 0; at < 9; at += 1) slow();
    for (const end of ends) await end();
    assert.deepEqual(inFlight(), [3, 1]);
  });

  test('quick works without end leave one core to a slow one', async () => {
    const { quick, slow, inFlight } = setUp(2);
    const ends = [quick(), quick(), quick(), quick()];
    slow();
    assert.deepEqual(inFlight(), [2, 0]);
    await ends[0]?.();
    assert.deepEqual(inFlight(), [1, 1]);
  });

  test('with one core one of each may run, since a slow one would else hold up all', () => {
    const { quick, slow, inFlight } = setUp(1);
    for (let at = 0; at < 3; at += 1) {
      slow();
      quick();
    }
    assert.deepEqual(inFlight(), [1, 1]);
  });

  for (const cores of [1, 2, 4, 16]) {
    test(`with ${cores} cores there are never more works in flight, whatever comes and goes`, async () => {
      const { quick, slow, inFlight } = setUp(cores);
      const ends: (() => Promise<void>)[] = [];
      for (let turn = 0; turn < 200; turn += 1) {
        ends.push(turn % 3 === 0 ? slow() : quick());
        if (turn % 2 === 1) await ends.splice((turn * 7) % ends.length, 1)[0]?.();
        const [quickOnes = 0, slowOnes = 0] = inFlight();
        assert.ok(quickOnes + slowOnes <= Math.max(2, cores), `${quickOnes} quick, ${slowOnes} slow`);
      }
      for (const end of ends) await end();
      assert.deepEqual(inFlight(), [0, 0]);
    });
  }
});
