import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { deriveKey } from '../../kernel/derive.ts';
import type { Random } from '../../kernel/random.ts';
import type { Secret } from '../../kernel/secret.ts';
import { generateSigningKey, openSigningKey, type SigningKey, type StoredSigningKey } from './signing-key.ts';
import type { KeysStore } from './store.ts';

/** The keys in use, opened and in memory. */
export interface KeyRing {
  /** The one that signs. */
  readonly current: SigningKey;
  /** What `/.well-known/jwks.json` publishes. */
  readonly all: readonly SigningKey[];
}

/** The keys in the database are sealed under another `SECRET_KEY`. */
export class WrongSecretKey extends Error {
  override readonly name = 'WrongSecretKey';

  constructor(cause: unknown) {
    super('SECRET_KEY is not the one under which the signing keys in this database are sealed', { cause });
  }
}

/**
 * Opens the keys, and makes the first one on an empty database. Of many nodes that start at once, one makes it and all use it.
 *
 * @throws WrongSecretKey
 */
export async function openKeyRing(deps: {
  db: Database;
  store: KeysStore;
  clock: Clock;
  random: Random;
  secretKey: Secret;
}): Promise<KeyRing> {
  const { db, store, clock, random } = deps;
  const sealingKey = deriveKey(deps.secretKey, 'signing-keys');
  let stored = await store.list(db);
  if (stored.length === 0) {
    const candidate = await generateSigningKey(sealingKey, clock.now(), random);
    const addFirst = async (tx: Tx) => {
      const present = await store.list(tx);
      if (present.length > 0) return present;
      await store.add(tx, candidate);
      return [candidate];
    };
    stored = await db.exclusively('signing-keys', () => db.transact(addFirst));
  }
  return ringOf(stored, sealingKey);
}

function ringOf(stored: readonly StoredSigningKey[], sealingKey: Buffer): KeyRing {
  const all = stored.map((key) => {
    try {
      return openSigningKey(key, sealingKey);
    } catch (error) {
      throw new WrongSecretKey(error);
    }
  });
  const [current] = all;
  if (current === undefined) throw new Error('there is no signing key');
  return { current, all };
}
