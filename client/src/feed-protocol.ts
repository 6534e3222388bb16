import { isText, isTexts, isTime, parseObject } from './json.ts';
import type { Clock } from './ports.ts';
import type { ServerSentEvent } from './sse.ts';

/** Who is told what the feed says. */
export interface FeedListener {
  /** A connection stands: from now on every revocation comes by, and those of the last `replaySeconds` will at once. */
  opened(replaySeconds: number): void;
  keys(kids: readonly string[]): void;
  revoked(uri: string, idx: readonly number[]): void;
  /** The server could read its database just now, and has sent whatever it knew before. */
  beat(): void;
  /** The connection has ended, or was none. `retryInMs`: until the next try. */
  lost(cause: unknown, retryInMs: number): void;
}

/** So many beats may fail to come before the connection counts as dead, though its socket stands. */
const beatsMissed = 3;

/** A connection that is of no use: the answer is no feed, the feed breaks its protocol, or it falls silent. */
export class FeedFault extends Error {
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs = 0) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * The protocol: `hello` first, then whatever. What cannot be understood ends the connection: it may have been a revocation.
 *
 * @param alive is told for how many milliseconds the feed may be silent from now on; comments and half events are silence
 */
export function createFeedReader(
  issuer: string,
  listener: FeedListener,
  clock: Clock,
  alive: (ms: number) => void,
): (event: ServerSentEvent) => void {
  const delayOf = createDelay(clock);
  let silenceMs: number | undefined;
  return ({ name, data }) => {
    if (!['hello', 'keys', 'revoked', 'beat'].includes(name)) return;
    const event = parseObject(data);
    if (name === 'hello') {
      if (event.issuer !== issuer) throw new FeedFault('the feed is that of another issuer');
      silenceMs = 1_000 * beatsMissed * within(event.beat_seconds, 1, 20, 5);
      listener.opened(within(event.replay_seconds, 0, 3_600, 0));
    }
    if (silenceMs === undefined) throw new FeedFault('the feed did not begin with hello');
    alive(silenceMs);
    if (name === 'beat') {
      if (delayOf(event.at) > silenceMs) throw new FeedFault('the feed is held back on the way');
      listener.beat();
    }
    if (name === 'keys') {
      if (!isTexts(event.kids)) throw new FeedFault('keys without kids');
      listener.keys(event.kids);
    }
    if (name === 'revoked') {
      if (!isText(event.uri) || !isIndexes(event.idx)) throw new FeedFault('revoked without uri and idx');
      listener.revoked(event.uri, event.idx);
    }
  };
}

/**
 * By how much longer a beat was on its way than the quickest of its connection. A stream that is held back ever longer, by whoever can
 * delay it or by a reader that stood still, never falls silent, and its old beats would vouch for now. What the clocks of both ends differ
 * by cancels out.
 *
 * @returns takes `at` of a beat, seconds of the server's clock; milliseconds
 */
function createDelay({ elapsed }: Clock): (at: unknown) => number {
  let quickest = Number.POSITIVE_INFINITY;
  return (at) => {
    if (!isTime(at)) return 0;
    const taken = elapsed() - at * 1_000;
    quickest = Math.min(quickest, taken);
    return taken - quickest;
  };
}

const within = (value: unknown, least: number, most: number, otherwise: number): number =>
  typeof value === 'number' && value >= least ? Math.min(value, most) : otherwise;

const isIndexes = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
