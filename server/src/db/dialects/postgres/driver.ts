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
    onConnect: prepareSession,
  });
  // An idle connection that breaks (the server was restarted) is dropped by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  const clients = new Set<pg.PoolClient>();
  pool.on('connect', (client) => clients.add(client));
  pool.on('remove', (client) => clients.delete(client));

  return {
    dialect: createPostgresDialect(),
    begin: 'begin isolation level read committed',
    isWritable: `select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as writable`,
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
    close: () => closePool(pool, clients),
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
    query: async (sql, values) => {
      const result = await client.query(sql, [...values]);
      // A transaction in which a statement has failed is rolled back by `commit`, and that is no error to the server.
      if (sql === 'commit' && result.command === 'ROLLBACK')
        throw new Error('a statement of the transaction has failed');
      return resultOf(result);
    },
    release: () => {
      client.off('error', ignore);
      giveBack(false);
    },
    destroy: () => {
      giveBack(true);
      // `end` would wait for a server that may be stopped; the socket does not.
      destroySocket(client);
    },
  };
}

const destroySocket = (client: object): void =>
  (client as { connection?: { stream?: { destroy(): void } } }).connection?.stream?.destroy();

/**
 * Once a connection. A server that only follows another is none for us: what it says of a session may be old. And what we have given up
 * must not go on waiting over there, with its locks: the server looks whether we are still there (on Linux, since PostgreSQL 14), and
 * ends a transaction whose node has stopped in the middle.
 */
async function prepareSession(client: pg.ClientBase): Promise<void> {
  const tooLong = setTimeout(() => destroySocket(client), connectMs);
  try {
    const { rows } = await client.query('select pg_is_in_recovery() as follows');
    if (rows[0].follows) throw new StandbyServer('the database server is a standby');
    await client.query(`set idle_in_transaction_session_timeout = '30s'`);
    await client.query(`set client_connection_check_interval = '1s'`).catch(unlessUnsupported);
  } finally {
    clearTimeout(tooLong);
  }
}

class StandbyServer extends Error {
  readonly code = readOnlyTransaction;
}

/** invalid_parameter_value, undefined_object: this server has no such setting. */
function unlessUnsupported(error: { code?: string }): void {
  if (error.code !== '22023' && error.code !== '42704') throw error;
}

/** Says goodbye to the server; where that does not answer, goes without. */
async function closePool(pool: pg.Pool, clients: ReadonlySet<pg.PoolClient>): Promise<void> {
  const tooLong = setTimeout(() => clients.forEach(destroySocket), connectMs);
  try {
    await pool.end();
  } finally {
    clearTimeout(tooLong);
  }
}

/** 64-bit integers as numbers: ids, counters and milliseconds all stay below 2^53. */
function parserOf(oid: number, format?: unknown) {
  if (oid === int8) return Number;
  return pg.types.getTypeParser(oid, format as never);
}

const rolledBack = new Set(['40001', '40P01']); // serialization_failure, deadlock_detected
/** Classes 08 (connection), 57 (shut down, starting up), 58 (disk errors). */
const goneClasses = new Set(['08', '57', '58']);
/** Class 53 (no resources: full disk, too many connections): where that meets a commit, PostgreSQL stops instead of saying so. */
const refusedClass = '53';
const readOnlyTransaction = '25006'; // a server that became a standby
const isSocketCode = /^(?:E[A-Z]+|ERR_[A-Z_]+)$/;

/** What an error of this driver means: its own, its socket's, or the server's. */
export function faultOf(error: unknown): ServerFault {
  const {
    code = '',
    constraint = '',
    message = '',
  } = error as { code?: string; constraint?: string; message?: string };
  if (code === '23505') return { kind: 'unique', index: indexOf(constraint) };
  if (rolledBack.has(code)) return { kind: 'rolled-back' };
  if (code === readOnlyTransaction || code.startsWith(refusedClass) || isStalePlan(code, message))
    return { kind: 'gone', refused: true };
  if (goneClasses.has(code.slice(0, 2))) return { kind: 'gone' };
  // No SQLSTATE begins with E, so that EPIPE is none.
  const broken = code === '' ? /connection|terminated|timeout|not queryable/i.test(message) : isSocketCode.test(code);
  return { kind: broken ? 'gone' : 'other' };
}

/** A node of a newer release has changed a table under a prepared statement; a new connection prepares it anew. */
const isStalePlan = (code: string, message: string): boolean =>
  code === '26000' || (code === '0A000' && message.startsWith('cached plan'));

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
