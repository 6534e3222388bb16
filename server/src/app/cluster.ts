import cluster from 'node:cluster';
import type { BannerFacts } from './banner.ts';
import type { AppConfig } from './config.ts';
import { createCrew } from './crew.ts';
import { bannerFacts, inServerWorld, listenUntil } from './serve.ts';
import { stopSignal } from './signals.ts';

/**
 * Runs the server in several processes on one port until a signal ends it. The first process makes the others, and does what is to be
 * done once; they answer the requests. They need no memory in common: each request asks the database.
 *
 * @throws what keeps it from starting
 */
export function serveInWorkers(
  config: AppConfig,
  workers: number,
  announce: (facts: BannerFacts) => void,
): Promise<void> {
  return cluster.isPrimary ? lead(config, workers, announce) : work(config, workers);
}

async function lead(config: AppConfig, workers: number, announce: (facts: BannerFacts) => void): Promise<void> {
  const stopped = stopSignal();
  let crew: ReturnType<typeof createCrew> | undefined;
  try {
    // The database is closed again as soon as the workers have theirs.
    await inServerWorld(config, { firstOfNode: true, processes: 1 }, async (world) => {
      crew = createCrew(workers, world.logger);
      const address = await Promise.race([crew.listening, stopped]);
      if (address !== undefined) announce(await bannerFacts(world, address));
    });
    await stopped;
  } finally {
    await crew?.stop();
  }
}

async function work(config: AppConfig, processes: number): Promise<void> {
  const stopped = stopRequest();
  try {
    await inServerWorld(config, { firstOfNode: false, processes }, (world) =>
      listenUntil(stopped, world, async (address) => void process.send?.({ listening: address })),
    );
  } finally {
    // Its channel would keep the process alive.
    cluster.worker?.disconnect();
  }
}

/** A worker is told by the first process; a terminal and a service manager tell all at once, so that a signal may be the second word. */
function stopRequest(): Promise<void> {
  return new Promise((resolve) => {
    process.on('message', (message) => message === 'stop' && resolve());
    process.on('SIGTERM', resolve);
    process.on('SIGINT', resolve);
  });
}
