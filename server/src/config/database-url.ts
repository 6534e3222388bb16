import { isIPv6 } from 'node:net';
import { Secret } from '../kernel/secret.ts';
import { SettingError } from './setting.ts';
import { cutUrl, type UrlPieces } from './url-pieces.ts';

/** A database file of this machine, or one in memory that ends with the process. */
export interface SqliteUrl {
  readonly engine: 'sqlite';
  /** As written: a relative path counts from the working directory. */
  readonly path: string | ':memory:';
}

/** A database behind a network address. */
export interface ServerUrl {
  readonly engine: 'postgres' | 'mysql' | 'mariadb';
  /** A name, an address without brackets, or (from `?host=/…`) the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  /** Empty when the URL names none: the driver then takes its own default. */
  readonly user: string;
  readonly password?: Secret;
  readonly database: string;
  /** The query but for what stands above, for the driver to judge (`sslmode`, `charset` …). */
  readonly options: Readonly<Record<string, string>>;
}

export type DatabaseUrl = SqliteUrl | ServerUrl;

/** The names of each engine before `://`, and the Python drivers that may follow a `+`; which driver is of no matter here. */
const engines = [
  { engine: 'sqlite', names: ['sqlite'], drivers: ['aiosqlite', 'pysqlite'] },
  {
    engine: 'postgres',
    names: ['postgresql', 'postgres'],
    drivers: ['psycopg2', 'psycopg', 'psycopg_async', 'psycopg2cffi', 'asyncpg', 'pg8000'],
  },
  {
    engine: 'mysql',
    names: ['mysql'],
    drivers: ['pymysql', 'mysqldb', 'aiomysql', 'asyncmy', 'mysqlconnector', 'cymysql', 'mariadbconnector'],
  },
  {
    engine: 'mariadb',
    names: ['mariadb'],
    drivers: ['mariadbconnector', 'pymysql', 'mysqldb', 'aiomysql', 'asyncmy', 'mysqlconnector', 'cymysql'],
  },
] as const;

const defaultPorts = { postgres: 5432, mysql: 3306, mariadb: 3306 } as const;

/**
 * Reads a database URL in any form that SQLAlchemy 2.1 takes. User, password and database are percent-decoded.
 *
 * @throws SettingError; its text repeats at most the scheme, since every other piece may hold a part of the password
 */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  const pieces = cutUrl(text.trim());
  if (pieces === undefined) throw new SettingError('must be a URL: engine://user:password@host:port/database');
  const engine = engineOf(pieces.scheme);
  return engine === 'sqlite' ? sqliteUrl(pieces) : serverUrl(engine, pieces);
}

/** The URL for a log or a terminal: without password, and without the options, which may carry one. */
export function describeDatabaseUrl(url: DatabaseUrl): string {
  if (url.engine === 'sqlite') return url.path === ':memory:' ? 'sqlite:// (in memory)' : `sqlite:///${url.path}`;
  const user = url.user === '' ? '' : `${encodeURIComponent(url.user)}@`;
  const host = isIPv6(url.host) ? `[${url.host}]` : encodeURIComponent(url.host);
  return `${url.engine}://${user}${host}:${url.port}/${encodeURIComponent(url.database)}`;
}

function engineOf(scheme: string): DatabaseUrl['engine'] {
  const [name = '', driver] = scheme.toLowerCase().split(/\+(.*)/s);
  const known = engines.find(({ names }) => (names as readonly string[]).includes(name));
  if (known === undefined) {
    const supported = engines.flatMap(({ names }) => names).join(', ');
    throw new SettingError(`names the database "${name}", which is not supported; supported are ${supported}`);
  }
  if (driver !== undefined && !(known.drivers as readonly string[]).includes(driver)) {
    const supported = known.drivers.join(', ');
    throw new SettingError(
      `names the driver "${driver}", which is not known; write ${name}:// or one of ${supported} after the +`,
    );
  }
  return known.engine;
}

function sqliteUrl({ user, password, ipv6, host, port, database, query }: UrlPieces): SqliteUrl {
  if ([user, password, ipv6, host, port].some((piece) => piece !== undefined)) {
    throw new SettingError(
      'must have three slashes before a relative path, four before an absolute (sqlite:///./app.db)',
    );
  }
  if (database.startsWith('file:') && query.has('uri')) {
    throw new SettingError('must be a path and not an SQLite file: URI (sqlite:///./app.db)');
  }
  return { engine: 'sqlite', path: database === '' ? ':memory:' : database };
}

function serverUrl(engine: ServerUrl['engine'], pieces: UrlPieces): ServerUrl {
  refuseStrayAt(pieces);
  // A query that names these wins over the rest of the URL, as SQLAlchemy hands it to the driver last.
  const { host, port, user, password, passwd, ...options } = Object.fromEntries(pieces.query);
  const portInPlace = portOf(pieces.port);
  const secret = password ?? passwd ?? pieces.password ?? '';
  const userName = user ?? pieces.user ?? '';
  return {
    engine,
    host: host ?? hostOf(pieces),
    port: portOf(port) ?? portInPlace ?? defaultPorts[engine],
    user: userName,
    ...(secret === '' ? {} : { password: new Secret(secret) }),
    database: databaseOf(engine, pieces.database, userName),
    options,
  };
}

/** SQLAlchemy would take the rest of a password with a raw `@` for the host, or (with a raw `/` in the user) for the database. */
function refuseStrayAt({ host, ipv6, user, rawDatabase }: UrlPieces): void {
  if ((host ?? ipv6)?.includes('@') || (user === undefined && rawDatabase.includes('@'))) {
    throw new SettingError('has an @ too many: in user and password write %40 for @, %2F for / and %3A for :');
  }
}

function hostOf({ host, ipv6 }: UrlPieces): string {
  if (ipv6 !== undefined) {
    if (!isIPv6(ipv6)) throw new SettingError('has no IPv6 address between the brackets');
    return ipv6;
  }
  // RFC 952 allows no underscore, but container networks hand out such names.
  if (host !== undefined && !/^[\p{L}\p{N}._-]+$/u.test(host)) {
    throw new SettingError('has a character in the host that no host has; in a password write %23 for # and %3F for ?');
  }
  return host ?? 'localhost';
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new SettingError(
    'must have a port from 1 to 65535 after the host; in a password write %40 for @ and %2F for /',
  );
}

function databaseOf(engine: ServerUrl['engine'], named: string, user: string): string {
  // PostgreSQL's own default (libpq, "dbname"): the database called like the user.
  const database = named === '' && engine === 'postgres' ? user : named;
  if (database === '') throw new SettingError('names no database: it stands after the last slash');
  return database;
}
