import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimits {
  /** Open at once. Those beyond are closed unanswered. */
  readonly max: number;
  readonly maxPerSource: number;
  /** What an address is counted as; undefined for a proxy, which speaks for many. */
  readonly sourceOf: (address: string) => string | undefined;
}

export interface SlowReaders {
  /** For how long an answer may wait for its reader, in milliseconds. */
  readonly readMs: number;
  readonly checkMs: number;
}

/** Lets only so many connections be open, and so many from one source (slowloris). */
export function limitConnections(server: Server, { max, maxPerSource, sourceOf }: ConnectionLimits): void {
  const open = new Map<string, number>();
  server.maxConnections = max;
  server.on('connection', (socket: Socket) => {
    const source = sourceOf(socket.remoteAddress ?? '');
    if (source === undefined) return;
    const count = (open.get(source) ?? 0) + 1;
    open.set(source, count);
    socket.once('close', () => {
      const left = (open.get(source) ?? 1) - 1;
      if (left === 0) open.delete(source);
      else open.set(source, left);
    });
    if (count > maxPerSource) socket.destroy();
  });
}

/**
 * Closes connections whose reader leaves an answer waiting. Node's own timeout begins anew with each byte that is taken; what the
 * system's buffers hold, some hundred KB, counts as taken.
 */
export function dropSlowReaders(server: Server, { readMs, checkMs }: SlowReaders): void {
  const turns = Math.ceil(readMs / checkMs);
  const waits = new Map<Socket, number>();
  server.on('connection', (socket: Socket) => {
    waits.set(socket, 0);
    socket.once('close', () => waits.delete(socket));
  });
  const timer = setInterval(() => {
    for (const [socket, waited] of waits) {
      if (socket.writableLength === 0) {
        if (waited > 0) waits.set(socket, 0);
      } else if (waited === turns) socket.destroy();
      else waits.set(socket, waited + 1);
    }
  }, checkMs).unref();
  server.once('close', () => clearInterval(timer));
}
