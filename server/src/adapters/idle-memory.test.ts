import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestTicker } from '../../test/support/ports.ts';
import { giveBackWhenIdle } from './idle-memory.ts';

const mebibyte = 1_048_576;

/** A process whose load and heap a test sets, and whose collections bring the heap down to 20 MiB. */
function play() {
  const ticker = createTestTicker();
  const state = { busy: 0, taken: 30, used: 20, collected: 0, fails: false };
  const told: number[][] = [];
  const end = giveBackWhenIdle({
    ticker,
    own: {
      busy: () => state.busy,
      heap: () => ({ taken: state.taken * mebibyte, used: state.used * mebibyte }),
      async collect() {
        state.collected += 1;
        if (state.fails) throw new Error('there is no inspector');
        state.taken = 20;
      },
    },
    onGivenBack: (before, after) => told.push([before / mebibyte, after / mebibyte]),
  });
  /** Lets some seconds pass. */
  const pass = async (seconds: number, changed: Partial<typeof state> = {}) => {
    Object.assign(state, changed);
    for (let second = 0; second < seconds; second += 1) {
      ticker.tick();
      await new Promise(setImmediate);
    }
    return state.collected;
  };
  return { ticker, told, pass, end };
}

test('a server that nobody asks gives back once, in its first second', async () => {
  const { pass, told } = play();
  assert.equal(await pass(1), 1);
  assert.deepEqual(told, [[30, 20]]);
  assert.equal(await pass(1_000), 1);
});

test('a start under load is left alone, until five minutes without any', async () => {
  const { pass } = play();
  assert.equal(await pass(60, { busy: 0.5 }), 0);
  assert.equal(await pass(299, { busy: 0.003 }), 0);
  assert.equal(await pass(1), 1);
});

test('it gives back once after each load by which the heap has grown, and not while one goes on', async () => {
  const { pass } = play();
  await pass(20);
  for (const times of [2, 3]) {
    assert.equal(await pass(30, { busy: 0.9, taken: 45 }), times - 1);
    for (let minute = 0; minute < 10; minute += 1) {
      assert.equal(await pass(59, { busy: 0 }), times - 1);
      assert.equal(await pass(1, { busy: 0.02 }), times - 1, 'it is not idle for five minutes on end');
    }
    assert.equal(await pass(300, { busy: 0 }), times);
    assert.equal(await pass(1_000), times);
  }
});

test('a burst soon after the start costs no code that has just been learnt', async () => {
  const { pass } = play();
  assert.equal(await pass(1), 1);
  for (let burst = 0; burst < 10; burst += 1) {
    await pass(1, { busy: 0.5, taken: 40 });
    assert.equal(await pass(1, { busy: 0 }), 1);
  }
});

test('a heap that has hardly grown is not worth it', async () => {
  const { pass } = play();
  await pass(1);
  assert.equal(await pass(1_000, { taken: 27.9 }), 1);
  assert.equal(await pass(1, { taken: 28 }), 2);
});

test('what V8 has given back by itself may grow again first', async () => {
  const { pass } = play();
  await pass(400);
  await pass(1, { taken: 15 });
  assert.equal(await pass(1, { taken: 23 }), 2);
});

test('a heap whose collection would take long is left alone', async () => {
  const { pass } = play();
  assert.equal(await pass(500, { taken: 70, used: 49 }), 0);
  assert.equal(await pass(1, { used: 48 }), 1);
});

test('where nothing can be had, it is asked for once, and nothing fails', async () => {
  const { pass, told, ticker } = play();
  assert.equal(await pass(1_000, { fails: true }), 1);
  assert.deepEqual([told, ticker.running], [[], 0]);
});

test('it ends with the server', () => {
  const { end, ticker } = play();
  end();
  assert.equal(ticker.running, 0);
});
