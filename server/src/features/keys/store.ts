import type { Reads, Tx } from '../../db/database.ts';
import type { StoredSigningKey } from './signing-key.ts';

export interface KeysStore {
  /** The keys that are not retired, newest first. */
  list(db: Reads): Promise<StoredSigningKey[]>;
  add(tx: Tx, key: StoredSigningKey): Promise<void>;
}
