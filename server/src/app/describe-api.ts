import { migrate } from '../db/migrate.ts';
import { openApiDocument } from '../http/openapi.ts';
import type { Route } from '../http/route.ts';
import { compose } from './compose.ts';
import { loadAppConfig } from './config.ts';
import { openPorts } from './ports.ts';
import { apiInfo, routeMap } from './routes.ts';

/** The API as data: its routes and the OpenAPI document made from them. Needs no configuration and touches no real database. */
export async function describeApi(): Promise<{ routes: readonly Route[]; document: object }> {
  const config = loadAppConfig({
    environment: { DATABASE_URL: 'sqlite://', SECRET_KEY: 'only for describing and never for signing' },
    readFile: () => '',
  });
  if (!config.ok) throw new Error('the defaults must make a good configuration');
  const ports = await openPorts(config.values);
  try {
    await migrate(ports.db, ports.clock.now());
    const features = await compose(ports, config.values, 'http://localhost:8000');
    const routes = routeMap({ ...ports, features, production: false, allowedOrigins: new Set() });
    return { routes, document: openApiDocument(routes, apiInfo) };
  } finally {
    await ports.db.close();
  }
}
