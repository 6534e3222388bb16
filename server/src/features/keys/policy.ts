import type { Instant } from '../../kernel/clock.ts';
import { longestTokenMinutes } from '../../kernel/token-life.ts';
import type { AlgorithmName } from './algorithms.ts';

/** What is to be known of a key to say when it does what. */
export interface KeyTimes {
  readonly kid: string;
  readonly algorithm: AlgorithmName;
  readonly signsFrom: Instant;
}

const minuteMs = 60_000;

/**
 * How long a key is published before it signs. Verifiers hold `/.well-known/jwks.json` for five minutes as we tell them, and stock
 * libraries for ten; whoever fetched just before the key was made has it by then.
 */
export const publishedAheadMs = 15 * minuteMs;

/** The clocks of nodes and verifiers may differ by so much. */
const clockSkewMs = 5 * minuteMs;

/** In the order in which they sign. */
export const inTurn = <K extends KeyTimes>(keys: readonly K[]): K[] =>
  [...keys].sort((a, b) => a.signsFrom - b.signsFrom || (a.kid < b.kid ? -1 : 1));

/** The key that signs at `now`: the last whose turn has come; before the first turn, the first. */
export function signerAt<K extends KeyTimes>(keys: readonly K[], now: Instant): K | undefined {
  const turns = inTurn(keys);
  return turns.findLast(({ signsFrom }) => signsFrom <= now) ?? turns[0];
}

/** Keys that no token can need any more: another has signed for longer than any token lives. */
export function spentKeys<K extends KeyTimes>(keys: readonly K[], now: Instant): K[] {
  return inTurn(keys).filter((_, place, turns) => {
    const successor = turns[place + 1];
    return successor !== undefined && successor.signsFrom + longestTokenMinutes * minuteMs + clockSkewMs <= now;
  });
}

/**
 * The keys whose turn has come, or comes when that of a key made now would. One that is dated later was made by a node whose clock is
 * wrong: it must not keep the others from rotating until then.
 */
const inTime = <K extends KeyTimes>(keys: readonly K[], now: Instant): K[] =>
  inTurn(keys).filter(({ signsFrom }) => signsFrom <= now + publishedAheadMs + clockSkewMs);

/** The key that is published and waits for its turn. */
export function waitingKey<K extends KeyTimes>(keys: readonly K[], now: Instant): K | undefined {
  return inTime(keys, now).findLast(({ signsFrom }) => signsFrom > now);
}

/**
 * Whether the next key is to be made: the last has served its time, or signs as the settings no longer want it. One that waits is let
 * sign first: two nodes that want different algorithms would otherwise make keys without end, and the key set would outgrow its readers.
 */
export function isSuccessorDue(
  keys: readonly KeyTimes[],
  now: Instant,
  wanted: { readonly rotationMs: number; readonly algorithm: AlgorithmName },
): boolean {
  const last = inTime(keys, now).at(-1);
  if (last === undefined) return true;
  const isUnwanted = last.algorithm !== wanted.algorithm && last.signsFrom <= now;
  return isUnwanted || last.signsFrom + wanted.rotationMs - publishedAheadMs <= now;
}

/** `next`: published, its turn is to come; `signing`; `verifying`: signs no more, its tokens still pass. */
export type KeyState = 'next' | 'signing' | 'verifying' | 'retired' | 'revoked';

export function stateOf<K extends KeyTimes>(key: K, living: readonly K[], now: Instant): KeyState {
  const signer = signerAt(living, now);
  if (signer?.kid === key.kid) return 'signing';
  return key.signsFrom > now ? 'next' : 'verifying';
}
