import type { Reads, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { StoredSigningKey } from './signing-key.ts';

/** A key with its end, if it has come. */
export interface KeyRecord extends StoredSigningKey {
  readonly retiredAt: Instant | undefined;
  readonly revokedAt: Instant | undefined;
}

export interface KeysStore {
  /** The keys that are neither retired nor revoked, newest first. */
  list(db: Reads): Promise<StoredSigningKey[]>;
  /** Every key there has ever been, newest first. */
  listAll(db: Reads): Promise<KeyRecord[]>;
  add(tx: Tx, key: StoredSigningKey): Promise<void>;
  /** Moves a key's turn. */
  setSignsFrom(tx: Tx, kid: string, at: Instant): Promise<void>;
  /** Takes a key out of use after its time; of two at once, one gets `true`. */
  retire(tx: Tx, kid: string, at: Instant): Promise<boolean>;
  /** Takes a key out of use before its time, also a retired one; of two at once, one gets `true`. */
  revoke(tx: Tx, kid: string, at: Instant): Promise<boolean>;
  /** Replaces the sealed private key, if it is still `from`. */
  reseal(tx: Tx, kid: string, change: { readonly from: string; readonly to: string }): Promise<void>;
}
