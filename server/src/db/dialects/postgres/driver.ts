import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { ServerUrl } from '../../../config/database-url.ts';
import { SettingError } from '../../../config/setting.ts';
import { databaseUnavailable } from '../../unavailable.ts';
import type { ServerConnection, ServerDriver, ServerFault } from '../server/driver.ts';
import { createPostgresDialect } from './dialect.ts';

/** Milliseconds to wait for a connection: from the pool, or for a server that does not answer. */
const connectMs = 1_000;
/** Callers that may wait for a connection; more would only grow old in the queue. */
const maxWaiting = 500;
const int8 = 20;

/** PostgreSQL by `pg`. @param poolSize connections at most */
export function createPostgresDriver(url: ServerUrl, poolSize: number): ServerDriver {
  const pool = new pg.Pool({
    host: url.host,
    port: url.port,
    user: url.user === '' ? undefined : url.user,
    password: url.password?.reveal(),
    database: url.database,
    ssl: tlsOf(url.options),
    max: poolSize,
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    application_name: 'keyward',
    types: { getTypeParser: parserOf },
  });
  // An idle connection that breaks (the server was restarted) is dropped by the pool; without a listener it would end the process.
  pool.on('error', () => {});

  return {
    dialect: createPostgresDialect(),
    begin: 'begin isolation level read committed',
    faultOf,
    async acquire() {
      if (pool.waitingCount >= maxWaiting) throw databaseUnavailable({ retryAfterSeconds: 1 });
      return connectionOf(await pool.connect());
    },
    async lock(connection, name) {
      await connection.query('select pg_advisory_lock(hashtext($1))', [`keyward/${name}`]);
    },
    async unlock(connection, name) {
      await connection.query('select pg_advisory_unlock(hashtext($1))', [`keyward/${name}`]);
    },
    close: () => pool.end(),
  };
}

function connectionOf(client: pg.PoolClient): ServerConnection {
  const resultOf = ({ rows, rowCount }: pg.QueryResult) => ({ rows, changes: rowCount ?? 0, insertId: undefined });
  let held = true;
  const giveBack = (broken: boolean): void => {
    if (held) client.release(broken);
    held = false;
  };
  // A connection that breaks while it is held says so in the query that fails; the event itself must not go unheard.
  const ignore = (): void => {};
  client.on('error', ignore);
  return {
    execute: async ({ sql }, name, values) => resultOf(await client.query({ name, text: sql, values: [...values] })),
    query: async (sql, values) => resultOf(await client.query(sql, [...values])),
    release: () => {
      client.off('error', ignore);
      giveBack(false);
    },
    destroy: () => {
      giveBack(true);
      // `end` would wait for a server that may be stopped; the socket does not.
      (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream?.destroy();
    },
  };
}

/** 64-bit integers as numbers: ids, counters and milliseconds all stay below 2^53. */
function parserOf(oid: number, format?: unknown) {
  if (oid === int8) return Number;
  return pg.types.getTypeParser(oid, format as never);
}

const rolledBack = new Set(['40001', '40P01']); // serialization_failure, deadlock_detected
/** Classes 08 (connection), 53 (no resources: full disk, too many connections), 57 (shut down, starting up), and a server that became a standby. */
const goneClasses = new Set(['08', '53', '57', '58']);
const readOnlyTransaction = '25006';

function faultOf(error: unknown): ServerFault {
  const { code, constraint, message = '' } = error as { code?: string; constraint?: string; message?: string };
  if (code === '23505') return { kind: 'unique', index: indexOf(constraint ?? '') };
  if (code !== undefined && rolledBack.has(code)) return { kind: 'rolled-back' };
  if (code === readOnlyTransaction || goneClasses.has(code?.slice(0, 2) ?? '')) return { kind: 'gone' };
  const broken = code?.startsWith('E') || /connection|terminated|timeout|not queryable/i.test(message);
  return { kind: broken && !/^[0-9A-Z]{5}$/.test(code ?? '') ? 'gone' : 'other' };
}

/** Our constraints carry table and columns in their names (columns.ts). */
const indexOf = (constraint: string): string => constraint.replace(/_(?:unique|pk|pkey)$/, '');

/** `sslmode` as libpq means it: `require` encrypts, `verify-ca` and `verify-full` also check whom one speaks to. */
function tlsOf(options: Readonly<Record<string, string>>): pg.PoolConfig['ssl'] {
  const mode = options.sslmode ?? options.ssl ?? 'prefer';
  const ca = options.sslrootcert === undefined ? {} : { ca: readFileSync(options.sslrootcert, 'utf8') };
  switch (mode) {
    case 'disable':
    case 'allow':
    case 'prefer':
    case 'false':
      return false;
    case 'require':
      return { rejectUnauthorized: false, ...ca };
    case 'verify-ca':
    case 'verify-full':
    case 'true':
      return { rejectUnauthorized: true, ...ca };
    default:
      throw new SettingError('sslmode must be disable, allow, prefer, require, verify-ca or verify-full');
  }
}
