import type { Instant } from '../../kernel/clock.ts';
import type { Pace } from './paces.ts';

/** Attempts of one maker: how many, and how many of them were not heard. */
export type Mistakes = Pick<CounterState, 'attempts' | 'unheard'>;

/** What a counter has seen. */
export interface CounterState {
  readonly attempts: number;
  /** Of those of one maker, the ones that were not heard: their account has not counted them. */
  readonly unheard: number;
  /** From when on forgetting is reckoned. */
  readonly lastAt: Instant;
  readonly blockedUntil: Instant;
}

const minute = 60;
const day = 86_400;

const longestWhileSpraying = 5 * minute;

export type Judgement =
  | { readonly counted: true; readonly state: CounterState }
  | { readonly counted: false; readonly state: CounterState; readonly retryAfterSeconds: number };

/** What an attempt makes of a counter. A blocked one stays as it is: a refused attempt makes no wait longer. */
export function attemptOn(found: CounterState, now: Instant, pace: Pace, spraying = false): Judgement {
  const state = believable(found, now, pace);
  if (state.blockedUntil > now) {
    return { counted: false, state, retryAfterSeconds: Math.ceil((state.blockedUntil - now) / 1_000) };
  }
  const remembered = recall(state, now, pace);
  const attempts = remembered.attempts + 1;
  const wait = spraying ? waitWhileSpraying(attempts, pace) : waitSeconds(attempts, pace);
  const lastAt = 'oneEachSeconds' in pace.forgets ? remembered.lastAt : now;
  const blockedUntil = wait === 0 ? 0 : now + wait * 1_000;
  return { counted: true, state: { ...remembered, attempts, lastAt, blockedUntil } };
}

/** The same on a counter that takes note: one that is blocked counts on, and a wait becomes no shorter. */
export function noteOn(found: CounterState, now: Instant, pace: Pace): CounterState {
  const { blockedUntil } = believable(found, now, pace);
  const { state } = attemptOn({ ...found, blockedUntil: 0 }, now, pace);
  return { ...state, blockedUntil: Math.max(state.blockedUntil, blockedUntil) };
}

/** What is left when some attempts are taken back. The counter opens again; one that takes note stays blocked for what is left. */
export function without(state: CounterState, given: Mistakes, pace: Pace, takesNote = false): CounterState {
  const attempts = state.attempts - given.attempts;
  const stays = takesNote && waitSeconds(attempts, pace) > 0;
  const unheard = Math.min(attempts, state.unheard - given.unheard);
  return { ...state, attempts, unheard, blockedUntil: stays ? state.blockedUntil : 0 };
}

/** So far apart no two clocks of ours can be: what one node signs would be dead on another. */
const clocksDifferMs = day * 1_000;

/** What was written by a clock that has been put back since must not keep anybody out for as long as that clock was wrong. */
function believable(state: CounterState, now: Instant, { longestWaitSeconds, siege }: Pace): CounterState {
  const longestMs = (siege?.longestWaitSeconds ?? longestWaitSeconds) * 1_000;
  return {
    ...state,
    lastAt: state.lastAt > now + clocksDifferMs ? now : state.lastAt,
    blockedUntil: state.blockedUntil > now + longestMs + clocksDifferMs ? 0 : state.blockedUntil,
  };
}

/** The counter without what it has forgotten by now. */
function recall(state: CounterState, now: Instant, { forgets }: Pace): CounterState {
  const silence = now - state.lastAt;
  if ('allAfterSeconds' in forgets) {
    return silence < forgets.allAfterSeconds * 1_000 ? state : { ...state, attempts: 0, unheard: 0 };
  }
  const each = forgets.oneEachSeconds * 1_000;
  const forgotten = Math.max(0, Math.floor(silence / each));
  if (forgotten >= state.attempts) return { ...state, attempts: 0, lastAt: now };
  return { ...state, attempts: state.attempts - forgotten, lastAt: state.lastAt + forgotten * each };
}

/** Seconds to wait after the attempt with this number (from 1) before the next may come; 0 while attempts are free. */
export function waitSeconds(attempts: number, pace: Pace): number {
  const { freeAttempts, firstWaitSeconds, longestWaitSeconds, siege } = pace;
  if (attempts < freeAttempts) return 0;
  if (siege !== undefined && attempts > siege.after) {
    return doubled(longestWaitSeconds, attempts - siege.after, siege.longestWaitSeconds);
  }
  return doubled(firstWaitSeconds, attempts - freeAttempts, longestWaitSeconds);
}

/** What is free at other times costs a short wait: whoever raises the alarm must not shut out all who share an address or have mistyped. */
function waitWhileSpraying(attempts: number, pace: Pace): number {
  const { freeAttempts, freeWhileSpraying = freeAttempts } = pace;
  if (attempts >= freeAttempts) return waitSeconds(attempts, pace);
  return Math.min(longestWhileSpraying, waitSeconds(attempts, { ...pace, freeAttempts: freeWhileSpraying }));
}

const doubled = (first: number, times: number, longest: number) => Math.min(longest, first * 2 ** Math.min(times, 30));

/** How long a counter that nobody uses any more still holds something, in milliseconds: for all its attempts, and for each of them. */
export interface Memory {
  readonly allMs: number;
  readonly eachMs: number;
}

export const memoryOf = ({ forgets }: Pace): Memory =>
  'allAfterSeconds' in forgets
    ? { allMs: forgets.allAfterSeconds * 1_000, eachMs: 0 }
    : { allMs: 0, eachMs: forgets.oneEachSeconds * 1_000 };
