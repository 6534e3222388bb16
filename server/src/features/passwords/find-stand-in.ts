import { createHmac } from 'node:crypto';
import type { Database } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import { deriveKey } from '../../kernel/derive.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import { jumpHash } from './jump-hash.ts';
import type { PasswordsStore } from './store.ts';

/**
 * The hash of the account that stands in for a name, should nobody have it: what is stored of some living user, drawn by the name under a
 * key of the server's. So nobody's name takes as long as somebody's, whatever formats and costs are stored, and becomes faster when its
 * stand-in's hash is renewed (docs/decisions/0014). `undefined` where nobody has a password.
 */
export type FindStandIn = (name: string) => Promise<string | undefined>;

/** How long a node goes by what it has read. */
const lookEveryMs = 10_000;

export function createFindStandIn(deps: {
  db: Database;
  clock: Clock;
  secretKeys: SecretKeys;
  store: PasswordsStore;
}): FindStandIn {
  const { db, clock, store } = deps;
  const key = deriveKey(deps.secretKeys.present, 'stand-ins');
  let seen: { readonly at: Instant; readonly lastUser: number } | undefined;

  const lastUser = async (): Promise<number> => {
    const now = clock.now();
    if (seen === undefined || Math.abs(now - seen.at) >= lookEveryMs) {
      seen = { at: now, lastUser: await store.lastUser(db) };
    }
    return seen.lastUser;
  };

  return async (name) => {
    const draw = createHmac('sha256', key).update(name).digest().readBigUInt64BE();
    return store.findNear(db, jumpHash(draw, await lastUser()) + 1);
  };
}
