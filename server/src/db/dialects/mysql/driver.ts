import { readFileSync } from 'node:fs';
import mysql, { type PoolConnection } from 'mysql2/promise';
import type { ServerUrl } from '../../../config/database-url.ts';
import { databaseUnavailable } from '../../unavailable.ts';
import type { ServerConnection, ServerDriver, ServerFault, ServerResult } from '../server/driver.ts';
import { createMysqlDialect } from './dialect.ts';

/** Milliseconds to wait for a server that does not answer. */
const connectMs = 1_000;
/** Callers that may wait for a connection; more would only grow old in the queue. */
const maxWaiting = 500;
const lockSeconds = 600;

/** MariaDB and MySQL by `mysql2`. @param poolSize connections at most */
export function createMysqlDriver(url: ServerUrl, poolSize: number): ServerDriver {
  const pool = mysql.createPool({
    ...(url.host.startsWith('/') ? { socketPath: url.host } : { host: url.host, port: url.port }),
    ...(url.user === '' ? {} : { user: url.user }),
    ...(url.password === undefined ? {} : { password: url.password.reveal() }),
    database: url.database,
    connectionLimit: poolSize,
    queueLimit: maxWaiting,
    connectTimeout: connectMs,
    enableKeepAlive: true,
    charset: 'utf8mb4_bin',
    supportBigNumbers: true,
    // Rows that were changed count, not rows that were found: an insert that found its row there has changed none.
    flags: ['-FOUND_ROWS'],
    ...tlsOf(url.options),
  });
  const prepared = new WeakSet<object>();
  const open = new Set<Socketed>();
  pool.pool.on('connection', (connection) => {
    open.add(connection as Socketed);
    connection.once('end', () => open.delete(connection as Socketed));
  });

  /**
   * Once a connection: each statement sees what was committed before it, as on PostgreSQL; one outside of a transaction is committed with
   * its answer; and no value is ever cut or bent.
   */
  const prepare = async (connection: PoolConnection): Promise<void> => {
    if (prepared.has(connection.connection)) return;
    const set = (sql: string) => connection.query({ sql: `set session ${sql}`, timeout: connectMs });
    await set('transaction isolation level read committed');
    await set("sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO'");
    // Whoever asked has been refused by then; what waits on would only hold its own locks.
    await set('innodb_lock_wait_timeout = 3, autocommit = 1');
    prepared.add(connection.connection);
  };

  return {
    dialect: createMysqlDialect(),
    begin: 'start transaction',
    isWritable: 'select @@global.read_only = 0 as writable',
    faultOf,
    async acquire() {
      const connection = await pool.getConnection();
      try {
        await prepare(connection);
      } catch (error) {
        destroy(connection);
        throw error;
      }
      return connectionOf(connection);
    },
    async lock(connection, name) {
      const { rows } = await connection.query('select get_lock(?, ?) as taken', [`keyward/${name}`, lockSeconds]);
      if ((rows[0] as { taken: number | null }).taken !== 1) throw databaseUnavailable({ retryAfterSeconds: 5 });
    },
    async unlock(connection, name) {
      await connection.query('select release_lock(?)', [`keyward/${name}`]);
    },
    close: () => closePool(pool, open),
  };
}

function connectionOf(connection: PoolConnection): ServerConnection {
  let held = true;
  const once = (giveBack: () => void) => () => {
    if (held) giveBack();
    held = false;
  };
  return {
    execute: async ({ sql }, _name, values) => resultOf(await connection.execute(sql, values.map(asSent) as never)),
    query: async (sql, values) => resultOf(await connection.query(sql, [...values])),
    release: once(() => connection.release()),
    destroy: once(() => destroy(connection)),
  };
}

/** The driver's own `destroy` says goodbye and waits for the answer of a server that may be stopped; the socket does not. */
function destroy(connection: PoolConnection): void {
  connection.destroy();
  destroySocket(connection.connection);
}

/** What the driver does not declare of a connection. */
interface Socketed {
  readonly stream?: { destroy(): void };
}

const destroySocket = (connection: unknown): void => (connection as Socketed).stream?.destroy();

/** Says goodbye to the server; where that does not answer, goes without. */
async function closePool(pool: mysql.Pool, open: ReadonlySet<Socketed>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, connectMs);
  });
  await Promise.race([pool.end(), tooLong]);
  clearTimeout(timer);
  open.forEach(destroySocket);
}

/** The driver sends every number as a double, which `LIMIT` refuses; the server reads integers from text without loss. */
const asSent = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);

function resultOf([result]: readonly unknown[]): ServerResult {
  if (Array.isArray(result)) return { rows: result, changes: 0, insertId: undefined };
  const { affectedRows, insertId } = result as { affectedRows: number; insertId: number };
  return { rows: [], changes: affectedRows, insertId: insertId === 0 ? undefined : insertId };
}

const duplicateEntry = 1062; // ER_DUP_ENTRY
/**
 * ER_LOCK_DEADLOCK, ER_LOCK_WAIT_TIMEOUT, ER_CHECKREAD (MariaDB's snapshot isolation), ER_TRANSACTION_ROLLBACK_DURING_COMMIT (MySQL's group
 * replication: another node was first).
 */
const rolledBack = new Set([1213, 1205, 1020, 3101]);
/** Read-only, in three ways. */
const refused = new Set([1290, 1792, 1836]);
/**
 * Too many connections, shutdown, disk full, a log that cannot be written, killed, a failed commit, Galera's "not yet prepared", and what
 * MySQL calls to a connection that it closes: it was killed (3169), or silent for too long (4031).
 */
const gone = new Set([1021, 1026, 1040, 1047, 1053, 1114, 1129, 1180, 1203, 1317, 1598, 1927, 3024, 3169, 4031]);

/** What an error of this driver means: its own, its socket's, or the server's. */
export function faultOf(error: unknown): ServerFault {
  const {
    errno,
    code,
    message = '',
    sqlMessage = '',
  } = error as {
    errno?: number;
    code?: string;
    message?: string;
    sqlMessage?: string;
  };
  if (errno === duplicateEntry) return { kind: 'unique', index: indexOf(sqlMessage) };
  if (errno !== undefined && rolledBack.has(errno)) return { kind: 'rolled-back' };
  if (errno !== undefined && refused.has(errno)) return { kind: 'gone', refused: true };
  if (errno !== undefined && gone.has(errno)) return { kind: 'gone' };
  // The driver gives every failure of a TLS handshake one code; a certificate that is not trusted will not be at the next attempt either.
  if (code === 'HANDSHAKE_SSL_ERROR') return { kind: /certificate/i.test(message) ? 'other' : 'gone' };
  const broken = /^(?:PROTOCOL_|E[A-Z]+$)/.test(code ?? '') && !code?.startsWith('ER_');
  return { kind: broken || /closed state|queue limit/i.test(message) ? 'gone' : 'other' };
}

/** "Duplicate entry … for key 'users.users_email_key_unique'"; MariaDB leaves the table out, a primary key is only called so. */
function indexOf(message: string): string {
  const key = /for key '(?:[^']*\.)?([^'.]+)'$/.exec(message)?.[1] ?? '';
  return key.replace(/_unique$/, '');
}

/** By a public authority anybody has a certificate, so there the name counts; the one that MySQL makes for itself bears none. */
function tlsOf(options: Readonly<Record<string, string>>): { ssl?: mysql.SslOptions } {
  const ca = options.ssl_ca;
  if (ca !== undefined)
    return { ssl: { ca: readFileSync(ca, 'utf8'), verifyIdentity: options.ssl_verify_identity === 'true' } };
  return options.ssl === 'true' || options.ssl_disabled === 'false' ? { ssl: { verifyIdentity: true } } : {};
}
