import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';

/** The workers of a node. */
export interface Crew {
  /** The address, when all of them listen. Rejects when one ends before that. */
  readonly listening: Promise<string>;
  /** Tells all of them to stop and waits until they are gone. */
  stop(): Promise<void>;
}

const shortestPauseMs = 100;
const longestPauseMs = 30_000;
/** After so long a life a death is no longer taken for a failure to start. */
const steadyMs = 10_000;

/** Starts `count` workers, and a new one for each that dies, after a pause that doubles as long as they keep dying. */
export function createCrew(count: number, logger: Logger): Crew {
  // Each accepts for itself. Were connections handed out by the first process, one that is on its way to a worker which is killed
  // would hang for ever.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const living = new Set<Worker>();
  const pauses = new Set<NodeJS.Timeout>();
  const { promise: listening, resolve, reject } = Promise.withResolvers<string>();
  const { promise: gone, resolve: allGone } = Promise.withResolvers<void>();
  // Whoever waits for it hears of it; it may be that nobody does any more.
  listening.catch(() => {});
  let starting = count;
  let deaths = 0;
  let stopping = false;

  const later = (milliseconds: number, work: () => void): void => {
    const timer = setTimeout(() => {
      pauses.delete(timer);
      work();
    }, milliseconds);
    pauses.add(timer);
  };

  const replace = (worker: Worker): void => {
    const pauseMs = Math.min(longestPauseMs, shortestPauseMs * 2 ** deaths);
    deaths += 1;
    const { exitCode, signalCode, pid } = worker.process;
    logger.error({ worker: pid, exitCode, signal: signalCode, pauseMs }, 'a worker has ended and is replaced');
    later(pauseMs, hire);
  };

  const hire = (): void => {
    const worker = cluster.fork();
    living.add(worker);
    worker.once('message', ({ listening: address }: { listening: string }) => {
      starting -= 1;
      if (starting === 0) resolve(address);
      later(steadyMs, () => {
        deaths = 0;
      });
    });
    worker.once('exit', () => {
      living.delete(worker);
      if (stopping) return living.size === 0 ? allGone() : undefined;
      if (starting > 0) return reject(new Error('a worker could not start; what kept it stands above'));
      replace(worker);
    });
    worker.on('error', (error) =>
      logger.error({ err: error, worker: worker.process.pid }, 'a worker cannot be reached'),
    );
  };

  for (let hired = 0; hired < count; hired += 1) hire();
  return {
    listening,
    async stop() {
      stopping = true;
      for (const pause of pauses) clearTimeout(pause);
      for (const worker of living) if (worker.isConnected()) worker.send('stop');
      if (living.size > 0) await gone;
    },
  };
}
