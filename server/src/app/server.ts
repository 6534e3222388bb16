import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { resolvePublicUrl } from '../config/server.ts';
import type { Mode } from '../config/setting.ts';
import type { TrustProxy } from '../config/trust-proxy.ts';
import { createHttpApp, type HttpTimeouts } from '../http/app.ts';
import { registerRoutes } from '../http/register-routes.ts';
import type { Features, Ports } from './compose.ts';
import type { AppValues } from './config.ts';
import { connectionLimits } from './connection-limits.ts';
import { routeMap } from './routes.ts';

export interface ServerDeps {
  readonly mode: Mode;
  readonly config: AppValues;
  readonly ports: Ports;
  readonly features: Features;
  readonly logger: FastifyBaseLogger;
  /** Whether the server is about to stop, and wants no more requests. */
  readonly isStopping?: () => boolean;
  /** Tests: an undeclared status throws. */
  readonly strictReplies?: boolean;
  /** Tests: shorter ones than the standing. */
  readonly timeouts?: Partial<HttpTimeouts> | undefined;
}

/** The HTTP server with every route, not yet listening. */
export function createServer({ mode, config, ports, features, logger, ...options }: ServerDeps): FastifyInstance {
  const { server } = config;
  const production = mode === 'production';
  const publicUrl = resolvePublicUrl(server);
  const app = createHttpApp({
    logger,
    random: ports.random,
    trustProxy: fastifyTrust(server.trustProxy),
    corsOrigins: server.corsOrigins,
    hsts: production && publicUrl.startsWith('https://'),
    connections: connectionLimits(server),
    ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
  });
  const allowedOrigins = new Set([...ownOrigins(publicUrl, production), ...server.corsOrigins]);
  const routes = routeMap({ ...ports, features, production, allowedOrigins, isStopping: options.isStopping });
  registerRoutes(app, routes, {
    authenticate: features.sessions.authenticate,
    isKnownToken: features.sessions.isKnownToken,
    apiKeys: features.apiKeys,
    ...(options.strictReplies === undefined ? {} : { strictReplies: options.strictReplies }),
  });
  // A stream that goes on for ever is not waited for.
  app.addHook('preClose', () => features.status.feed.close());
  // Mails under way have as long as requests under way, and at the same time.
  let mailsDone: Promise<void> | undefined;
  app.addHook('preClose', async () => {
    mailsDone = features.mail.delivery.stop();
  });
  app.addHook('onClose', async () => mailsDone);
  // What the last requests have noted. A database that is gone must not keep the server from stopping.
  app.addHook('onClose', () =>
    features.apiKeys
      .recordUses()
      .catch((error: unknown) => logger.warn({ err: error }, 'recording the use of API keys failed')),
  );
  return app;
}

/** In development the server answers under every name of the machine itself. */
function ownOrigins(publicUrl: string, production: boolean): string[] {
  const { origin, hostname, port } = new URL(publicUrl);
  if (production || hostname !== 'localhost') return [origin];
  return ['localhost', '127.0.0.1', '[::1]'].map((name) => `http://${name}:${port}`);
}

function fastifyTrust(trust: TrustProxy): boolean | number | string[] {
  if (trust.kind === 'hops') return trust.hops;
  return trust.kind === 'addresses' ? [...trust.cidrs] : false;
}
