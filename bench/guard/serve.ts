/**
 * Two servers in one process, so that the CPU they take is taken under the same circumstances: Keyward on SQLite, with its limits and with
 * a password hash that costs nothing, and a bare one that answers what Keyward answers `GET /user` with. At each message it tells what has
 * been used so far.
 */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { systemClock } from '../../server/src/adapters/system-clock.ts';
import { systemRandom } from '../../server/src/adapters/system-random.ts';
import { systemTicker } from '../../server/src/adapters/system-ticker.ts';
import { compose } from '../../server/src/app/compose.ts';
import { loadAppConfig } from '../../server/src/app/config.ts';
import { createServer } from '../../server/src/app/server.ts';
import { openSqlite } from '../../server/src/db/dialects/sqlite/database.ts';
import { migrate } from '../../server/src/db/migrate.ts';
import { Secret } from '../../server/src/kernel/secret.ts';
import { createTestHasher } from '../../server/test/support/ports.ts';
import { type Asked, countAsked } from './counting.ts';

/** The first message: where the two listen. */
export interface Listening {
  readonly keyward: number;
  readonly bare: number;
}

/** Every other one: what has been used since the beginning. */
export interface Used extends Asked {
  readonly cpuMs: number;
  readonly hashes: number;
}

const config = loadAppConfig({ environment: { TRUST_PROXY: '1', DEV_MAILBOX: 'off' }, readFile: () => '' });
if (!config.ok) throw new Error(JSON.stringify(config.faults));
const { db, asked } = countAsked(openSqlite({ path: ':memory:' }));
await migrate(db, systemClock.now());
const hasher = createTestHasher();
const ports = {
  db,
  clock: systemClock,
  ticker: systemTicker,
  random: systemRandom,
  hasher,
  breachedPasswords: undefined,
  secretKeys: { present: new Secret('a secret key for a benchmark, long enough'), former: [] },
  mailer: undefined,
  composeMail: async () => '',
  witnesses: [],
  warn: () => {},
};
const features = await compose(ports, config.values, 'http://localhost:8000');
const logger = pino({ level: 'silent' });
const app = createServer({ mode: 'development', config: config.values, ports, features, logger });
await app.listen({ host: '127.0.0.1', port: 0 });

const body = JSON.stringify({
  id: 1,
  username: 'ada',
  email: 'ada@example.com',
  email_verified: false,
  created_at: '2026-01-01T00:00:00.000Z',
});
const bare = createHttpServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': body.length });
  response.end(body);
}).listen(0, '127.0.0.1');
await once(bare, 'listening');

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const { hash, verify } = hasher.calls;
  process.send?.({ ...asked(), hashes: hash + verify, cpuMs: (user + system) / 1e3 } satisfies Used);
});
process.on('disconnect', async () => {
  await app.close();
  await db.close();
  process.exit();
});
process.send?.({ keyward: portOf(app.server), bare: portOf(bare) } satisfies Listening);
