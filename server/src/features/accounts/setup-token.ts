import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { sha256 } from '../../kernel/derive.ts';
import type { Random } from '../../kernel/random.ts';
import { Secret } from '../../kernel/secret.ts';
import type { RolesStore } from '../roles/index.ts';
import { invalidSetupToken } from './errors.ts';
import type { SetupTokensStore } from './store.ts';

/** Minutes that a set-up token is good for. */
export const setupTokenMinutes = 30;
const tokenBytes = 24;

/**
 * The token by which whoever can read the server's console makes themselves the first administrator. Never a default password, never
 * "first visitor wins".
 */
export interface SetupToken {
  /** A new token, which kills every older one; `undefined` when there is an administrator. */
  issue(): Promise<Secret | undefined>;
  /** Uses the token up; of two at once, one passes. @throws invalidSetupToken */
  consume(tx: Tx, token: string): Promise<void>;
}

export function createSetupToken(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  roles: RolesStore;
  store: SetupTokensStore;
}): SetupToken {
  const { db, clock, random, roles, store } = deps;
  return {
    issue() {
      const token = random.bytes(tokenBytes).toString('base64url');
      return db.transact(async (tx) => {
        if ((await roles.lockAdmins(tx, clock.now())).length > 0) return undefined;
        await store.replaceAll(tx, sha256(token), clock.now() + setupTokenMinutes * 60_000);
        return new Secret(token);
      });
    },
    async consume(tx, token) {
      const now = clock.now();
      const thereIsAnAdmin = (await roles.lockAdmins(tx, now)).length > 0;
      if (thereIsAnAdmin || !(await store.consume(tx, sha256(token), now))) throw invalidSetupToken();
    },
  };
}
