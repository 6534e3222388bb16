import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { resolveDatabase, resolvePublicUrl } from '../config/server.ts';
import { migrate } from '../db/migrate.ts';
import { banner } from './banner.ts';
import { compose, type Features } from './compose.ts';
import type { AppConfig, AppValues } from './config.ts';
import { openPorts } from './ports.ts';
import { createServer } from './server.ts';
import { untilStopped } from './signals.ts';

const sweepEveryMs = 3_600_000;

/** Runs the server until a signal ends it. @throws what keeps it from starting */
export async function serve({ mode, values: config }: AppConfig): Promise<void> {
  const logger = pino({ level: config.server.logLevel, base: null });
  const { madeSecretKey, ...ports } = openPorts(config);
  try {
    await migrate(ports.db, ports.clock.now());
    const features = await compose(ports, config, resolvePublicUrl(config.server));
    await ensureFirstAdmin(features, config);

    const app = createServer({ mode, config, ports, features, logger });
    const address = await app.listen({ host: config.server.host, port: config.server.port });
    const setupToken = await offerSetupToken(features, config);
    process.stdout.write(
      banner({
        mode,
        address,
        database: resolveDatabase(config.server),
        publicUrl: resolvePublicUrl(config.server),
        madeSecretKey,
        setupToken,
      }),
    );

    const sweeping = setInterval(() => {
      features.sessions.sweep().catch((error: unknown) => logger.error({ err: error }, 'the sweep failed'));
    }, sweepEveryMs);
    await untilStopped(async () => {
      clearInterval(sweeping);
      await app.close();
    });
  } finally {
    await ports.db.close();
  }
}

async function ensureFirstAdmin({ accounts }: Features, { accounts: settings }: AppValues): Promise<void> {
  const { adminEmail: email, adminUsername: username, adminPassword: password } = settings;
  if (email !== undefined && password !== undefined) await accounts.ensureFirstAdmin({ email, username, password });
}

/** As long as there is no administrator, whoever can read the console or the data directory may become one. */
async function offerSetupToken({ accounts }: Features, { server }: AppValues) {
  const token = await accounts.setupToken.issue();
  if (token === undefined) return undefined;
  const path = join(server.dataDir, 'setup-token');
  writeFileSync(path, `${token.reveal()}\n`, { mode: 0o600 });
  return { token, path };
}
