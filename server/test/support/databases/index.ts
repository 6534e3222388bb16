import mysql from 'mysql2/promise';
import pg from 'pg';
import { parseDatabaseUrl } from '../../../src/config/database-url.ts';
import { connect } from '../../../src/db/connect.ts';
import type { Database } from '../../../src/db/database.ts';
import { openSqlite } from '../../../src/db/dialects/sqlite/database.ts';
import { createSchemaCopier, databaseUrl, type SchemaCopier } from './schema-copy.ts';

/**
 * Which database the tests of this process run on: `TEST_SERVER_URL` names a server whose user may create databases; without it, SQLite.
 * `npm test` runs the suite once for each (scripts/test.ts).
 */
const serverUrl = process.env.TEST_SERVER_URL;
const perProcess = `kw_${process.pid}_${Math.floor(performance.timeOrigin)}`;
let made = 0;
let copier: SchemaCopier | undefined;

/** A new database of the kind that this run is about, with nothing in it; on a server our tables are there already. */
export async function openTestDatabase(poolSize = 20): Promise<Database> {
  return serverUrl === undefined ? openSqlite({ path: ':memory:' }) : openUrl(await createTestDatabase(), poolSize);
}

/** Opens a database of a server by its URL, as another node would. */
export const openUrl = (url: string, poolSize = 20): Promise<Database> => connect(parseDatabaseUrl(url), { poolSize });

/** The URL of a new database on the server of this run. @throws Error on SQLite, where each file is one */
async function createTestDatabase(): Promise<string> {
  if (serverUrl === undefined) throw new Error('there is no database server in this run');
  copier ??= createSchemaCopier(serverUrl, `${perProcess}_model`);
  const name = nextName();
  await copier.make(name);
  return databaseUrl(serverUrl, name);
}

/** The URL of a new, empty database on any server. @param server the URL of a user who may create databases */
export async function createDatabaseOn(server: string): Promise<string> {
  const name = nextName();
  await runOn(server, `create database ${name}`);
  return databaseUrl(server, name);
}

function nextName(): string {
  made += 1;
  return `${perProcess}_${made}`;
}

async function runOn(url: string, sql: string): Promise<void> {
  if (url.startsWith('postgres')) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(sql).finally(() => client.end());
    return;
  }
  const connection = await mysql.createConnection(url);
  await connection.query(sql).finally(() => connection.end());
}
