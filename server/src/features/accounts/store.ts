import type { Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';

export interface SetupTokensStore {
  /** Keeps this token and forgets every other. */
  replaceAll(tx: Tx, tokenHash: string, expiresAt: Instant): Promise<void>;
  /** Uses a token up; of two at once, one gets `true`. */
  consume(tx: Tx, tokenHash: string, now: Instant): Promise<boolean>;
}
