import { createFeedReader, FeedFault, type FeedListener } from './feed-protocol.ts';
import type { Ports } from './ports.ts';
import { createSseParser } from './sse.ts';

/** Milliseconds. */
const times = { connect: 10_000, firstRetry: 1_000, longestRetry: 60_000, longestRetryAfter: 300_000 };

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
    await read(await bodyOf(response), createSseParser(createFeedReader(issuer, listener, clock, alive)), abort.signal);
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
