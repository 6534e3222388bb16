import type { Database, Tx } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import type { Audit } from '../audit/index.ts';
import type { AlgorithmName } from './algorithms.ts';
import { keyNotFound } from './errors.ts';
import { isSuccessorDue, publishedAheadMs, signerAt, spentKeys, waitingKey } from './policy.ts';
import { generateSigningKey, resealedKey, type StoredSigningKey } from './signing-key.ts';
import type { KeysStore } from './store.ts';

/** What brings keys into being and out of use. Of many nodes, one at a time. */
export interface ManageKeys {
  /** Makes the first key on an empty database. */
  addFirst(): Promise<void>;
  /** Seals under the present `SECRET_KEY` what a former one has sealed. */
  resealAll(): Promise<void>;
  /** Makes the next key when it is due, and retires those whose last token has expired. To be called every minute or so. */
  upkeep(): Promise<void>;
  /** Publishes a new key, which signs after `publishedAheadMs`. @returns it, or the one that waits for its turn already */
  rotate(): Promise<{ readonly key: StoredSigningKey; readonly made: boolean }>;
  /**
   * Takes a key out of use at once: every token that it has signed is refused, on every node within a second. When it was the one that
   * signs, the next signs at once, and is made if need be.
   *
   * @throws keyNotFound, also for one that is revoked already
   */
  revoke(kid: string): Promise<{ readonly signer: StoredSigningKey }>;
}

export function createManageKeys(deps: {
  db: Database;
  store: KeysStore;
  clock: Clock;
  random: Random;
  audit: Audit;
  sealingKeys: readonly [Buffer, ...Buffer[]];
  wanted: { readonly algorithm: AlgorithmName; readonly rotationMs: number };
}): ManageKeys {
  const { db, store, clock, random, audit, sealingKeys, wanted } = deps;

  const make = (signsFrom: Instant): Promise<StoredSigningKey> =>
    generateSigningKey({
      algorithm: wanted.algorithm,
      sealingKey: sealingKeys[0],
      createdAt: clock.now(),
      signsFrom,
      random,
    });

  const alone = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    db.exclusively('signing-keys', () => db.transact(work));

  const publish = async (tx: Tx, key: StoredSigningKey): Promise<void> => {
    await store.add(tx, key);
    await audit.record(tx, { event: 'key.published', object: key.kid });
  };

  const publishSuccessor = async (): Promise<void> => {
    const successor = await make(clock.now() + publishedAheadMs);
    await alone(async (tx) => {
      if (isSuccessorDue(await store.list(tx), clock.now(), wanted)) await publish(tx, successor);
    });
  };

  const retireSpent = (): Promise<void> =>
    alone(async (tx) => {
      const now = clock.now();
      for (const { kid } of spentKeys(await store.list(tx), now)) {
        if (await store.retire(tx, kid, now)) await audit.record(tx, { event: 'key.retired', object: kid });
      }
    });

  return {
    async addFirst() {
      if ((await store.list(db)).length > 0) return;
      const candidate = await make(clock.now());
      await alone(async (tx) => {
        if ((await store.list(tx)).length === 0) await store.add(tx, candidate);
      });
    },

    async resealAll() {
      if (sealingKeys.length === 1) return;
      for (const { kid, sealedPrivateKey, ...key } of await store.list(db)) {
        const to = resealedKey({ ...key, kid, sealedPrivateKey }, sealingKeys, random);
        if (to !== undefined) await db.transact((tx) => store.reseal(tx, kid, { from: sealedPrivateKey, to }));
      }
    },

    async upkeep() {
      const keys = await store.list(db);
      if (isSuccessorDue(keys, clock.now(), wanted)) await publishSuccessor();
      if (spentKeys(keys, clock.now()).length > 0) await retireSpent();
    },

    async rotate() {
      const candidate = await make(clock.now() + publishedAheadMs);
      return alone(async (tx) => {
        const waiting = waitingKey(await store.list(tx), clock.now());
        if (waiting !== undefined) return { key: waiting, made: false };
        await publish(tx, candidate);
        return { key: candidate, made: true };
      });
    },

    async revoke(kid) {
      const spare = await make(clock.now());
      return alone(async (tx) => {
        const now = clock.now();
        if (!(await store.revoke(tx, kid, now))) throw keyNotFound();
        await audit.record(tx, { event: 'key.revoked', object: kid });
        const next = signerAt(await store.list(tx), now);
        if (next === undefined) await publish(tx, spare);
        else if (next.signsFrom > now) await store.setSignsFrom(tx, next.kid, now);
        return { signer: next === undefined ? spare : { ...next, signsFrom: Math.min(now, next.signsFrom) } };
      });
    },
  };
}
