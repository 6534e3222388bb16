import type { DatabaseUrl } from '../config/database-url.ts';
import type { Database } from './database.ts';
import { openSqlite } from './dialects/sqlite/database.ts';
import { withWriteHealth } from './write-health.ts';

export interface ConnectOptions {
  /** Connections to a database server at most; SQLite needs none. */
  readonly poolSize: number;
}

/**
 * Opens the database that the configuration names. The drivers are loaded when they are needed: whoever stays on SQLite does not wait
 * for them at every start.
 */
export async function connect(url: DatabaseUrl, options: ConnectOptions): Promise<Database> {
  return withWriteHealth(await open(url, options));
}

/** Of the connections, those that transactions leave to reads. */
const forReads = (poolSize: number): number => Math.min(4, Math.floor(poolSize / 4));

async function open(url: DatabaseUrl, { poolSize }: ConnectOptions): Promise<Database> {
  if (url.engine === 'sqlite') return openSqlite({ path: url.path });
  const limits = { transactionsAtMost: poolSize - forReads(poolSize) };
  const { createServerDatabase } = await import('./dialects/server/database.ts');
  if (url.engine === 'postgres') {
    const { createPostgresDriver } = await import('./dialects/postgres/driver.ts');
    return createServerDatabase(createPostgresDriver(url, poolSize), limits);
  }
  const { createMysqlDriver } = await import('./dialects/mysql/driver.ts');
  return createServerDatabase(createMysqlDriver(url, poolSize), limits);
}
