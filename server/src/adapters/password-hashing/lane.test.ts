import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DomainError } from '../../kernel/errors.ts';
import { createLane, type LaneOptions } from './lane.ts';

/** A lane whose clock and works a test drives by hand. */
function setUp(options: Partial<LaneOptions> = {}) {
  const clock = { time: 1_000_000, now: () => clock.time };
  const lane = createLane({ width: 2, maxWaitMs: 1000, firstGuessMs: 100, clock, ...options });
  const started: string[] = [];
  const submit = (name: string) => {
    const work = Promise.withResolvers<string>();
    const outcome = lane.run(() => {
      started.push(name);
      return work.promise;
    });
    outcome.catch(() => {}); // looked at later
    return { end: () => work.resolve(name), fail: (error: Error) => work.reject(error), outcome };
  };
  return { lane, clock, started, submit };
}

/** Lets every continuation run that is ready. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

const refusedFor = (seconds: number) => (error: unknown) =>
  error instanceof DomainError &&
  error.refusal.code === 'overloaded' &&
  error.refusal.kind === 'unavailable' &&
  error.retryAfterSeconds === seconds;

describe('a lane', () => {
  test('never runs more works than it is wide, and starts the others in their order', async () => {
    const { lane, started, submit } = setUp();
    const works = ['a', 'b', 'c', 'd'].map(submit);
    await settle();
    assert.deepEqual(started, ['a', 'b']);
    assert.deepEqual([lane.inFlight, lane.waiting], [2, 2]);
    works[1]?.end();
    await settle();
    assert.deepEqual(started, ['a', 'b', 'c']);
    assert.deepEqual([lane.inFlight, lane.waiting], [2, 1]);
    for (const work of works) work.end();
    await settle();
    assert.deepEqual(await Promise.all(works.map((work) => work.outcome)), ['a', 'b', 'c', 'd']);
    assert.deepEqual([lane.inFlight, lane.waiting], [0, 0]);
  });

  test('refuses at once a newcomer that could not start in time, and says when to come back', async () => {
    const { lane, started, submit } = setUp({ width: 1, firstGuessMs: 400 });
    submit('runs');
    submit('waits 400 ms');
    submit('waits 800 ms');
    const fourth = submit('would wait 1200 ms');
    await assert.rejects(fourth.outcome, refusedFor(2));
    assert.deepEqual([lane.inFlight, lane.waiting], [1, 2]);
    assert.deepEqual(started, ['runs']);
  });

  test('a wider lane lets more wait, for it serves them sooner', async () => {
    const { lane, submit } = setUp({ width: 2, firstGuessMs: 400 });
    for (let at = 0; at < 7; at += 1) submit('two run, five wait 200 to 1000 ms');
    await assert.rejects(submit('would wait 1200 ms').outcome, refusedFor(2));
    assert.deepEqual([lane.inFlight, lane.waiting], [2, 5]);
  });

  test('learns from what the works took how many may wait', async () => {
    const { lane, clock, submit } = setUp({ width: 1, firstGuessMs: 1 });
    for (let round = 0; round < 20; round += 1) {
      const work = submit('slow');
      await settle();
      clock.time += 600;
      work.end();
      await work.outcome;
    }
    submit('runs');
    submit('waits 600 ms');
    await assert.rejects(submit('would wait 1200 ms').outcome, refusedFor(2));
    assert.equal(lane.waiting, 1);
  });

  test('refuses a waiter whose turn comes past its deadline, and starts the next one in time', async () => {
    const { clock, started, submit } = setUp({ width: 1 });
    const first = submit('first');
    const late = submit('late');
    await settle();
    clock.time += 900;
    const inTime = submit('in time');
    clock.time += 101;
    first.end();
    await assert.rejects(late.outcome, refusedFor(1));
    await settle();
    assert.deepEqual(started, ['first', 'in time']);
    inTime.end();
    assert.equal(await inTime.outcome, 'in time');
  });

  test('a waiter is still served at the last millisecond of its deadline', async () => {
    const { clock, submit } = setUp({ width: 1 });
    const [first, second] = [submit('first'), submit('second')];
    await settle();
    clock.time += 1000;
    first.end();
    second.end();
    assert.equal(await second.outcome, 'second');
  });

  test('refuses the late ones as soon as somebody new arrives', async () => {
    const { lane, clock, submit } = setUp({ width: 1 });
    submit('stuck');
    const late = submit('late');
    await settle();
    clock.time += 1001;
    submit('new');
    await assert.rejects(late.outcome, refusedFor(1));
    assert.deepEqual([lane.inFlight, lane.waiting], [1, 1]);
  });

  test('a work that throws frees its place, at once or later', async () => {
    const { lane, submit } = setUp({ width: 1 });
    const thrower = lane.run(() => {
      throw new Error('at once');
    });
    await assert.rejects(thrower, /at once/);
    const failing = submit('failing');
    const next = submit('next');
    await settle();
    failing.fail(new Error('later'));
    await assert.rejects(failing.outcome, /later/);
    next.end();
    assert.equal(await next.outcome, 'next');
    assert.deepEqual([lane.inFlight, lane.waiting], [0, 0]);
  });

  test('a newcomer cannot take the place that was promised to a waiter', async () => {
    const { started, submit } = setUp({ width: 1 });
    const first = submit('first');
    submit('waiter');
    await settle();
    first.end();
    await first.outcome;
    submit('newcomer');
    await settle();
    assert.deepEqual(started, ['first', 'waiter']);
  });

  test('a clock set forward by an hour closes the lane for a few works only', async () => {
    const { lane, clock, submit } = setUp({ width: 1, firstGuessMs: 10 });
    const during = submit('during');
    await settle();
    clock.time += 3_600_000;
    during.end();
    await during.outcome;
    submit('runs');
    submit('waits');
    await settle();
    assert.deepEqual([lane.inFlight, lane.waiting], [1, 1]);
  });

  test('a clock set back neither throws nor opens the queue without bounds', async () => {
    const { lane, clock, submit } = setUp({ width: 1, firstGuessMs: 1 });
    const during = submit('during');
    await settle();
    clock.time -= 3_600_000;
    during.end();
    await during.outcome;
    const outcomes = Array.from({ length: 1100 }, (_, at) => submit(`${at}`).outcome);
    await assert.rejects(outcomes.at(-1) as Promise<string>, refusedFor(2));
    assert.equal(lane.waiting, 1000);
  });
});
