import type { Database } from '../db/database.ts';
import { createAccounts } from '../features/accounts/index.ts';
import { createAudit } from '../features/audit/index.ts';
import { createKeys } from '../features/keys/index.ts';
import { createGrantToken } from '../features/oauth/index.ts';
import { createPasswords } from '../features/passwords/index.ts';
import { createRoles } from '../features/roles/index.ts';
import { createSessions } from '../features/sessions/index.ts';
import { createSignIn } from '../features/sign-in/index.ts';
import { createThrottle } from '../features/throttle/index.ts';
import { usersStore as users } from '../features/users/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Hasher } from '../kernel/hasher.ts';
import type { Random } from '../kernel/random.ts';
import type { Secret } from '../kernel/secret.ts';
import type { AppValues } from './config.ts';

/** What the features stand on: the real ends of every port. */
export interface Ports {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly hasher: Hasher;
  readonly secretKey: Secret;
}

export type Features = Awaited<ReturnType<typeof compose>>;

/**
 * Builds every feature, one constant each, in the order of the floors: each sees only what stands above it in this list.
 *
 * @param issuer the public URL: who signs the tokens and whom they are for
 * @throws WrongSecretKey
 */
export async function compose(ports: Ports, config: AppValues, issuer: string) {
  const { db } = ports;
  const audit = createAudit(ports);
  const keys = await createKeys(ports);
  const roles = createRoles({ ...ports, audit, users });
  const passwords = createPasswords({ ...ports, limits: config.passwords });
  const throttle = createThrottle({ ...ports, enabled: config.server.rateLimits });
  const sessions = createSessions({ ...ports, audit, keys, roles: roles.store, issuer, settings: config.sessions });
  const records = { audit, users, roles: roles.store, passwords };
  const accounts = createAccounts({ ...ports, ...records, sessions: sessions.store });
  const signIn = createSignIn({ db, audit, users, passwords, throttle, sessions, accounts });
  const grantToken = createGrantToken({ logIn: signIn.logIn, refreshSession: sessions.refresh });

  const ensureBuiltIns = () => db.transact((tx) => roles.store.ensureBuiltIns(tx, ports.clock.now()));
  await db.exclusively('built-ins', ensureBuiltIns);
  return { audit, keys, users, roles, passwords, throttle, sessions, accounts, signIn, grantToken };
}
