import { join } from 'node:path';
import type { SecretKeys } from '../kernel/secret-keys.ts';
import { type DatabaseUrl, describeDatabaseUrl } from './database-url.ts';
import {
  boolean,
  databaseUrl,
  host,
  integer,
  isLoopback,
  list,
  logLevel,
  origin,
  port,
  publicUrl,
  secretText,
  text,
  trustProxy,
} from './parsers.ts';
import { type Fault, SettingError, section, type ValuesOf } from './setting.ts';
import type { TrustProxy } from './trust-proxy.ts';

/** The settings that belong to no feature. */
export const serverSection = section(
  'Server',
  {
    host: {
      variable: 'HOST',
      parse: host,
      fallback: ({ mode }): string => (mode === 'production' ? '0.0.0.0' : '127.0.0.1'),
      example: '127.0.0.1',
      reason:
        'The address to listen on: 127.0.0.1 for this machine alone, 0.0.0.0 (the default in production) for the network.',
    },
    port: {
      variable: 'PORT',
      parse: port,
      fallback: () => 8000,
      example: '8000',
      reason: 'The TCP port to listen on.',
    },
    dataDir: {
      variable: 'DATA_DIR',
      parse: text,
      fallback: () => './data',
      example: './data',
      reason:
        'The folder for the SQLite database and for what the server makes for itself. Only its user should be able to read it.',
    },
    publicUrl: {
      variable: 'PUBLIC_URL',
      parse: publicUrl,
      fallback: (): string | undefined => undefined,
      fallbackText: '',
      example: 'https://auth.example.com',
      reason:
        'Where browsers reach this server: the issuer of its tokens and the base of its links. In development http://localhost:PORT.',
      requiredInProduction: true,
    },
    corsOrigins: {
      variable: 'CORS_ORIGINS',
      parse: list(corsOrigin),
      fallback: (): readonly string[] => [],
      fallbackText: '',
      example: 'https://app.example.com,http://localhost:3000',
      reason:
        'The origins of front ends on other hosts that may call with cookies, parted by commas; in production https:// or this machine.',
    },
    trustProxy: {
      variable: 'TRUST_PROXY',
      parse: trustProxy,
      fallback: (): TrustProxy => ({ kind: 'off' }),
      fallbackText: 'off',
      example: '1',
      reason:
        'Whose X-Forwarded-For counts: off, how many proxies stand before the server, or their addresses (10.0.0.0/8,::1).',
    },
    logLevel: {
      variable: 'LOG_LEVEL',
      parse: logLevel,
      fallback: () => 'info' as const,
      example: 'info',
      reason: 'How much to log: fatal, error, warn, info, debug, trace or silent.',
    },
    secretKeys: {
      variable: 'SECRET_KEY',
      parse: secretKeys,
      fallback: (): SecretKeys | undefined => undefined,
      fallbackText: '',
      example: '<the output of: openssl rand -base64 48>',
      reason:
        'The key from which all others are derived, the same on every node; to change it, the new one, a comma, the old one. In development one is made in DATA_DIR.',
      secret: true,
      requiredInProduction: true,
    },
    databaseUrl: {
      variable: 'DATABASE_URL',
      parse: databaseUrl,
      fallback: (): DatabaseUrl | undefined => undefined,
      fallbackText: '',
      example: 'postgresql://keyward:p%40ss@db.example.com:5432/keyward',
      reason:
        'The database, in any form of SQLAlchemy; in a password write %40 for @. By default the file keyward.db in DATA_DIR.',
      secret: true,
      show: describeDatabaseUrl,
    },
    databasePoolSize: {
      variable: 'DATABASE_POOL_SIZE',
      parse: integer({ min: 2, max: 500 }),
      fallback: () => 20,
      example: '20',
      reason: 'Connections to PostgreSQL, MariaDB or MySQL at most, for each node; SQLite needs none.',
    },
    maxConnections: {
      variable: 'MAX_CONNECTIONS',
      parse: integer({ min: 100, max: 1_000_000 }),
      fallback: () => 10_000,
      example: '10000',
      reason: 'Connections that may be open at once in each process, a tenth of them from one source that is no proxy.',
    },
    shutdownDelaySeconds: {
      variable: 'SHUTDOWN_DELAY_SECONDS',
      parse: integer({ min: 0, max: 300 }),
      fallback: () => 0,
      example: '0',
      reason:
        'How long to go on serving after SIGTERM while /readyz says 503, so that a balancer takes the node out before it stops.',
    },
    rateLimits: {
      variable: 'RATE_LIMITS',
      parse: boolean,
      fallback: () => true,
      example: 'on',
      reason: 'Whether repeated attempts are slowed down. Turn off only for load tests; production refuses that.',
    },
  },
  ({ publicUrl, corsOrigins, rateLimits }, { mode }) =>
    mode === 'production'
      ? [...insecureUrl(publicUrl), ...insecureOrigins(corsOrigins), ...missingLimits(rateLimits)]
      : [],
);

export type ServerValues = ValuesOf<typeof serverSection.settings>;

/** The database that is meant: `DATABASE_URL`, or the file `keyward.db` in the data directory. */
export function resolveDatabase({ databaseUrl, dataDir }: Pick<ServerValues, 'databaseUrl' | 'dataDir'>): DatabaseUrl {
  return databaseUrl ?? { engine: 'sqlite', path: join(dataDir, 'keyward.db') };
}

/** Where browsers reach the server: `PUBLIC_URL`, or this machine. Without a slash at the end. */
export function resolvePublicUrl({ publicUrl, port }: Pick<ServerValues, 'publicUrl' | 'port'>): string {
  return publicUrl ?? `http://localhost:${port}`;
}

function corsOrigin(entry: string): string {
  if (entry.includes('*')) {
    throw new SettingError(
      'must name exact origins, not *: browsers refuse * for calls with cookies (Fetch, "CORS protocol")',
    );
  }
  return origin(entry);
}

const secretKeyText = secretText({ minLength: 32 });

/** 32 characters are the 32 bytes that RFC 2104 §3 advises for HMAC-SHA-256, and hold 128 bits even when hexadecimal. */
function secretKeys(raw: string): SecretKeys {
  if (raw.includes('openssl rand')) throw new SettingError('holds the command that makes a key, not the output of it');
  const [present, ...former] = list(secretKeyText)(raw);
  if (present === undefined) throw new SettingError('holds no key');
  return { present, former };
}

const isSafe = (url: string): boolean => url.startsWith('https://') || isLoopback(new URL(url).hostname);

/** Whoever is on the way writes the scripts of a page without TLS, and these may call with the user's cookies. */
function insecureOrigins(origins: readonly string[]): Fault[] {
  const [unsafe] = origins.filter((it) => !isSafe(it));
  if (unsafe === undefined) return [];
  const problem = `must name https:// origins in production, or this very machine, not ${unsafe}: without TLS anyone on the way puts scripts into that page`;
  return [{ variable: 'CORS_ORIGINS', problem, example: 'https://app.example.com' }];
}

function insecureUrl(url: string | undefined): Fault[] {
  if (url === undefined || isSafe(url)) return [];
  const problem =
    'must begin with https:// in production: without TLS anyone on the way reads passwords, and Secure cookies are not kept';
  return [{ variable: 'PUBLIC_URL', problem, example: 'https://auth.example.com' }];
}

function missingLimits(rateLimits: boolean): Fault[] {
  if (rateLimits) return [];
  const problem = 'must be on in production: without limits passwords can be guessed at full speed';
  return [{ variable: 'RATE_LIMITS', problem, example: 'on' }];
}
