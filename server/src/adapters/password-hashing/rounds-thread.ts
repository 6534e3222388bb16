import { Worker } from 'node:worker_threads';
import type { ManyRounds } from './many-rounds.ts';
import type { RoundsReply, RoundsRequest } from './many-rounds-worker.ts';

/** The promises of what the thread has been asked, by id. */
type Pending = Map<number, PromiseWithResolvers<Buffer>>;

interface RoundsThread {
  /** Computes off the event loop; one after the other. @throws what ended the thread */
  run(work: ManyRounds): Promise<Buffer>;
}

/**
 * sha-crypt and phpass are thousands of short hashes, for which Node has no asynchronous form: up to two seconds that must not
 * stand on the event loop. Yielding between slices would keep it answering, but leave half of it, so a thread does them.
 *
 * One thread for all: such hashes come from elsewhere and are replaced at their owner's next login, so they are never many. It is
 * started at the first and stays, without keeping the process alive.
 */
export function createRoundsThread(): RoundsThread {
  let thread: { readonly worker: Worker; readonly pending: Pending } | undefined;
  let lastId = 0;

  const start = () => {
    const pending: Pending = new Map();
    // Flags of the process (`--input-type`, a test runner's) are not meant for this thread, and some keep it from starting.
    const worker = new Worker(new URL('./many-rounds-worker.ts', import.meta.url), { execArgv: [] });
    const end = (error: unknown) => {
      if (thread?.worker === worker) thread = undefined;
      for (const { reject } of pending.values()) reject(error);
      pending.clear();
    };
    worker.on('message', ({ id, digest }: RoundsReply) => {
      pending.get(id)?.resolve(Buffer.from(digest));
      pending.delete(id);
      if (pending.size === 0) worker.unref();
    });
    worker.on('error', end);
    worker.on('exit', (code) => end(new Error(`the hashing thread ended with ${code}`)));
    return { worker, pending };
  };

  return {
    run(work) {
      thread ??= start();
      const { worker, pending } = thread;
      const answer = Promise.withResolvers<Buffer>();
      lastId += 1;
      const request: RoundsRequest = { id: lastId, work };
      pending.set(request.id, answer);
      worker.ref();
      worker.postMessage(request);
      return answer.promise;
    },
  };
}

/** The one of this process. */
export const roundsThread = createRoundsThread();
