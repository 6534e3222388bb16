import { isText, isTexts, isTime, parseObject } from './json.ts';
import type { Clock, Ports } from './ports.ts';
import { createSseParser, type ServerSentEvent } from './sse.ts';

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

/** Milliseconds. */
const times = { connect: 10_000, firstRetry: 1_000, longestRetry: 60_000, longestRetryAfter: 300_000 };

/** So many beats may fail to come before the connection counts as dead, though its socket stands. */
const beatsMissed = 3;

/** How a try ended that was none of the server's deeds. */
class FeedFault extends Error {
  readonly retryAfterMs: number;
  constructor(message: string, retryAfterMs = 0) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Follows a feed until `signal` is aborted: connects, listens, and after every end comes back with exponential back-off and jitter, so
 * that a restarted server is not met by all its verifiers at the same moment. Never rejects.
 *
 * @param endpoint where the feed is; asked before each try
 */
export async function followFeed(
  endpoint: () => Promise<string>,
  issuer: string,
  listener: FeedListener,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    let lived = false;
    const heard: FeedListener = {
      ...listener,
      beat() {
        lived = true;
        listener.beat();
      },
    };
    const cause: unknown = await listen(endpoint, issuer, heard, ports, signal).catch((error: unknown) => error);
    if (signal.aborted) return;
    failures = lived ? 0 : failures + 1;
    const backOff = Math.min(times.firstRetry * 2 ** Math.max(0, failures - 1), times.longestRetry);
    const asked = cause instanceof FeedFault ? cause.retryAfterMs : 0;
    const wait = Math.max(backOff * (0.5 + ports.random() / 2), asked * (1 + ports.random() / 4));
    listener.lost(cause, wait);
    await pause(wait, ports, signal);
  }
}

/** One connection, from the first byte to the last. Resolves when the server ends it, rejects for every other end. */
async function listen(
  endpoint: () => Promise<string>,
  issuer: string,
  listener: FeedListener,
  { fetch, timers, clock }: Ports,
  closed: AbortSignal,
): Promise<void> {
  const abort = new AbortController();
  const stop = (): void => abort.abort(new FeedFault('the feed was silent for too long'));
  closed.addEventListener('abort', stop);
  let quiet = timers.after(times.connect, stop);
  const alive = (ms: number): void => {
    quiet();
    quiet = timers.after(ms, stop);
  };
  try {
    const url = await endpoint();
    const headers = { accept: 'text/event-stream' };
    const response = await fetch(url, { headers, redirect: 'manual', signal: abort.signal });
    await read(await bodyOf(response), createSseParser(createReader(issuer, listener, clock, alive)), abort.signal);
  } finally {
    quiet();
    closed.removeEventListener('abort', stop);
    // Whatever went wrong, the socket must not live on.
    abort.abort();
  }
}

async function bodyOf({ status, headers, body }: Response): Promise<ReadableStream<Uint8Array>> {
  const isStream = /^text\/event-stream\s*(?:;|$)/i.test(headers.get('content-type') ?? '');
  if (status === 200 && isStream && body !== null) return body;
  body?.cancel().catch(() => undefined);
  const seconds = Number(headers.get('retry-after') ?? 0);
  const retryAfterMs = seconds > 0 ? Math.min(seconds * 1_000, times.longestRetryAfter) : 0;
  throw new FeedFault(`the feed answered ${status}${status === 200 ? ' with something else' : ''}`, retryAfterMs);
}

async function read(body: ReadableStream<Uint8Array>, parse: (text: string) => void, signal: AbortSignal) {
  const reader = body.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  signal.addEventListener('abort', () => reader.cancel(signal.reason).catch(() => undefined));
  for (;;) {
    const { done, value } = await reader.read();
    signal.throwIfAborted();
    if (done) return;
    parse(decoder.decode(value, { stream: true }));
  }
}

/**
 * The protocol: `hello` first, then whatever. What cannot be understood ends the connection: it may have been a revocation.
 *
 * @param alive is told for how many milliseconds the feed may be silent from now on; comments and half events are silence
 */
function createReader(issuer: string, listener: FeedListener, clock: Clock, alive: (ms: number) => void) {
  const delayOf = createDelay(clock);
  let silenceMs: number | undefined;
  return ({ name, data }: ServerSentEvent): void => {
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

const pause = (ms: number, { timers }: Ports, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = timers.after(ms, done);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
