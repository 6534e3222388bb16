import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import fc from 'fast-check';
import { createWriteLane } from './write-lane.ts';

describe('the write lane', () => {
  test('lets one at a time through, in the order in which they came, however long each takes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ breaths: fc.nat(3), fails: fc.boolean() })), async (works) => {
        const lane = createWriteLane();
        const order: number[] = [];
        let inside = 0;
        const outcomes = works.map(({ breaths, fails }, place) =>
          lane.run(async () => {
            order.push(place);
            inside += 1;
            for (let breath = 0; breath < breaths; breath += 1) {
              await breathe();
              assert.equal(inside, 1);
            }
            inside -= 1;
            if (fails) throw new Error(`no ${place}`);
            return place;
          }),
        );
        const settled = await Promise.allSettled(outcomes);
        assert.deepEqual(order, [...works.keys()]);
        assert.deepEqual(
          settled.map(({ status }) => status),
          works.map(({ fails }) => (fails ? 'rejected' : 'fulfilled')),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('gives back what the work returns, and passes on what it throws', async () => {
    const lane = createWriteLane();
    assert.equal(await lane.run(async () => 'a result'), 'a result');
    const error = new Error('no');
    await assert.rejects(
      lane.run(async () => {
        throw error;
      }),
      error,
    );
    assert.equal(await lane.run(async () => 'still free'), 'still free');
  });

  test('is free for newcomers once everybody has left', async () => {
    const lane = createWriteLane();
    await Promise.all([lane.run(async () => 1), lane.run(async () => 2)]);
    let started = false;
    const newcomer = lane.run(async () => {
      started = true;
    });
    await newcomer;
    assert.ok(started);
  });
});
