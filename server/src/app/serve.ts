import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { letHashingThreadsYield } from '../adapters/password-hashing/yielding-threads.ts';
import { resolveDatabase, resolvePublicUrl } from '../config/server.ts';
import { migrate } from '../db/migrate.ts';
import type { BannerFacts } from './banner.ts';
import { doChoresUntil } from './chores.ts';
import { compose, type Features, type Ports } from './compose.ts';
import type { AppConfig } from './config.ts';
import { openPorts } from './ports.ts';
import { createServer } from './server.ts';
import { ensureFirstAdmin, offerSetupToken } from './set-up.ts';
import { stopSignal } from './signals.ts';

const withoutMail =
  'no mail is sent: without SMTP_URL and MAIL_FROM nobody can reset a password, prove an address or be told of what happens to their account';

/** How long requests under way may take when the server stops. */
const drainMs = 10_000;
/** How often it is seen meanwhile which connections have fallen idle. */
const idleCheckMs = 50;

/** A server that is ready to listen. */
export interface ServerWorld {
  readonly config: AppConfig;
  readonly ports: Ports & { readonly madeSecretKey: string | undefined };
  readonly features: Features;
  readonly logger: Logger;
}

/**
 * Runs the server until a signal ends it.
 *
 * @param announce is told when the server listens
 * @throws what keeps it from starting
 */
export function serve(config: AppConfig, announce: (facts: BannerFacts) => void): Promise<void> {
  return inServerWorld(config, { firstOfNode: true, processes: 1 }, async (world) => {
    const stopped = stopSignal();
    await listenUntil(stopped, world, async (address) => announce(await bannerFacts(world, address)));
  });
}

/**
 * Opens what a server stands on, for as long as `work` runs.
 *
 * @param firstOfNode whether it also brings database and first administrator into being
 * @param processes that share this machine's cores and the node's connections
 */
export async function inServerWorld(
  config: AppConfig,
  { firstOfNode, processes }: { firstOfNode: boolean; processes: number },
  work: (world: ServerWorld) => Promise<void>,
): Promise<void> {
  const { values } = config;
  const logger = pino({ level: values.server.logLevel, base: null });
  const ports = await openPorts(values, { processes, warn: (text) => logger.warn(text) });
  try {
    if (firstOfNode) await migrate(ports.db, ports.clock.now());
    const features = await compose(ports, values, resolvePublicUrl(values.server));
    if (firstOfNode) await ensureFirstAdmin(features, values);
    if (firstOfNode && !features.mail.isConfigured) logger.warn(withoutMail);
    await work({ config, ports, features, logger });
  } finally {
    await ports.db.close();
  }
}

/** Serves requests until `stopped`, then finishes those under way. */
export async function listenUntil(
  stopped: Promise<void>,
  world: ServerWorld,
  onListening: (address: string) => Promise<void>,
): Promise<void> {
  const { mode, values } = world.config;
  let stopping = false;
  const app = createServer({ ...world, mode, config: values, isStopping: () => stopping });
  try {
    await letHashingThreadsYield();
    const address = await app.listen({ host: values.server.host, port: values.server.port });
    await onListening(address);
    await doChoresUntil(stopped, world.features, { logger: world.logger, clock: world.ports.clock });
    stopping = true;
    // Time for a balancer to learn it from /readyz and to send no more.
    await sleep(values.server.shutdownDelaySeconds * 1_000);
  } finally {
    await drain(app);
  }
}

/** Also offers the set-up token: from here on it is worth something. */
export async function bannerFacts(
  { config: { mode, values }, ports, features }: ServerWorld,
  address: string,
): Promise<BannerFacts> {
  const { server } = values;
  const setupToken = await offerSetupToken(features, values);
  const [publicUrl, database] = [resolvePublicUrl(server), resolveDatabase(server)];
  const mailbox = features.mail.mailbox === undefined ? undefined : mailboxAddress(values.server);
  return { mode, address, publicUrl, database, madeSecretKey: ports.madeSecretKey, setupToken, mailbox };
}

/** On this machine, whatever `PUBLIC_URL` says: it answers nobody else. */
const mailboxAddress = ({ port }: { port: number }): string => `http://localhost:${port}/dev/mail`;

/**
 * Takes no new requests and finishes those under way. Their connections, which clients would keep for the next one, are closed as they
 * fall idle. Whoever still uploads must not hold the door open for ever.
 */
async function drain(app: FastifyInstance): Promise<void> {
  setTimeout(() => app.server.closeAllConnections(), drainMs).unref();
  const idle = setInterval(() => app.server.closeIdleConnections(), idleCheckMs);
  await app.close().finally(() => clearInterval(idle));
}
