import { type DatabaseUrl, describeDatabaseUrl } from '../config/database-url.ts';
import type { Database } from './database.ts';
import { openSqlite } from './dialects/sqlite/database.ts';

/** A database that this release cannot use. */
export class UnsupportedDatabase extends Error {
  override readonly name = 'UnsupportedDatabase';
}

/** Opens the database that the configuration names. @throws UnsupportedDatabase, and what the database itself says */
export function connect(url: DatabaseUrl): Database {
  if (url.engine === 'sqlite') return openSqlite({ path: url.path });
  throw new UnsupportedDatabase(
    `${describeDatabaseUrl(url)}: this release runs on SQLite; set DATABASE_URL to sqlite:///./keyward.db or leave it out`,
  );
}
