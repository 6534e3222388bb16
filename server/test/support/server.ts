import { pino } from 'pino';
import { systemTicker } from '../../src/adapters/system-ticker.ts';
import { readTemplateFolder } from '../../src/adapters/template-folder.ts';
import { compose, type Features } from '../../src/app/compose.ts';
import { type AppConfig, loadAppConfig } from '../../src/app/config.ts';
import { openBreachedPasswords, openMail } from '../../src/app/ports.ts';
import { createServer } from '../../src/app/server.ts';
import { resolvePublicUrl } from '../../src/config/server.ts';
import type { Database } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { RecordedEvent } from '../../src/features/audit/index.ts';
import type { HttpTimeouts } from '../../src/http/app.ts';
import type { Hasher } from '../../src/kernel/hasher.ts';
import { Secret } from '../../src/kernel/secret.ts';
import type { Ticker } from '../../src/kernel/ticker.ts';
import type { Witness } from '../../src/kernel/witness.ts';
import { openTestDatabase } from './databases/index.ts';
import { newMails, type ReadMail } from './mails.ts';
import { createTestClock, createTestHasher, type TestClock, type TestHasher, testRandom } from './ports.ts';

export interface TestServerOptions {
  /** Settings, as they would stand in the environment; it listens on a port of its own unless `PORT` names one. */
  readonly env?: Readonly<Record<string, string>>;
  /** A database to go on with; the server then leaves it open. */
  readonly db?: Database;
  readonly clock?: TestClock;
  /** The machine's timers unless said. */
  readonly ticker?: Ticker;
  /** One that costs nothing unless said; `hasher` of the server is not called then. */
  readonly passwordHasher?: Hasher;
  readonly secretKey?: string;
  readonly formerSecretKeys?: readonly string[];
  /** Who keeps checkpoints of the audit record; nobody unless said. */
  readonly witnesses?: readonly Witness[];
  /** False for tests of what no route declares: that the database is gone. */
  readonly strictReplies?: boolean;
  /** Those of the edge, where a test must not wait for the standing ones. */
  readonly timeouts?: Partial<HttpTimeouts>;
}

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly clock: TestClock;
  readonly hasher: TestHasher;
  readonly db: Database;
  readonly features: Features;
  /** Everything that was logged, at every level. */
  readonly log: readonly string[];
  /** The audit events since the last call, without ids and times. */
  newEvents(): Promise<Omit<RecordedEvent, 'id' | 'at'>[]>;
  /** The mails that were put into the outbox since the last call. */
  newMails(): Promise<ReadMail[]>;
  /** Makes a user with the role `admin` and signs them in; the access token. */
  admin(): Promise<string>;
}

/**
 * A whole server on a port of its own, with its own database in memory, a clock that stands still, and a hasher that costs nothing.
 * A reply that its route does not declare fails the request.
 */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const config = testConfig(options.env);
  const clock = options.clock ?? createTestClock();
  const hasher = createTestHasher();
  const db = options.db ?? (await openTestDatabase());
  await migrate(db, clock.now());
  const secretKeys = {
    present: new Secret(options.secretKey ?? 'a secret key for tests, long enough'),
    former: (options.formerSecretKeys ?? []).map((text) => new Secret(text)),
  };
  const ticker = options.ticker ?? systemTicker;
  const log: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => log.push(line) });
  const breachedPasswords = openBreachedPasswords(config.values, clock, (text) => logger.warn(text));
  const secrets = { breachedPasswords, secretKeys };
  const outside = {
    ...openMail(config.values),
    witnesses: options.witnesses ?? [],
    warn: (text: string) => logger.warn(text),
  };
  const templates = readTemplateFolder(config.values.brand.templatesDir);
  const hashing = { hasher: options.passwordHasher ?? hasher };
  const ports = { db, clock, ticker, random: testRandom, ...hashing, ...secrets, ...outside, templates };
  const features = await compose(ports, config.values, resolvePublicUrl(config.values.server));
  const app = createServer({
    mode: config.mode,
    config: config.values,
    ports,
    features,
    logger,
    strictReplies: options.strictReplies ?? true,
    timeouts: options.timeouts,
  });
  const url = await app.listen({ host: '127.0.0.1', port: Number(options.env?.PORT ?? 0) });
  let seen = 0;
  const seenMails = new Set<string>();

  return {
    url,
    clock,
    hasher,
    db,
    features,
    log,
    async newEvents() {
      const events = await features.audit.list(db, seen);
      seen = events.at(-1)?.id ?? seen;
      return events.map(({ id: _id, at: _at, ...event }) => withoutUndefined(event));
    },
    newMails: () => newMails({ db, secretKeys }, seenMails),
    async admin() {
      const account = await features.accounts.create.prepare(adminAccount);
      await db.transact((tx) =>
        features.accounts.create.insert(tx, account, { admin: true, verified: true, how: 'test' }),
      );
      const response = await fetch(`${url}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: adminAccount.email, password: adminAccount.password }),
      });
      return ((await response.json()) as { access_token: string }).access_token;
    },
    async [Symbol.asyncDispose]() {
      await app.close();
      if (options.db === undefined) await db.close();
    },
  };
}

const adminAccount = { username: 'root', email: 'root@example.com', password: 'correct horse battery staple' };

function testConfig(env: Readonly<Record<string, string>> = {}): AppConfig {
  const config = loadAppConfig({ environment: env, readFile: () => '' });
  if (!config.ok) throw new Error(JSON.stringify(config.faults));
  return config;
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, it]) => it !== undefined)) as T;
}
