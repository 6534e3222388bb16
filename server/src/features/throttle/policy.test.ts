import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { attemptOn, type CounterState, memorySeconds, type Pace, paces, sourceOf, waitSeconds } from './policy.ts';

const day = 86_400;
const pace = {
  freeAttempts: 3,
  firstWaitSeconds: 30,
  longestWaitSeconds: 3_600,
  forgets: { allAfterSeconds: day },
} as const;
const fresh: CounterState = { attempts: 0, lastAt: 0, blockedUntil: 0 };
const anyPace = fc.constantFrom<Pace>(...Object.values(paces));

/** Guesses the moment it may, from `startSeconds` on; when each guess was heard, in seconds. */
function greedyGuesses(counter: Pace, count: number, spraying = false): number[] {
  let state = fresh;
  let now = 0;
  return Array.from({ length: count }, () => {
    now = Math.max(now, state.blockedUntil);
    const judged = attemptOn(state, now, counter, spraying);
    assert.ok(judged.counted);
    state = judged.state;
    return now / 1_000;
  });
}

test('the free attempts cost nothing, then the wait doubles up to its longest', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((attempts) => waitSeconds(attempts, pace));
  assert.deepEqual(waits, [0, 0, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
});

test('in a siege the wait doubles on to a day', () => {
  const waits = [20, 27, 50, 51, 52, 53, 54, 55, 100].map((attempts) => waitSeconds(attempts, paces.account) / 3_600);
  assert.deepEqual(waits, [1 / 120, 1, 1, 2, 4, 8, 16, 24, 24]);
});

test('the arithmetic of one account: 20 at once, 27 in 64 minutes, 50 in a day, 99 in 45 days, and sessions live 30', () => {
  const heardAt = greedyGuesses(paces.account, 465);
  const heardWithin = (seconds: number) => heardAt.filter((at) => at <= seconds).length;
  assert.deepEqual([heardWithin(0), heardWithin(64 * 60), heardWithin(day)], [20, 27, 49]);
  assert.ok(heardWithin(30 * day) < 85, `${heardWithin(30 * day)} in 30 days`);
  assert.ok(heardWithin(45 * day) < 100, `${heardWithin(45 * day)} in 45 days`);
  assert.ok(heardWithin(365 * day) < 430, `${heardWithin(365 * day)} in a year`);
});

test('no patience gets a hundred guesses in 30 days: neither one that waits longer, nor one that comes back for what was forgotten', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 3 * day }), { minLength: 100, maxLength: 100 });
  fc.assert(
    fc.property(gaps, fc.boolean(), (seconds, spraying) => {
      let state = fresh;
      let now = 0;
      let heard = 0;
      for (const gap of seconds) {
        now = Math.max(now + gap * 1_000, state.blockedUntil);
        if (now > 30 * day * 1_000) break;
        const judged = attemptOn(state, now, paces.account, spraying);
        assert.ok(judged.counted);
        state = judged.state;
        heard += 1;
      }
      return heard < 100;
    }),
  );
});

test('the silent counter of an account never blocks while only one of its names is used', () => {
  const { silent, ...account } = paces.account;
  assert.deepEqual([silent, account], [true, paces.name]);
});

test('somebody at one source never blocks a name for all the others', () => {
  assert.ok(paces.own.freeAttempts < paces.name.freeAttempts);
  assert.ok(paces.own.freeWhileSpraying < paces.name.freeWhileSpraying);
});

test('no number of attempts makes a wait longer than its longest: nobody is locked out for ever', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), anyPace, (attempts, it) => {
      const wait = waitSeconds(attempts, it);
      return wait >= 0 && wait <= (it.siege ?? it).longestWaitSeconds;
    }),
  );
  for (const [kind, { siege, longestWaitSeconds }] of Object.entries<Pace>(paces)) {
    assert.ok(kind === 'device' || (siege?.longestWaitSeconds ?? longestWaitSeconds) <= day, kind);
  }
});

test('spraying makes nothing laxer, and hears the first attempts all the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), anyPace, (attempts, it) => {
      const [calm, sprayed] = [false, true].map((spraying) => attemptOn({ ...fresh, attempts }, 0, it, spraying));
      return (sprayed?.state.blockedUntil ?? 0) >= (calm?.state.blockedUntil ?? 0);
    }),
  );
  for (const it of Object.values<Pace>(paces)) {
    assert.deepEqual(greedyGuesses(it, 4, true), [0, 0, 0, 0]);
  }
});

test('a blocked counter says how long, and a refused attempt changes nothing', () => {
  const state = { attempts: 3, lastAt: 1_000, blockedUntil: 31_000 };
  assert.deepEqual(attemptOn(state, 1_001, pace), { counted: false, state, retryAfterSeconds: 30 });
  assert.deepEqual(attemptOn(state, 30_999, pace), { counted: false, state, retryAfterSeconds: 1 });
  assert.equal(attemptOn(state, 31_000, pace).counted, true);
});

test('forgets all after a day of silence, but nothing before', () => {
  const state = { attempts: 2, lastAt: 0, blockedUntil: 0 };
  assert.equal(attemptOn(state, day * 1_000 - 1, pace).state.attempts, 3);
  assert.equal(attemptOn(state, day * 1_000, pace).state.attempts, 1);
});

test('forgets one a day, whatever comes meanwhile', () => {
  const state = { attempts: 10, lastAt: 0, blockedUntil: 0 };
  const each = { ...pace, forgets: { oneEachSeconds: day } };
  const first = attemptOn(state, 2.5 * day * 1_000, each).state;
  assert.deepEqual([first.attempts, first.lastAt], [9, 2 * day * 1_000]);
  const second = attemptOn({ ...first, blockedUntil: 0 }, 3 * day * 1_000, each).state;
  assert.deepEqual([second.attempts, second.lastAt], [9, 3 * day * 1_000]);
  assert.deepEqual(attemptOn(state, 40 * day * 1_000, each).state, { ...fresh, attempts: 1, lastAt: 40 * day * 1_000 });
});

test('a clock that goes back forgets nothing and frees nobody', () => {
  const state = { attempts: 5, lastAt: 10_000, blockedUntil: 0 };
  for (const it of [pace, paces.account]) assert.equal(attemptOn(state, 1_000, it).state.attempts, 6);
});

test('nothing is swept that still holds something', () => {
  for (const it of Object.values<Pace>(paces)) {
    const heardAt = greedyGuesses(it, 300);
    const attempts = Math.max(...heardAt.map((_, index) => stateAfter(it, index + 1).attempts));
    const { state } = attemptOn({ ...fresh, attempts }, memorySeconds(it) * 1_000, it);
    assert.equal(state.attempts, 1);
  }
});

function stateAfter(counter: Pace, guesses: number): CounterState {
  let state = fresh;
  for (let made = 0; made < guesses; made += 1) {
    state = attemptOn(state, Math.max(state.blockedUntil, state.lastAt), counter).state;
  }
  return state;
}

test('an IPv4 address is its own source, in either spelling', () => {
  assert.equal(sourceOf('192.0.2.7'), '192.0.2.7');
  assert.equal(sourceOf('::ffff:192.0.2.7'), '192.0.2.7');
});

test('an attacker with a whole /64 is one source, and the neighbour is another', () => {
  assert.equal(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:2:ffff:ffff:ffff:ffff'));
  assert.equal(sourceOf('2001:DB8:1:2::1'), sourceOf('2001:0db8:0001:0002::9'));
  assert.notEqual(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:3::1'));
  assert.equal(sourceOf('::1'), '0:0:0:0::/64');
  assert.equal(sourceOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
});

test('attack: a busy address never fills up: forty logins a day, one in twenty mistyped and never put right, for a year', () => {
  let state: CounterState = { attempts: 0, lastAt: 0, blockedUntil: 0 };
  for (let login = 0; login < 365 * 2; login += 1) {
    const judgement = attemptOn(state, login * 43_200_000, paces.source, true);
    assert.ok(judgement.counted);
    state = judgement.state;
  }
  assert.ok(state.attempts < 25 && state.blockedUntil === 0);
});

test('attack: the alarm costs nobody more than five minutes for what is free at other times', () => {
  for (const pace of [paces.own, paces.name, paces.source]) {
    let [state, now]: [CounterState, number] = [{ attempts: 0, lastAt: 0, blockedUntil: 0 }, 0];
    for (let attempt = 1; attempt < pace.freeAttempts; attempt += 1) {
      const judgement = attemptOn(state, now, pace, true);
      assert.ok(judgement.counted);
      state = judgement.state;
      assert.ok(state.blockedUntil <= now + 300_000);
      now = Math.max(now, state.blockedUntil);
    }
  }
});
