// Better Auth on node:http, as its documentation sets it up: a database, e-mail with password, `toNodeHandler`.
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { Algorithm, hash, verify } from '@node-rs/argon2';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import pg from 'pg';

const { PORT, DATABASE_URL, PASSWORD_SCHEME, SESSION_UPDATE_AGE } = process.env;

const database = DATABASE_URL.startsWith('sqlite:')
  ? new DatabaseSync(DATABASE_URL.slice('sqlite://'.length))
  : new pg.Pool({ connectionString: DATABASE_URL, max: 20 });

// Its own hash is scrypt; argon2id is for a comparison at equal cost.
const argon2id = { algorithm: Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const equalHash = {
  hash: (password) => hash(password, argon2id),
  verify: ({ hash: stored, password }) => verify(stored, password),
};

const auth = betterAuth({
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: 'a secret for a benchmark that is long enough, 2f8b1c',
  database,
  emailAndPassword: { enabled: true, ...(PASSWORD_SCHEME === 'argon2' ? { password: equalHash } : {}) },
  // 0: each look at the session prolongs it, which is the nearest to a refresh that it has.
  session: SESSION_UPDATE_AGE === undefined ? {} : { updateAge: Number(SESSION_UPDATE_AGE) },
  // All load comes from one address.
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
});

const { runMigrations } = await getMigrations(auth.options);
await runMigrations();
createServer(toNodeHandler(auth)).listen(Number(PORT), '127.0.0.1');
