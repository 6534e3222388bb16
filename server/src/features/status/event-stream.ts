import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { Subscriber } from './feed.ts';

/**
 * Bytes that may wait for a reader: some 150,000 revocations. Whoever is further behind is cut off, and begins anew with the lists. The
 * bytes are shared by all streams, so that a thousand who do not read hold them once.
 */
const maxWaitingBytes = 1_048_576;

/** Streams events as an answer (HTML Standard §9.2). It never ends by itself. */
export function streamEvents(
  response: ServerResponse,
  headers: Readonly<Record<string, OutgoingHttpHeader | undefined>>,
): Subscriber {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  response.writeHead(200, {
    ...Object.fromEntries(given),
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // nginx would otherwise hold events back until it has a page full.
    'x-accel-buffering': 'no',
    // So that the connection goes with the stream, and does not keep a server that stops waiting for it.
    connection: 'close',
  });
  response.flushHeaders();
  // A word behind the end is a mistake of ours, and no reason to end the process.
  response.on('error', () => undefined);
  return {
    send(events) {
      if (response.writableLength > maxWaitingBytes) response.destroy();
      else response.write(events);
    },
    end() {
      // Whoever does not read would not read the end either.
      if (response.writableLength > 0) response.destroy();
      else response.end();
    },
  };
}
