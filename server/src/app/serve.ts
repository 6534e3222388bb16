import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { resolveDatabase, resolvePublicUrl } from '../config/server.ts';
import { migrate } from '../db/migrate.ts';
import type { BannerFacts } from './banner.ts';
import { compose, type Features } from './compose.ts';
import type { AppConfig } from './config.ts';
import { openPorts } from './ports.ts';
import { createServer } from './server.ts';
import { ensureFirstAdmin, offerSetupToken } from './set-up.ts';
import { stopSignal } from './signals.ts';

const sweepEveryMs = 3_600_000;
/** How long requests under way may take when the server stops. */
const drainMs = 10_000;

/**
 * Runs the server until a signal ends it.
 *
 * @param announce is told when the server listens
 * @throws what keeps it from starting
 */
export async function serve(config: AppConfig, announce: (facts: BannerFacts) => void): Promise<void> {
  const { mode, values } = config;
  const logger = pino({ level: values.server.logLevel, base: null });
  const { madeSecretKey, ...ports } = await openPorts(values);
  try {
    await migrate(ports.db, ports.clock.now());
    const publicUrl = resolvePublicUrl(values.server);
    const features = await compose(ports, values, publicUrl);
    await ensureFirstAdmin(features, values);
    const app = createServer({ mode, config: values, ports, features, logger });
    const stopped = stopSignal();
    try {
      const address = await app.listen({ host: values.server.host, port: values.server.port });
      const setupToken = await offerSetupToken(features, values);
      announce({ mode, address, publicUrl, database: resolveDatabase(values.server), madeSecretKey, setupToken });
      await whileSweeping(features, logger, stopped);
    } finally {
      await drain(app);
    }
  } finally {
    await ports.db.close();
  }
}

/** Removes what is over now and then, until `end`. */
async function whileSweeping({ sessions, throttle }: Features, logger: Logger, end: Promise<void>): Promise<void> {
  const sweep = () =>
    Promise.all([sessions.sweep(), throttle.sweep()]).catch((error: unknown) =>
      logger.error({ err: error }, 'the sweep failed'),
    );
  const sweeping = setInterval(sweep, sweepEveryMs);
  await end;
  clearInterval(sweeping);
}

/** Takes no new requests and finishes those under way. Whoever still uploads must not hold the door open for ever. */
async function drain(app: FastifyInstance): Promise<void> {
  setTimeout(() => app.server.closeAllConnections(), drainMs).unref();
  await app.close();
}
