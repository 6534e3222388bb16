import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { CheckpointReply } from './checkpoint-worker.ts';

/** Moves the WAL's content into the database file, on a thread of its own. */
export interface Checkpointer {
  /** A transaction has committed; every so many of them start a checkpoint, unless one is running. */
  committed(): void;
  /** Waits for a running checkpoint; must not be called where nobody may write, since that is what it may be waiting for. */
  close(): Promise<void>;
}

export interface CheckpointerOptions {
  readonly path: string;
  /**
   * A checkpoint is due after so many commits. Commits are counted and not bytes, because a WAL that starts over keeps its file's
   * size.
   */
  readonly everyCommits: number;
  /** Runs its work while nobody of this process writes. */
  readonly whileNobodyWrites: (work: () => Promise<void>) => Promise<void>;
  /** The error carries SQLite's `errcode`, where it has one. */
  readonly onError: (error: unknown) => void;
}

/**
 * A checkpoint syncs the WAL, copies its pages, and syncs the database: tens of milliseconds that must not stand on the event loop,
 * so a worker thread does it over a connection of its own.
 *
 * Two passes. The first copies nearly all while writers go on. Under load that alone would never reach the WAL's end, and only a
 * WAL that was copied to its end starts over instead of growing (sqlite.org/wal.html §6), so the second pass copies the little
 * that has come since while the write lane is held.
 */
export function createCheckpointer(options: CheckpointerOptions): Checkpointer {
  let worker: Worker | undefined;
  let running: Promise<void> | undefined;
  let sinceLast = 0;
  let closed = false;

  const startWorker = (): Worker => {
    const thread = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), {
      workerData: { path: options.path },
      // Flags of the process (`--input-type`, a test runner's) are not meant for this thread, and some keep it from starting.
      execArgv: [],
    });
    // Whoever waits for its reply learns of the error there (`once`); here we only see to it that nobody asks the dead.
    thread.on('error', () => {
      worker = undefined;
    });
    return thread;
  };

  const pass = async (): Promise<void> => {
    worker ??= startWorker();
    const thread = worker;
    // Keeps the process alive while it works, and only then.
    thread.ref();
    try {
      thread.postMessage('checkpoint');
      const [reply] = (await once(thread, 'message')) as [CheckpointReply];
      if (reply.error !== undefined) throw Object.assign(new Error(reply.error), { errcode: reply.errcode });
    } finally {
      thread.unref();
    }
  };

  const checkpoint = async (): Promise<void> => {
    sinceLast = 0;
    try {
      await pass();
      await options.whileNobodyWrites(pass);
    } catch (error) {
      options.onError(error);
    } finally {
      running = undefined;
    }
  };

  return {
    committed() {
      sinceLast += 1;
      if (closed || running !== undefined || sinceLast < options.everyCommits) return;
      running = checkpoint();
    },
    async close() {
      closed = true;
      await running;
      await worker?.terminate();
    },
  };
}
