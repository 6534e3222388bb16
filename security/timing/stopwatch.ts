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

/** Measures one request after the other, over one connection that is kept. */
export interface Stopwatch extends Disposable {
  time(request: string): Promise<Timed>;
}

/** A pause of the garbage collector, in milliseconds of `performance.now()`. */
interface Pause {
  readonly from: number;
  readonly to: number;
}

export function createStopwatch(url: string): Stopwatch {
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
    return socket;
  };

  return {
    async time(request) {
      const on = await open();
      const answered = answerOn(on);
      const from = performance.now();
      on.write(request);
      const { firstAt, status } = await answered;
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

/** Resolves when an answer with a `Content-Length` has come whole. */
function answerOn(socket: Socket): Promise<{ firstAt: number; status: number }> {
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
      resolve({ firstAt, status: Number(text.slice(9, 12)) });
    };
    socket.on('data', onData).on('error', onEnd).on('close', onEnd);
  });
}

/** How long an answer is, head and body; undefined while its head is not whole. */
function lengthOf(text: string): number | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [, length = '0'] = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end)) ?? [];
  return end + 4 + Number(length);
}
