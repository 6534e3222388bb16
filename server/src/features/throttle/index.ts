/**
 * Owns: how often something may be tried. One throttle for every flow.
 * Tables: throttle_counters.
 * Specifications: NIST SP 800-63B-4 §3.2.2 (rate limiting), OWASP Authentication ("Account Lockout").
 */
import { createHmac } from 'node:crypto';
import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { deriveKey } from '../../kernel/derive.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import { createCharge } from './charge.ts';
import { type Counter, forgetAfterMs } from './policy.ts';
import { throttleStore } from './store.sql.ts';

export { tooManyAttempts } from './errors.ts';
export { type Counter, type PasswordCounters, passwordCounters, sourceOf } from './policy.ts';

export interface Throttle {
  /**
   * Counts an attempt on every counter before it is made, so that a thousand at once are a thousand; to be taken back when it succeeds.
   * @throws tooManyAttempts, and then nothing was counted
   */
  charge(counters: readonly Counter[]): Promise<void>;
  /** The attempt was right: its own counter starts anew, the wider ones get the attempt back. */
  forgive(tx: Tx, own: Counter | undefined, wider: readonly Counter[]): Promise<void>;
  /** Removes counters that nobody has used for a day. */
  sweep(): Promise<void>;
}

export function createThrottle(deps: {
  db: Database;
  clock: Clock;
  secretKeys: SecretKeys;
  enabled: boolean;
}): Throttle {
  const { db, clock, enabled } = deps;
  const hmacKey = deriveKey(deps.secretKeys.present, 'throttle-counters');
  const store = throttleStore;
  const keyOf = ({ kind, of }: Counter): string =>
    createHmac('sha256', hmacKey)
      .update(JSON.stringify([kind, ...of]))
      .digest('base64url');

  if (!enabled) return { charge: async () => {}, forgive: async () => {}, sweep: async () => {} };
  return {
    charge: createCharge({ db, clock, store, keyOf }),
    async forgive(tx, own, wider) {
      if (own !== undefined) await store.forget(tx, keyOf(own));
      for (const counter of wider) await store.uncount(tx, keyOf(counter));
    },
    sweep: () => db.transact((tx) => store.sweep(tx, clock.now() - forgetAfterMs), { patience: 'maintenance' }),
  };
}
