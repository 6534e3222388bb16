import type { Reads } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { type KeyState, stateOf } from './policy.ts';
import type { KeyRecord, KeysStore } from './store.ts';

/** A key as its operator sees it. */
export interface ListedKey extends Omit<KeyRecord, 'sealedPrivateKey' | 'publicJwk'> {
  readonly state: KeyState;
}

/** Every key there has ever been, newest first. */
export type ListKeys = () => Promise<ListedKey[]>;

export function createListKeys({ db, store, clock }: { db: Reads; store: KeysStore; clock: Clock }): ListKeys {
  return async () => {
    const records = await store.listAll(db);
    const living = records.filter(({ retiredAt }) => retiredAt === undefined);
    return records.map(({ sealedPrivateKey: _sealed, publicJwk: _public, ...key }) => ({
      ...key,
      state: endOf(key) ?? stateOf(key, living, clock.now()),
    }));
  };
}

function endOf({ revokedAt, retiredAt }: Pick<KeyRecord, 'revokedAt' | 'retiredAt'>): KeyState | undefined {
  if (revokedAt !== undefined) return 'revoked';
  return retiredAt === undefined ? undefined : 'retired';
}
