import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { currentPasswordCounters, sourceOf, strangersCounters } from './counters.ts';
import { type Pace, paces } from './paces.ts';
import { attemptOn, type CounterState, memoryOf, noteOn, waitSeconds, without } from './policy.ts';

const day = 86_400;
const pace = {
  freeAttempts: 3,
  firstWaitSeconds: 30,
  longestWaitSeconds: 3_600,
  forgets: { allAfterSeconds: day },
} as const;
const fresh: CounterState = { attempts: 0, lastAt: 0, blockedUntil: 0, unheard: 0 };
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

test('who has stolen a session besides gets no hundred guesses in 30 days: what is asked there is counted at the account', () => {
  for (let stolenOn = 0; stolenOn <= 30; stolenOn += 0.5) {
    for (const sessionFirst of [false, true]) {
      const { login, session } = greedyThief(stolenOn * day * 1_000, sessionFirst);
      assert.ok(session <= 15 && login + session < 100, `${login} and ${session}, stolen on day ${stolenOn}`);
    }
  }
});

/** Guesses as a stranger, and from some time on also with a stolen session, the moment each may be heard; how many were. */
function greedyThief(stolenAt: number, sessionFirst: boolean) {
  let [account, session, now] = [fresh, fresh, 0];
  const heard = { login: 0, session: 0 };
  const logIn = () => {
    const judged = attemptOn(account, now, paces.account);
    if (judged.counted) heard.login += 1;
    account = judged.state;
    return judged.counted;
  };
  const ask = () => {
    const judged = attemptOn(session, now, paces.session);
    if (now < stolenAt || !judged.counted) return false;
    heard.session += 1;
    [session, account] = [judged.state, noteOn(account, now, paces.account)];
    return true;
  };
  while (now <= 30 * day * 1_000) {
    for (const guess of sessionFirst ? [ask, logIn] : [logIn, ask]) while (guess());
    now = Math.min(...[account.blockedUntil, session.blockedUntil, stolenAt].filter((at) => at > now), now + 3_600_000);
  }
  return heard;
}

test('asking for the current password is counted wherever a login is, and those of all sources refuse nobody', () => {
  const asker = { name: 'ada@example.com', account: 1, ip: '192.0.2.1' };
  const [session, ...others] = currentPasswordCounters({ ...asker, session: 'a session' });
  assert.deepEqual(session, { kind: 'session', of: ['a session'] });
  assert.deepEqual(
    others.map(({ takesNote: _, ...counter }) => counter),
    strangersCounters(asker),
  );
  assert.deepEqual(
    others.filter(({ takesNote }) => takesNote).map(({ kind }) => kind),
    ['name', 'account'],
  );
});

test('a counter that takes note counts also while it is blocked, and makes no wait shorter', () => {
  const blocked = { ...fresh, attempts: 3, blockedUntil: 30_000 };
  assert.deepEqual(noteOn(blocked, 0, pace), { ...blocked, attempts: 4, blockedUntil: 60_000 });
  assert.deepEqual(noteOn({ ...fresh, blockedUntil: 90_000 }, 0, pace), {
    ...fresh,
    attempts: 1,
    blockedUntil: 90_000,
  });
});

test('what is given back opens a counter; one that takes note stays blocked for the attempts of others', () => {
  const blocked = { ...fresh, attempts: 5, unheard: 2, blockedUntil: 60_000 };
  const one = { attempts: 1, unheard: 1 };
  assert.deepEqual(without(blocked, one, pace), { ...fresh, attempts: 4, unheard: 1 });
  assert.deepEqual(without(blocked, one, pace, true), { ...blocked, attempts: 4, unheard: 1 });
  const own = { attempts: 3, unheard: 0 };
  assert.deepEqual(without(blocked, own, pace, true), { ...fresh, attempts: 2, unheard: 2 });
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
    // A device that waits is a stranger, and who owns a session may begin another.
    const isOneOfMany = kind === 'device' || kind === 'session';
    assert.ok(isOneOfMany || (siege?.longestWaitSeconds ?? longestWaitSeconds) <= day, kind);
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
  const state = { attempts: 3, lastAt: 1_000, blockedUntil: 31_000, unheard: 0 };
  assert.deepEqual(attemptOn(state, 1_001, pace), { counted: false, state, retryAfterSeconds: 30 });
  assert.deepEqual(attemptOn(state, 30_999, pace), { counted: false, state, retryAfterSeconds: 1 });
  assert.equal(attemptOn(state, 31_000, pace).counted, true);
});

test('forgets all after a day of silence, but nothing before', () => {
  const state = { attempts: 2, lastAt: 0, blockedUntil: 0, unheard: 0 };
  assert.equal(attemptOn(state, day * 1_000 - 1, pace).state.attempts, 3);
  assert.equal(attemptOn(state, day * 1_000, pace).state.attempts, 1);
});

test('forgets one a day, whatever comes meanwhile', () => {
  const state = { attempts: 10, lastAt: 0, blockedUntil: 0, unheard: 0 };
  const each = { ...pace, forgets: { oneEachSeconds: day } };
  const first = attemptOn(state, 2.5 * day * 1_000, each).state;
  assert.deepEqual([first.attempts, first.lastAt], [9, 2 * day * 1_000]);
  const second = attemptOn({ ...first, blockedUntil: 0, unheard: 0 }, 3 * day * 1_000, each).state;
  assert.deepEqual([second.attempts, second.lastAt], [9, 3 * day * 1_000]);
  assert.deepEqual(attemptOn(state, 40 * day * 1_000, each).state, { ...fresh, attempts: 1, lastAt: 40 * day * 1_000 });
});

test('a clock that goes back forgets nothing and frees nobody', () => {
  const state = { attempts: 5, lastAt: 10_000, blockedUntil: 0, unheard: 0 };
  for (const it of [pace, paces.account]) assert.equal(attemptOn(state, 1_000, it).state.attempts, 6);
});

test('a clock that was wrong for a while, however far ahead, keeps nobody out for longer than the longest wait and a day', () => {
  const years = fc.integer({ min: 1, max: 40 * 365 * day });
  fc.assert(
    fc.property(years, fc.integer({ min: 1, max: 200 }), anyPace, (aheadSeconds, attempts, it) => {
      let { state } = attemptOn({ ...fresh, attempts }, aheadSeconds * 1_000, it);
      const longest = (it.siege ?? it).longestWaitSeconds;
      const judged = attemptOn(state, 0, it);
      if (!judged.counted) return judged.retryAfterSeconds <= longest + day;
      state = judged.state;
      return state.lastAt <= day * 1_000 && state.blockedUntil <= longest * 1_000;
    }),
  );
});

test('attack: two nodes whose clocks are up to a day apart hear no more guesses in turn than one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: day }), fc.boolean(), (apart, aheadFirst) => {
      let [state, now, heard] = [fresh, 0, 0];
      while (now <= 10 * day * 1_000) {
        for (const skew of aheadFirst ? [apart, 0] : [0, apart]) {
          for (let judged = attemptOn(state, now + skew * 1_000, paces.account); judged.counted; ) {
            [state, heard] = [judged.state, heard + 1];
            judged = attemptOn(state, now + skew * 1_000, paces.account);
          }
        }
        now += 1_800_000;
      }
      // What a day's difference forgets, once.
      return heard <= greedyGuesses(paces.account, 200).filter((at) => at <= 11 * day).length + 1;
    }),
    { numRuns: 50 },
  );
});

test('what is swept holds nothing: the next attempt is as on a new counter; and what still holds something stays', () => {
  const moment = fc.integer({ min: 0, max: 500 * day });
  fc.assert(
    fc.property(fc.nat({ max: 120 }), moment, moment, anyPace, (attempts, blockedFor, later, it) => {
      const now = later * 1_000;
      const longest = (it.siege ?? it).longestWaitSeconds;
      const state = { ...fresh, attempts, blockedUntil: Math.min(blockedFor, longest) * 1_000 };
      const { allMs, eachMs } = memoryOf(it);
      const isOver = state.blockedUntil <= now && attempts * eachMs <= now && (attempts === 0 || allMs <= now);
      const [judged, onNew] = [state, { ...fresh, lastAt: now }].map((from) => attemptOn(from, now, it));
      return isOver === (judged?.counted && judged.state.attempts === onNew?.state.attempts);
    }),
  );
});

test('an IPv4 address is its own source, in each spelling', () => {
  assert.equal(sourceOf('192.0.2.7'), '192.0.2.7');
  assert.equal(sourceOf('::ffff:192.0.2.7'), '192.0.2.7');
  assert.equal(sourceOf('::FFFF:c000:0207'), '192.0.2.7');
});

test('an attacker with a whole /64 is one source, and the neighbour is another', () => {
  assert.equal(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:2:ffff:ffff:ffff:ffff'));
  assert.equal(sourceOf('2001:DB8:1:2::1'), sourceOf('2001:0db8:0001:0002::9'));
  assert.notEqual(sourceOf('2001:db8:1:2::1'), sourceOf('2001:db8:1:3::1'));
  assert.equal(sourceOf('::1'), '0:0:0:0::/64');
  assert.equal(sourceOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
});

test('attack: a busy address never fills up: forty logins a day, one in twenty mistyped and never put right, for a year', () => {
  let state: CounterState = { attempts: 0, lastAt: 0, blockedUntil: 0, unheard: 0 };
  for (let login = 0; login < 365 * 2; login += 1) {
    const judgement = attemptOn(state, login * 43_200_000, paces.source, true);
    assert.ok(judgement.counted);
    state = judgement.state;
  }
  assert.ok(state.attempts < 25 && state.blockedUntil === 0);
});

test('attack: the alarm costs nobody more than five minutes for what is free at other times', () => {
  for (const pace of [paces.own, paces.name, paces.source]) {
    let [state, now]: [CounterState, number] = [{ attempts: 0, lastAt: 0, blockedUntil: 0, unheard: 0 }, 0];
    for (let attempt = 1; attempt < pace.freeAttempts; attempt += 1) {
      const judgement = attemptOn(state, now, pace, true);
      assert.ok(judgement.counted);
      state = judgement.state;
      assert.ok(state.blockedUntil <= now + 300_000);
      now = Math.max(now, state.blockedUntil);
    }
  }
});
