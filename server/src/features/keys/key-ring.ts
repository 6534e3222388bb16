import type { Reads } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import { WrongSecretKey } from '../../kernel/seal.ts';
import type { Soon } from '../../kernel/soon.ts';
import { signerAt } from './policy.ts';
import { openSigningKey, type SigningKey, type StoredSigningKey } from './signing-key.ts';
import type { KeysStore } from './store.ts';

/** The keys in use, opened and in memory. */
export interface KeyRing {
  /** The one that signs at this moment. */
  readonly current: SigningKey;
  /** What `/.well-known/jwks.json` publishes, and what verifies. */
  readonly all: readonly SigningKey[];
}

/**
 * The keys as they were at most `maxAgeMs` ago. What another node has rotated or revoked holds here no later: whoever finds the ring
 * older waits until it has been read again.
 *
 * @param maxAgeMs a second unless said
 * @throws `database-unavailable` when the keys cannot be known any more
 */
export type GetKeyRing = (maxAgeMs?: number) => Soon<KeyRing>;

/** "Emergency: within one second on all nodes." */
const staleAfterMs = 1_000;

/** From this age on the ring is read again while it still serves, so that a busy node never waits for it. */
const refreshAfterMs = 500;

export function createKeyRing(deps: {
  db: Reads;
  store: KeysStore;
  clock: Clock;
  sealingKeys: readonly Buffer[];
}): GetKeyRing {
  const { db, store, clock, sealingKeys } = deps;
  const opened = new Map<string, SigningKey>();
  let ring: KeyRing | undefined;
  let readAt: Instant = 0;
  let reading: { readonly begunAt: Instant; readonly ring: Promise<KeyRing> } | undefined;

  const open = (stored: StoredSigningKey): SigningKey => {
    const known = opened.get(stored.kid);
    if (known !== undefined) return known;
    try {
      const key = openSigningKey(stored, sealingKeys);
      opened.set(stored.kid, key);
      return key;
    } catch (error) {
      throw new WrongSecretKey(error);
    }
  };

  const read = async (): Promise<KeyRing> => {
    const begunAt = clock.now();
    const stored = await store.list(db);
    ring = ringOf(
      stored.map((key) => ({ ...key, key: open(key) })),
      clock,
    );
    readAt = begunAt;
    return ring;
  };

  /** Many that ask at once are answered by one read. */
  const readOnce = (): Promise<KeyRing> => {
    reading ??= {
      begunAt: clock.now(),
      ring: read().finally(() => {
        reading = undefined;
      }),
    };
    return reading.ring;
  };

  const isYounger = (begunAt: Instant, maxAgeMs: number): boolean => {
    const age = clock.now() - begunAt;
    // A clock that has stepped back says nothing about the age.
    return age >= 0 && age < maxAgeMs;
  };

  /** A read that is under way for longer than that, be the database slow or the process halted, may have missed a revocation. */
  const readSince = (maxAgeMs: number): Promise<KeyRing> =>
    reading === undefined || isYounger(reading.begunAt, maxAgeMs) ? readOnce() : reading.ring.then(readOnce, readOnce);

  return (maxAgeMs = staleAfterMs) => {
    if (ring === undefined || !isYounger(readAt, maxAgeMs)) return readSince(maxAgeMs);
    // Whether it fails shows when somebody has to wait for it.
    if (!isYounger(readAt, refreshAfterMs)) readOnce().catch(() => {});
    return ring;
  };
}

function ringOf(keys: readonly (StoredSigningKey & { readonly key: SigningKey })[], clock: Clock): KeyRing {
  return {
    all: keys.map(({ key }) => key),
    get current() {
      const signer = signerAt(keys, clock.now());
      if (signer === undefined) throw new Error('there is no signing key');
      return signer.key;
    },
  };
}
