import { compose, type Features } from '../server/src/app/compose.ts';
import { loadAppConfig } from '../server/src/app/config.ts';
import { openPorts } from '../server/src/app/ports.ts';
import { resolvePublicUrl } from '../server/src/config/server.ts';
import type { Database } from '../server/src/db/database.ts';
import { migrate } from '../server/src/db/migrate.ts';

/** The operator beside the server, on the same database: makes people, disables them, knows the keys. The CLI stands on the same. */
export interface Insider extends AsyncDisposable {
  readonly db: Database;
  readonly features: Features;
}

/** @param env the settings of the server */
export async function openInsider(env: Readonly<Record<string, string>>): Promise<Insider> {
  const config = loadAppConfig({ environment: env, readFile: () => '' });
  if (!config.ok) throw new Error(JSON.stringify(config.faults));
  const ports = await openPorts(config.values);
  await migrate(ports.db, ports.clock.now());
  const features = await compose(ports, config.values, resolvePublicUrl(config.values.server));
  return { db: ports.db, features, [Symbol.asyncDispose]: () => ports.db.close() };
}
