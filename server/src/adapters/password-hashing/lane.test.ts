import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DomainError } from '../../kernel/errors.ts';
import type { Asker } from '../../kernel/hasher.ts';
import { createLane, type LaneOptions } from './lane.ts';

const stranger = (source: string): Asker => ({ source, known: false });

/** A lane whose clock and works a test drives by hand: a second is what one may expect to wait, three are the longest. */
function setUp(options: Partial<LaneOptions> = {}) {
  const clock = { time: 1_000_000, now: () => clock.time };
  const lane = createLane({ width: 2, maxWaitMs: 3000, firstGuessMs: 100, clock, ...options });
  const started: string[] = [];
  /** Each from a source of its own unless said. */
  const submit = (name: string, asker: Asker = stranger(`${name} ${started.length}:${lane.waiting}`)) => {
    const work = Promise.withResolvers<string>();
    const inPlace = async () => {
      using place = lane.admit(asker);
      return await place.run(() => {
        started.push(name);
        return work.promise;
      });
    };
    const outcome = inPlace();
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
    const works = ['a', 'b', 'c', 'd'].map((name) => submit(name));
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
    clock.time += 2900;
    const inTime = submit('in time');
    clock.time += 101;
    first.end();
    await assert.rejects(late.outcome, refusedFor(2));
    await settle();
    assert.deepEqual(started, ['first', 'in time']);
    inTime.end();
    assert.equal(await inTime.outcome, 'in time');
  });

  test('a waiter is still served at the last millisecond of its deadline', async () => {
    const { clock, submit } = setUp({ width: 1 });
    const [first, second] = [submit('first'), submit('second')];
    await settle();
    clock.time += 3000;
    first.end();
    second.end();
    assert.equal(await second.outcome, 'second');
  });

  test('refuses the late ones as soon as somebody new arrives', async () => {
    const { lane, clock, submit } = setUp({ width: 1 });
    submit('stuck');
    const late = submit('late');
    await settle();
    clock.time += 3001;
    submit('new');
    await assert.rejects(late.outcome, refusedFor(1));
    assert.deepEqual([lane.inFlight, lane.waiting], [1, 1]);
  });

  test('a work that throws frees its place, at once or later', async () => {
    const { lane, submit } = setUp({ width: 1 });
    const thrower = async () => {
      using place = lane.admit(stranger('thrower'));
      await place.run(() => {
        throw new Error('at once');
      });
    };
    await assert.rejects(thrower(), /at once/);
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

  test('a burst of one source that is alone may wait as long as a crowd: the cores are nobody else’s', async () => {
    const { lane, submit } = setUp({ width: 1, firstGuessMs: 50 });
    const burst = Array.from({ length: 21 }, (_, at) => submit(`${at}`, stranger('192.0.2.66')));
    assert.deepEqual([lane.inFlight, lane.waiting], [1, 20]);
    await assert.rejects(submit('one too many', stranger('192.0.2.66')).outcome, refusedFor(2));
    for (const work of burst) {
      work.end();
      await work.outcome;
    }
  });

  test('a burst whose attempts are still being counted may be as long: while the core is free nobody waits for a work that runs', async () => {
    const { lane, started } = setUp({ width: 1, firstGuessMs: 50 });
    const office = stranger('192.0.2.66');
    const places = Array.from({ length: 21 }, () => lane.admit(office));
    assert.throws(() => lane.admit(office), refusedFor(2));
    for (const [at, place] of places.entries()) {
      await place.run(async () => started.push(`${at}`));
      place[Symbol.dispose]();
    }
    assert.equal(started.length, 21);
  });

  test('attack: one source asks without end: a newcomer waits for one of its works, and from then on it has its share', async () => {
    const { lane, clock, started, submit } = setUp({ width: 1, firstGuessMs: 50 });
    const end = async (work: ReturnType<typeof submit> | undefined) => {
      clock.time += 50;
      work?.end();
      await settle();
    };
    const flood = Array.from({ length: 100 }, (_, at) => submit(`flood ${at}`, stranger('192.0.2.66')));
    assert.deepEqual([lane.inFlight, lane.waiting], [1, 20]);
    await assert.rejects(flood.at(-1)?.outcome as Promise<string>, refusedFor(2));
    const owner = submit('owner', stranger('192.0.2.1'));
    const again = submit('owner again', stranger('192.0.2.1'));
    await end(flood[0]);
    await end(flood[1]);
    assert.deepEqual(started, ['flood 0', 'flood 1', 'owner']);
    await end(owner);
    await end(flood[2]);
    assert.deepEqual(started.slice(3), ['flood 2', 'owner again']);
    const once = submit('owner once more', stranger('192.0.2.1'));
    await assert.rejects(submit('more of it', stranger('192.0.2.66')).outcome, refusedFor(2), 'others are there');
    await end(again);
    await end(flood[3]);
    assert.equal(started.at(-1), 'owner once more');
    await end(once);
    for (let at = 4; at <= 20; at += 1) await end(flood[at]);
    assert.equal(started.at(-1), 'flood 20', 'and who was let in is served');
  });

  test('attack: one source fills the queue before a crowd comes: what cannot start in time any more hears so at once', async () => {
    const { lane, submit } = setUp({ width: 1, firstGuessMs: 50 });
    const heard: string[] = [];
    const first = Array.from({ length: 21 }, (_, at) => {
      const work = submit(`${at}`, stranger('192.0.2.66'));
      work.outcome.catch(() => heard.push(`${at}`));
      return work;
    });
    for (const source of ['192.0.2.1', '192.0.2.2']) submit('comes', stranger(source));
    await settle();
    assert.deepEqual([heard, lane.waiting], [[], 22], 'sixty may start in three seconds, twenty of each of three');
    submit('comes', stranger('192.0.2.3'));
    await settle();
    assert.deepEqual([heard, lane.waiting], [['16', '17', '18', '19', '20'], 18], 'of each of four fifteen');
    await assert.rejects(first[20]?.outcome as Promise<string>, refusedFor(1));
  });

  test('a source of its own may always have one waiting, however slow the works are', async () => {
    const { lane, submit } = setUp({ width: 1, firstGuessMs: 900 });
    submit('runs', stranger('192.0.2.1'));
    submit('waits', stranger('192.0.2.1'));
    await assert.rejects(submit('one too many', stranger('192.0.2.1')).outcome, refusedFor(2));
    assert.deepEqual([lane.inFlight, lane.waiting], [1, 1]);
  });

  test('one may wait for a work that takes longer than others may expect to wait, and none where that is too long', async () => {
    for (const [firstGuessMs, waiting] of [
      [2_500, 1],
      [3_500, 0],
    ] as const) {
      const { lane, submit } = setUp({ width: 1, firstGuessMs });
      submit('runs');
      submit('waits, or cannot');
      await assert.rejects(submit('cannot').outcome);
      assert.deepEqual([lane.inFlight, lane.waiting], [1, waiting]);
    }
  });

  test('a place whose holder is not ready holds up nobody, counts as waiting, and is not lost', async () => {
    const { lane, started, submit } = setUp({ width: 1, firstGuessMs: 400 });
    const place = lane.admit(stranger('counts its attempt'));
    const quick = submit('quick');
    await settle();
    assert.deepEqual(started, ['quick']);
    submit('waits');
    await assert.rejects(submit('no room beside the place and who waits').outcome, refusedFor(2));
    const late = place.run(async () => 'late');
    quick.end();
    assert.equal(await late, 'late');
    place[Symbol.dispose]();
    await settle();
    assert.deepEqual(started, ['quick', 'waits']);
  });

  test('a place is its holder’s until it is left: a second work begins at once, and leaving twice frees one place', async () => {
    const { lane, started, submit } = setUp({ width: 1 });
    const place = lane.admit(stranger('two works'));
    await place.run(async () => started.push('first'));
    submit('waits');
    await settle();
    await place.run(async () => started.push('second'));
    assert.deepEqual([started, lane.inFlight], [['first', 'second'], 1]);
    place[Symbol.dispose]();
    place[Symbol.dispose]();
    await settle();
    assert.deepEqual([started, lane.inFlight, lane.waiting], [['first', 'second', 'waits'], 1, 0]);
  });

  test('who leaves without having begun leaves nothing behind, and can begin nothing any more', async () => {
    const { lane, submit } = setUp({ width: 1 });
    submit('runs');
    const place = lane.admit(stranger('thinks better of it'));
    assert.equal(lane.waiting, 1);
    place[Symbol.dispose]();
    assert.equal(lane.waiting, 0);
    await assert.rejects(place.run(async () => 'never'));
  });
});
