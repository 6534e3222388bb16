import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PerformanceObserver } from 'node:perf_hooks';

/** One measured request. */
export interface Timed {
  /** From the last byte sent to the first received, in milliseconds. */
  readonly ms: number;
  readonly status: number;
  /** Whether this process collected garbage meanwhile, so that the time tells of us and not of the server. */
  readonly disturbed: boolean;
}

/** Measures one request after the other, over one connection that is kept for as long as the server keeps it. */
export interface Stopwatch extends Disposable {
  time(request: string): Promise<Timed>;
}

/** A pause of the garbage collector, in milliseconds of `performance.now()`. */
interface Pause {
  readonly from: number;
  readonly to: number;
}

/** @param greeting a request that is not timed, the first of every connection: what a new one costs the server is no part of a measurement */
export function createStopwatch(url: string, greeting: string): Stopwatch {
  const { hostname, port } = new URL(url);
  let socket: Socket | undefined;
  let pauses: Pause[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) pauses.push({ from: startTime, to: startTime + duration });
  });
  observer.observe({ entryTypes: ['gc'] });

  const open = async (): Promise<Socket> => {
    if (socket?.writable) return socket;
    socket = connect(Number(port), hostname).setNoDelay();
    await once(socket, 'connect');
    return (await answerTo(greeting, socket)).isLast ? open() : socket;
  };

  return {
    async time(request) {
      const { from, firstAt, status, isLast } = await answerTo(request, await open());
      // The server ends a connection after so many requests, and says so in its last answer (RFC 9112 §9.6).
      if (isLast) socket = undefined;
      // The observer is told a little later.
      await new Promise(setImmediate);
      const disturbed = pauses.some((pause) => pause.from < firstAt && pause.to > from);
      pauses = pauses.filter((pause) => pause.to > firstAt);
      return { ms: firstAt - from, status, disturbed };
    },
    [Symbol.dispose]() {
      observer.disconnect();
      socket?.destroy();
    },
  };
}

interface Answered {
  readonly from: number;
  readonly firstAt: number;
  readonly status: number;
  /** No other request may follow on this connection, which is closed. */
  readonly isLast: boolean;
}

/** Resolves when an answer with a `Content-Length` has come whole. */
function answerTo(request: string, socket: Socket): Promise<Answered> {
  return new Promise((resolve, reject) => {
    let firstAt = 0;
    let text = '';
    const done = () => {
      socket.off('data', onData).off('error', onEnd).off('close', onEnd);
    };
    const onEnd = () => {
      done();
      reject(new Error('the connection was closed without an answer'));
    };
    const onData = (chunk: Buffer) => {
      firstAt ||= performance.now();
      text += chunk.toString('latin1');
      const length = lengthOf(text);
      if (length === undefined || text.length < length) return;
      done();
      const isLast = /\r\nconnection: *close\r\n/i.test(text.slice(0, text.indexOf('\r\n\r\n') + 2));
      if (isLast) socket.destroy();
      resolve({ from, firstAt, status: Number(text.slice(9, 12)), isLast });
    };
    socket.on('data', onData).on('error', onEnd).on('close', onEnd);
    const from = performance.now();
    socket.write(request);
  });
}

/** How long an answer is, head and body; undefined while its head is not whole. */
function lengthOf(text: string): number | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [, length = '0'] = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end)) ?? [];
  return end + 4 + Number(length);
}
