import { createHmac } from 'node:crypto';
import type { Database } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import { deriveKey } from '../../kernel/derive.ts';
import type { Hasher } from '../../kernel/hasher.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import { jumpHash } from './jump-hash.ts';
import { idsPerLook, type PasswordsStore } from './store.ts';

/**
 * The hash of the account that stands in for a name, should nobody have it: what is stored of some living user, drawn by the name under a
 * key of the server's. So nobody's name takes as long as somebody's, whatever formats and costs are stored, and becomes faster when its
 * stand-in's hash is renewed (docs/decisions/0014). `undefined` where nobody has a password that can be verified.
 */
export type FindStandIn = (name: string) => Promise<string | undefined>;

/**
 * After so many looks, of `idsPerLook` ids each, nobody stands in. Where nine of ten ids are living users, one name in 10,000 needs
 * a second look; where one in a hundred is, one name in 170 finds nobody. It is the name that decides, whoever has it: it tells nothing.
 */
const mostLooks = 128;

/** How long a node goes by what it has read. */
const lookEveryMs = 10_000;

/**
 * Draws ids until one is that of a living user: each of them is as likely as every other. The next one after the first draw would not be:
 * who stands behind a gap, as deleted users leave them, would stand in for all the names that fall into it.
 */
export function createFindStandIn(deps: {
  db: Database;
  clock: Clock;
  secretKeys: SecretKeys;
  hasher: Pick<Hasher, 'canVerify'>;
  store: Pick<PasswordsStore, 'lastUser' | 'hashesAmong'>;
}): FindStandIn {
  const { db, clock, hasher, store } = deps;
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
    const last = await lastUser();
    for (let look = 0; look < mostLooks && last > 0; look += 1) {
      const ids = drawsFor(key, look, name).map((draw) => jumpHash(draw, last) + 1);
      const hashes = await store.hashesAmong(db, ids);
      const drawn = ids.map((id) => hashes.get(id)).find((hash) => hash !== undefined && hasher.canVerify(hash));
      if (drawn !== undefined) return drawn;
    }
    return undefined;
  };
}

/** HMAC-SHA-256 gives four numbers of 64 bits. */
function drawsFor(key: Buffer, look: number, name: string): bigint[] {
  const digest = createHmac('sha256', key).update(`${look} ${name}`).digest();
  return Array.from({ length: idsPerLook }, (_, at) => digest.readBigUInt64BE(8 * at));
}
