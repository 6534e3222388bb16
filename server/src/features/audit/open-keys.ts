import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { WrongSecretKey } from '../../kernel/seal.ts';
import { type AuditKey, generateAuditKey, openAuditKey, resealedAuditKey } from './audit-key.ts';
import type { SealStore } from './seal-store.ts';

/** The keys of the record, newest first. The first signs; there is another only where a lost `SECRET_KEY` had to be replaced. */
export type AuditKeys = readonly [AuditKey, ...AuditKey[]];

/**
 * Opens the keys of the record; makes the first, and seals under the present `SECRET_KEY` what a former one has sealed. Of many nodes
 * that start at once one makes it.
 *
 * @param host of the public URL @throws WrongSecretKey
 */
export async function openKeys(deps: {
  db: Database;
  store: SealStore;
  clock: Clock;
  random: Random;
  sealingKeys: readonly [Buffer, ...Buffer[]];
  host: string;
}): Promise<AuditKeys> {
  const { db, store, clock, random, sealingKeys, host } = deps;

  const addFirst = async (): Promise<void> => {
    if ((await store.keys(db)).length > 0) return;
    const key = generateAuditKey({ host, sealingKey: sealingKeys[0], createdAt: clock.now(), random });
    const add = () =>
      db.transact(async (tx) => {
        if ((await store.keys(tx)).length === 0) await store.addKey(tx, key);
      });
    await db.exclusively('audit-keys', add);
  };

  const resealAll = async (): Promise<void> => {
    if (sealingKeys.length === 1) return;
    for (const key of await store.keys(db)) {
      const to = unsealing(() => resealedAuditKey(key, sealingKeys, random));
      if (to !== undefined) await db.transact((tx) => store.resealKey(tx, key.id, { from: key.sealed, to }));
    }
  };

  await addFirst();
  await resealAll();
  const stored = await store.keys(db);
  const [newest, ...others] = stored.map((key) => unsealing(() => openAuditKey(key, sealingKeys)));
  if (newest === undefined) throw new Error('there is no key of the audit record');
  return [newest, ...others];
}

function unsealing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new WrongSecretKey(error);
  }
}
