import { parseArgs } from 'node:util';
import { createHasher } from '../server/src/adapters/password-hashing/hasher.ts';
import { createLanes } from '../server/src/adapters/password-hashing/lanes.ts';
import { systemClock } from '../server/src/adapters/system-clock.ts';
import { systemRandom } from '../server/src/adapters/system-random.ts';
import { parseDatabaseUrl } from '../server/src/config/database-url.ts';
import { connect } from '../server/src/db/connect.ts';
import { migrate } from '../server/src/db/migrate.ts';
import { populate } from '../server/test/support/population.ts';

/**
 * Fills an empty database with users, the same in every run:
 * `node bench/seed.ts --database sqlite:///./data/bench.db --users 100000`.
 *
 * They all have the password below, as one real argon2id hash; a third has a session, an eleventh is deleted.
 */
const password = 'a password that all of them have';

const { values } = parseArgs({ options: { database: { type: 'string' }, users: { type: 'string' } } });
const users = Number(values.users ?? '100000');
if (values.database === undefined || !Number.isInteger(users) || users < 1) {
  throw new Error('usage: node bench/seed.ts --database URL [--users N]');
}

const lanes = createLanes({ cores: 1, maxWaitMs: 60_000, clock: systemClock });
const parameters = { memoryKib: 19_456, iterations: 2, parallelism: 1 };
const hasher = createHasher({ parameters, lanes, random: systemRandom });
const passwordHash = await hasher.hash(password);

const db = await connect(parseDatabaseUrl(values.database), { poolSize: 2 });
try {
  const began = performance.now();
  await migrate(db, systemClock.now());
  const at = systemClock.now() - 2 * 86_400_000;
  await populate(db, { users, firstId: 1, passwordHash, at, onRows: progress });
  const seconds = (performance.now() - began) / 1_000;
  process.stdout.write(`${users} users in ${seconds.toFixed(1)} s; their password: ${password}\n`);
} finally {
  await db.close();
}

function progress(done: number): void {
  if (done % 100_000 === 0) process.stderr.write(`${done} users\n`);
}
