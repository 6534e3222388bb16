import { isIPv6 } from 'node:net';
import type { Instant } from '../../kernel/clock.ts';

const minute = 60;
const hour = 3_600;
const day = 86_400;

/** How a counter slows down: so many attempts are free, then each costs a wait that doubles from the first to the longest. */
export interface Pace {
  readonly freeAttempts: number;
  /** The same while somebody sprays (`sprayingFrom`); the waits stay. */
  readonly freeWhileSpraying?: number;
  readonly firstWaitSeconds: number;
  readonly longestWaitSeconds: number;
  /** From so many attempts in a row on, the longest wait doubles again, up to another. */
  readonly siege?: { readonly after: number; readonly longestWaitSeconds: number };
  /** Attempts that are forgotten: all after so long a silence, or one after each so long a time, whatever happens meanwhile. */
  readonly forgets: { readonly allAfterSeconds: number } | { readonly oneEachSeconds: number };
  /** A blocked counter refuses as a wrong password is refused, not by 429: that would tell what must not be known. */
  readonly silent?: boolean;
}

/** What is counted together. The kind keeps counters apart. */
export interface Counter {
  readonly kind: keyof typeof paces;
  readonly of: readonly (string | number)[];
  /** Counts also while it is blocked, and refuses nobody. */
  readonly takesNote?: true;
}

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

const longestWhileSpraying = 5 * minute;

const hourAtMost = { firstWaitSeconds: minute / 2, longestWaitSeconds: hour };
const afterADay = { allAfterSeconds: day };

/**
 * All strangers together, at one account: 20 failures at once, 27 after an hour, 50 after a day, then fewer and fewer, down to one a
 * day: the hundredth after 46 days. NIST SP 800-63B-4 §3.2.2 allows a hundred in a row; with an hour as the longest wait they would take
 * four days. Longer than sessions live (30 days), so that whoever uses the account has logged in before, and the row is broken.
 */
const account = {
  freeAttempts: 20,
  freeWhileSpraying: 10,
  ...hourAtMost,
  siege: { after: 50, longestWaitSeconds: day },
  forgets: { oneEachSeconds: day },
} as const;

/** No wait is for ever (OWASP Authentication, "Account Lockout"), and known devices wait for none of the strangers' counters. */
export const paces = {
  /** One name from one source: a person mistypes a few times, a guesser does not stop. Fewer than `name` has for all sources. */
  own: { freeAttempts: 10, freeWhileSpraying: 5, ...hourAtMost, forgets: afterADay },
  /** One name from all sources, as it was asked for, so that it tells nobody who exists. */
  name: account,
  /**
   * One account under both its names. Silent: who burns the attempts of an address and then finds a username blocked would know that
   * both are one person's. As strict as `name`, so that it never blocks while only one of the names is used.
   */
  account: { ...account, silent: true },
  /** One source over all accounts: spraying. Offices share an address that is never silent, so it starts late, and forgets a hundred a day. */
  source: { freeAttempts: 100, freeWhileSpraying: 25, ...hourAtMost, forgets: { oneEachSeconds: 15 * minute } },
  /** A known device at its account. Used up, the device is a stranger; it waits no shorter than its cookie lives. */
  device: {
    freeAttempts: 10,
    firstWaitSeconds: 400 * day,
    longestWaitSeconds: 400 * day,
    forgets: { allAfterSeconds: 400 * day },
  },
  /**
   * The current password, asked for by one session: whoever holds a stolen access token guesses from as many sources as they like.
   * By session, so that the owner's other sessions are not kept from changing the password. After the eleventh the wait is a day and
   * doubles on: 15 guesses in the 30 days of a session, so that with those of strangers it is still less than a hundred.
   */
  session: {
    freeAttempts: 10,
    firstWaitSeconds: minute / 2,
    longestWaitSeconds: day / 2,
    siege: { after: 10, longestWaitSeconds: 30 * day },
    forgets: { allAfterSeconds: 30 * day },
  },
  /** Made-up tokens and API keys from one source. Many are free: when `SECRET_KEY` is lost, all clients of an office hold such ones, and must hear so. */
  token: { freeAttempts: 300, ...hourAtMost, forgets: { oneEachSeconds: 12 } },
  /**
   * Codes tried at one address, across codes: 15 at once, then one an hour, so that a code of a million is guessed in a century. Who burns
   * them keeps nobody out: the link of the same mail is not counted here.
   */
  code: { freeAttempts: 15, ...hourAtMost, forgets: { oneEachSeconds: hour } },
  /** Codes tried from one source at all addresses. */
  'code-source': { freeAttempts: 30, ...hourAtMost, forgets: { oneEachSeconds: 10 * minute } },
  /**
   * Mails of one sort asked for to one address, by whomever: nobody's inbox is flooded. The owner loses nothing by the askings of others:
   * the mail comes to them all the same.
   */
  mail: {
    freeAttempts: 5,
    firstWaitSeconds: minute,
    longestWaitSeconds: 10 * minute,
    forgets: { oneEachSeconds: 10 * minute },
  },
  /** Mails asked for from one source, to all addresses. */
  'mail-source': { freeAttempts: 30, ...hourAtMost, forgets: { oneEachSeconds: 2 * minute } },
  /**
   * Other names that a user asks for, in a row: whether a name is taken is told, so whoever has one account could ask through all
   * addresses there are. Nothing is ever given back; fewer are free in a day than somebody needs who looks for a name.
   */
  rename: { freeAttempts: 10, ...hourAtMost, forgets: { oneEachSeconds: 144 * minute } },
  /** Exports of one's own data: each reads all of it, and leaves a row in the record that nobody can remove. */
  export: { freeAttempts: 10, ...hourAtMost, forgets: { oneEachSeconds: 144 * minute } },
  /** New passwords that are looked at for one token of a mail: each costs a core, or asks a service elsewhere. */
  'new-password': { freeAttempts: 20, ...hourAtMost, forgets: { allAfterSeconds: hour } },
  /** Accounts made from one source. */
  signup: { freeAttempts: 60, ...hourAtMost, forgets: { oneEachSeconds: 24 * minute } },
} as const satisfies Record<string, Pace>;

/** The strangers' counters of a login, always in this order, so that no two logins wait for each other in a ring. */
export function strangersCounters(attempt: {
  /** Folded, so that all its spellings share a counter. */
  readonly name: string;
  /** The user's id, where there is one. */
  readonly account: number | undefined;
  readonly ip: string;
}): readonly Counter[] {
  const source = sourceOf(attempt.ip);
  return [
    { kind: 'own', of: [attempt.name, source] },
    { kind: 'name', of: [attempt.name] },
    // Of nobody's name as well, so that nobody costs the same work as somebody.
    { kind: 'account', of: attempt.account === undefined ? ['name', attempt.name] : ['id', attempt.account] },
    { kind: 'source', of: [source] },
  ];
}

/**
 * Those of asking for the current password: of a login from there too, so that a stolen access token buys no more attempts. Those of all
 * sources only take note: strangers must not keep the owner from changing it, but what is guessed here they cannot guess there.
 */
export function currentPasswordCounters(asker: {
  readonly name: string;
  readonly account: number;
  readonly session: string;
  readonly ip: string;
}): readonly Counter[] {
  return [{ kind: 'session', of: [asker.session] }, ...takingNote(strangersCounters(asker), ['name', 'account'])];
}

/**
 * Those of the logins from there of somebody who has proven by a mail who they are. To be forgiven, and never charged: what they got wrong is
 * taken back, and what others have blocked stays blocked. Else who besieges a name would see it open, and know that it has an account.
 */
export const countersOfProven = (proven: { name: string; account: number; ip: string }): readonly Counter[] =>
  takingNote(strangersCounters(proven), ['name', 'account', 'source']);

const takingNote = (counters: readonly Counter[], kinds: readonly Counter['kind'][]): Counter[] =>
  counters.map((it) => (kinds.includes(it.kind) ? { ...it, takesNote: true } : it));

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

/** So many failures of strangers within two windows, at all accounts and from all sources, are spraying: a few thousand an hour. */
export const sprayingFrom = 300;
export const sprayingWindowMs = 300_000;

/** The source that an address stands for: IPv4 by itself, IPv6 by its /64, which one subscriber has whole (RFC 6177 §2). */
export function sourceOf(ip: string): string {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const groups = groupsOf(plain);
  const [high = '', low = ''] = groups.slice(6);
  // An IPv4 address in hexadecimal (RFC 4291 §2.5.5.2): not all of them are one source.
  if (groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return [...octetsOf(high), ...octetsOf(low)].join('.');
  return `${groups.slice(0, 4).join(':')}::/64`;
}

const octetsOf = (group: string) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255];

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const host = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = host.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  return [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
}
