import type { Ports } from './ports.ts';

/** An answer that was read whole. */
export interface Fetched {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** @throws Error for anything but a whole answer with status 200 within the bounds */
export type FetchText = (url: string, accept: string) => Promise<Fetched>;

/** An answer must be complete after so long. Milliseconds. */
const timeLimitMs = 5_000;

/**
 * GET with a bound on time and size. Redirects are not followed: where keys and lists live is for the checked metadata to say, not for
 * whoever can answer with a `Location` (RFC 9700 §4.11).
 *
 * @param maxBytes of the body, after any content coding
 * @param closed ends what is under way
 */
export function createFetchText({ fetch, timers }: Ports, maxBytes: number, closed: AbortSignal): FetchText {
  return async (url, accept) => {
    closed.throwIfAborted();
    const abort = new AbortController();
    const stop = (): void => abort.abort(new Error(`${url} did not answer in time`));
    const late = timers.after(timeLimitMs, stop);
    closed.addEventListener('abort', stop);
    try {
      const response = await fetch(url, { headers: { accept }, redirect: 'manual', signal: abort.signal });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Error(`${url} answered ${response.status}`);
      }
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await readAll(response.body, maxBytes));
      return { status: response.status, headers: response.headers, text };
    } finally {
      late();
      closed.removeEventListener('abort', stop);
    }
  };
}

/**
 * @returns everything that `stream` has
 * @throws RangeError as soon as it is more than `maxBytes`, without reading on
 */
export async function readAll(stream: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = stream?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || value === undefined) return concat(chunks, size);
    size += value.length;
    if (size > maxBytes) {
      reader?.cancel().catch(() => undefined);
      throw new RangeError(`more than ${maxBytes} bytes`);
    }
    chunks.push(value);
  }
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
