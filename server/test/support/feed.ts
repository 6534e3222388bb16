import { setTimeout as sleep } from 'node:timers/promises';

export interface FeedEvent {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects to find.
  readonly data: any;
}

/** A connection to `GET /status/feed`. */
export interface FollowedFeed extends AsyncDisposable {
  readonly response: Response;
  /** Everything that came until now. */
  readonly events: readonly FeedEvent[];
  /** The first event, also of those that have come, of which this is true. Waits for it. */
  until(isIt: (event: FeedEvent) => boolean): Promise<FeedEvent>;
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>;
}

/** Longer than any machine is slow, so that a test that waits in vain ends. */
const patienceMs = 20_000;

/** Follows the feed of a server, which must accept. */
export async function followFeed(url: string): Promise<FollowedFeed> {
  const abort = new AbortController();
  const response = await fetch(`${url}/status/feed`, { signal: abort.signal });
  if (response.status !== 200 || response.body === null) throw new Error(`the feed answered ${response.status}`);
  const events: FeedEvent[] = [];
  const stream = response.body.pipeThrough(new TextDecoderStream());
  let wake = Promise.withResolvers<void>();
  const read = async (): Promise<void> => {
    let text = '';
    for await (const piece of stream) {
      const blocks = `${text}${piece}`.split('\n\n');
      text = blocks.pop() ?? '';
      events.push(...blocks.map(eventOf));
      wake.resolve();
      wake = Promise.withResolvers();
    }
  };
  const ended = read();
  ended.catch(() => {});
  return {
    response,
    events,
    ended,
    async until(isIt) {
      for (;;) {
        const found = events.find(isIt);
        if (found !== undefined) return found;
        await Promise.race([
          wake.promise,
          ended.then(neverCame),
          sleep(patienceMs, undefined, { ref: false }).then(neverCame),
        ]);
      }
    },
    async [Symbol.asyncDispose]() {
      abort.abort();
      await ended.catch(() => {});
    },
  };
}

function neverCame(): never {
  throw new Error('the event never came');
}

function eventOf(block: string): FeedEvent {
  const [, name = '', data = 'null'] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
  return { name, data: JSON.parse(data) };
}

/** Whether an event says that this session has ended. */
export const revokes =
  ({ uri, idx }: { readonly uri: string; readonly idx: number }) =>
  ({ name, data }: FeedEvent): boolean =>
    name === 'revoked' && data.uri === uri && data.idx.includes(idx);
