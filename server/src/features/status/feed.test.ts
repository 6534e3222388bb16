import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import { createTestClock, createTestTicker } from '../../../test/support/ports.ts';
import { refusedWith } from '../../../test/support/store-contract.ts';
import type { Database } from '../../db/database.ts';
import type { KeyRing } from '../keys/index.ts';
import type { EndedSession } from '../sessions/index.ts';
import { tooManySubscribers } from './errors.ts';
import { createFeed, type Seat } from './feed.ts';

interface Heard {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects to find.
  readonly data: any;
}

/** A feed over ends that a test writes by hand. Time passes, and polls happen, when the test says so. */
function stage(maxSubscribers = 1_000) {
  const clock = createTestClock();
  const ticker = createTestTicker();
  const state = { ended: [] as EndedSession[], kids: ['one'], fails: false, polls: 0 };
  const feed = createFeed({
    db: {} as Database,
    clock,
    ticker,
    issuer: 'https://auth.test',
    maxSubscribers,
    keys: { ring: async () => ({ all: state.kids.map((kid) => ({ kid })) }) as unknown as KeyRing },
    store: {
      endedAfter: async (_, cursor) => {
        if (state.fails) throw new Error('the database is gone');
        if (cursor.statusIndex === -1) state.polls += 1;
        return state.ended
          .filter(({ endedAt, statusIndex }) => endedAt - cursor.endedAt || statusIndex > cursor.statusIndex)
          .filter(({ endedAt }) => endedAt >= cursor.endedAt)
          .sort((a, b) => a.endedAt - b.endedAt || a.statusIndex - b.statusIndex)
          .slice(0, 1_000);
      },
    },
  });
  const settle = async () => {
    for (let turn = 0; turn < 60; turn += 1) await breathe();
  };
  return {
    clock,
    ticker,
    state,
    feed,
    settle,
    /** Ends a session, dated so many milliseconds from now. */
    end: (statusIndex: number, offset = 0) => state.ended.push({ statusIndex, endedAt: clock.now() + offset }),
    async pass(milliseconds: number) {
      for (let passed = 0; passed < milliseconds; passed += 250) {
        clock.advance(250);
        ticker.tick();
        await settle();
      }
    },
    async join(ip = '192.0.2.1') {
      const seat = feed.take(ip);
      await seat.ready();
      return { seat, ...listen(seat) };
    },
  };
}

/** What a subscriber hears; `take` gives what has come since it was last asked. */
function listen(seat: Seat) {
  const heard: Heard[] = [];
  const state = { ended: false };
  seat.join({
    send: (events) => {
      for (const [, name = '', data = ''] of events.toString().matchAll(/event: (.*)\ndata: (.*)\n\n/g)) {
        heard.push({ name, data: JSON.parse(data) });
      }
    },
    end: () => {
      state.ended = true;
    },
  });
  return { state, take: () => heard.splice(0) };
}

const names = (events: readonly Heard[]): string[] => events.map(({ name }) => name);
const places = (events: readonly Heard[]): number[] =>
  events.flatMap(({ name, data }) => (name === 'revoked' ? data.idx : []));

describe('a subscriber', () => {
  test('hears first who speaks, which keys there are, and what was revoked in the last two minutes', async () => {
    const { end, join } = stage();
    end(3, -119_000);
    end(17, -1);
    end(9, -121_000);
    const { take } = await join();
    const [hello, keys, ...rest] = take();
    assert.deepEqual(hello?.data, { issuer: 'https://auth.test', beat_seconds: 5, replay_seconds: 120 });
    assert.deepEqual(keys, { name: 'keys', data: { kids: ['one'] } });
    assert.deepEqual(rest, [{ name: 'revoked', data: { uri: 'https://auth.test/status/lists/0', idx: [3, 17] } }]);
  });

  test('hears of a revocation with the next poll, once, and with its list', async () => {
    const { end, join, pass } = stage();
    const { take } = await join();
    take();
    end(32_770);
    await pass(250);
    assert.deepEqual(take(), [{ name: 'revoked', data: { uri: 'https://auth.test/status/lists/1', idx: [2] } }]);
    await pass(4_000);
    assert.deepEqual(places(take()), []);
  });

  test('hears a beat every five seconds', async () => {
    const { join, pass } = stage();
    const { take } = await join();
    take();
    await pass(20_000);
    const beats = take();
    assert.deepEqual(names(beats), ['beat', 'beat', 'beat', 'beat']);
    const [first, ...others] = beats.map(({ data }) => (data as { at: number }).at);
    assert.deepEqual(
      others.map((at) => at - (first ?? 0)),
      [5, 10, 15],
      'each says of when it speaks',
    );
  });

  test('hears of keys whenever they have changed, and only then', async () => {
    const { state, join, pass } = stage();
    const { take } = await join();
    take();
    state.kids = ['two', 'one'];
    await pass(250);
    state.kids = ['two'];
    await pass(250);
    const kids = take().map(({ name, data }) => [name, data.kids]);
    assert.deepEqual(kids, [
      ['keys', ['two', 'one']],
      ['keys', ['two']],
    ]);
    const later = await join();
    assert.deepEqual(later.take()[1]?.data, { kids: ['two'] });
  });

  test('who comes later hears what the others have heard, without another read', async () => {
    const { state, end, join, pass } = stage();
    await join();
    end(5);
    await pass(250);
    end(6);
    await pass(250);
    const { polls } = state;
    const { take } = await join('192.0.2.2');
    assert.deepEqual(places(take()), [5, 6]);
    assert.equal(state.polls, polls);
    await pass(119_000);
    assert.deepEqual(places((await join('192.0.2.3')).take()), [5, 6]);
    await pass(240_000);
    assert.deepEqual(places((await join('192.0.2.4')).take()), [], 'what is long past is forgotten');
  });
});

describe('nothing is lost', () => {
  test('by a commit that comes late: its end is dated when its transaction began', async () => {
    const { end, join, pass } = stage();
    const { take } = await join();
    await pass(10_000);
    end(1);
    await pass(250);
    end(2, -2_000);
    await pass(250);
    assert.deepEqual(places(take()), [1, 2]);
  });

  test('by a node whose clock is eight seconds behind, or a minute ahead', async () => {
    const { end, join, pass } = stage();
    const { take } = await join();
    await pass(10_000);
    take();
    end(1, -8_000);
    end(2, 60_000);
    await pass(250);
    assert.deepEqual(places(take()), [1, 2]);
    await pass(200_000);
    assert.deepEqual(places(take()), [], 'nor told twice when its time comes');
  });

  test('by a node whose clock is two minutes behind: it waits for the next beat', async () => {
    const { end, join, pass } = stage();
    const { take } = await join();
    await pass(250);
    end(1, -114_000);
    await pass(5_000);
    const events = take();
    assert.deepEqual(places(events), [1]);
    assert.equal(names(events).at(-1), 'beat', 'the beat comes after what it vouches for');
  });

  test('while the database cannot be read: no beat, then everything, then a beat', async () => {
    const { state, end, join, pass } = stage();
    const { take } = await join();
    await pass(5_000);
    take();
    state.fails = true;
    end(1);
    await pass(300_000);
    assert.deepEqual(take(), []);
    state.fails = false;
    await pass(250);
    assert.deepEqual(names(take()), ['revoked', 'beat']);
  });

  test('while the process stood still', async () => {
    const { clock, end, join, pass } = stage();
    const { take } = await join();
    await pass(250);
    take();
    end(1);
    clock.advance(3_600_000);
    await pass(250);
    assert.deepEqual(names(take()), ['revoked', 'beat']);
  });

  test('by a clock that steps back', async () => {
    const { clock, end, join, pass } = stage();
    const { take } = await join();
    await pass(250);
    take();
    clock.advance(-60_000);
    end(1);
    await pass(250);
    assert.deepEqual(names(take()), ['revoked', 'beat']);
    await pass(5_000);
    assert.deepEqual(names(take()), ['beat']);
  });
});

test('ten thousand sessions that end at once are told in pieces of a thousand, each once', async () => {
  const { end, join, pass } = stage();
  const { take } = await join();
  take();
  for (let at = 0; at < 10_000; at += 1) end(at * 5);
  await pass(500);
  const events = take();
  assert.ok(events.every(({ data }) => data.idx.length <= 1_000));
  assert.deepEqual([...new Set(events.map(({ data }) => data.uri.split('/').at(-1)))], ['0', '1']);
  assert.equal(places(events).length, 10_000);
});

describe('the database is read', () => {
  test('only while somebody follows, and once for all of them', async () => {
    const { state, ticker, join, pass, settle } = stage();
    assert.equal(ticker.running, 0);
    const joined = await Promise.all([join('192.0.2.1'), join('192.0.2.2'), join('192.0.2.3')]);
    assert.deepEqual([ticker.running, state.polls], [1, 1]);
    await pass(1_000);
    assert.equal(state.polls, 5);
    for (const { seat } of joined) seat.leave();
    await settle();
    assert.equal(ticker.running, 0);
  });

  test('anew from the start when somebody comes again', async () => {
    const { end, join, pass, clock } = stage();
    const first = await join();
    end(1);
    await pass(250);
    first.seat.leave();
    end(2);
    clock.advance(60_000);
    assert.deepEqual(places((await join()).take()), [1, 2]);
    assert.deepEqual(places(first.take()), [1], 'who has left hears nothing more');
  });

  test('before anybody is let in: whoever comes while it cannot be is refused, and takes no seat', async () => {
    const { state, feed, join } = stage(1);
    state.fails = true;
    const seat = feed.take('192.0.2.1');
    await assert.rejects(seat.ready(), /gone/);
    seat.leave();
    state.fails = false;
    await join();
  });

  test('and whoever has left meanwhile is not joined', async () => {
    const { feed, pass } = stage();
    const seat = feed.take('192.0.2.1');
    const ready = seat.ready();
    seat.leave();
    await ready;
    const { take } = listen(seat);
    await pass(5_000);
    assert.deepEqual(take(), []);
  });
});

test('at the end every stream ends, nothing is read any more, and nobody is let in', async () => {
  const { ticker, feed, join } = stage();
  const joined = [await join(), await join('192.0.2.2')];
  const waiting = feed.take('192.0.2.3');
  await feed.close();
  for (const { state } of joined) assert.equal(state.ended, true);
  assert.equal(ticker.running, 0);
  assert.throws(() => feed.take('192.0.2.1'), refusedWith(tooManySubscribers));
  assert.equal(listen(waiting).state.ended, true);
  for (const { seat } of joined) seat.leave();
  await feed.close();
});
