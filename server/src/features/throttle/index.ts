/**
 * Owns: how often something may be tried, and which devices are known. One throttle for every flow.
 * Tables: throttle_counters.
 * Specifications: NIST SP 800-63B-4 §3.2.2 (rate limiting), OWASP Authentication ("Account Lockout"), OWASP "Slow Down Online Guessing
 * Attacks with Device Cookies".
 */
import { createHmac } from 'node:crypto';
import type { Database, Tx } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { deriveKey } from '../../kernel/derive.ts';
import type { Random } from '../../kernel/random.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import { type Charged, createCounters } from './charge.ts';
import { type ChargeLogin, createChargeLogin, type KnowsDevice } from './charge-login.ts';
import { type CountMadeUpToken, createCountMadeUpToken } from './count-made-up-token.ts';
import type { Counter } from './counters.ts';
import { createDeviceTokens, type DeviceTokens } from './device-token.ts';
import { countedOrRefused } from './errors.ts';
import { createSettle, type Settle } from './settle.ts';
import { createSpraying } from './spraying.ts';
import { throttleStore as store } from './store.sql.ts';
import { createSweep } from './sweep.ts';

export type { Charged } from './charge.ts';
export type { CountMadeUpToken } from './count-made-up-token.ts';
export { type Counter, countersOfProven, currentPasswordCounters, sourceOf } from './counters.ts';
export type { DeviceTokens, PasswordVersion } from './device-token.ts';
export { attemptsUncounted, tooManyAttempts } from './errors.ts';
export { createRememberDevice, type RememberDevice } from './replies.ts';

export interface Throttle extends Settle {
  readonly devices: DeviceTokens;
  /** Counts a login on the lane of its device, or else on those of strangers. @throws tooManyAttempts, attemptsUncounted, and then nothing was counted */
  readonly chargeLogin: ChargeLogin;
  readonly knowsDevice: KnowsDevice;
  /**
   * Counts any other attempt on every counter before it is made, so that a thousand at once are a thousand.
   * @throws tooManyAttempts, attemptsUncounted, and then nothing was counted
   */
  charge(counters: readonly Counter[]): Promise<Charged>;
  /**
   * The same within the transaction of what is counted: both or neither. For what is done once it was allowed; not for guesses, which stay
   * counted whatever comes of them.
   * @throws tooManyAttempts
   */
  chargeWithin(tx: Tx, counters: readonly Counter[]): Promise<Charged>;
  readonly countMadeUpToken: CountMadeUpToken;
  /** Removes counters that hold nothing any more. */
  sweep(): Promise<void>;
}

export function createThrottle(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  secretKeys: SecretKeys;
  enabled: boolean;
}): Throttle {
  const { db, clock, enabled } = deps;
  const devices = createDeviceTokens(deps);
  const hmacKey = deriveKey(deps.secretKeys.present, 'throttle-counters');
  const keyOf = ({ kind, of }: Counter): string => {
    const hidden = createHmac('sha256', hmacKey).update(JSON.stringify([kind, ...of]));
    return `${kind}:${hidden.digest('base64url')}`;
  };
  const counters = createCounters({ clock, store, keyOf });
  const spraying = createSpraying({ db, clock, store });
  const { chargeLogin, knowsDevice } = createChargeLogin({ db, counters, devices, spraying });
  if (!enabled) return { ...unlimited, devices, knowsDevice };

  const charge: Throttle['charge'] = (wanted) =>
    countedOrRefused(db.transact((tx) => counters.charge(tx, wanted, false)));

  return {
    ...createSettle({ db, counters, spraying, keyOf }),
    devices,
    knowsDevice,
    chargeLogin: (attempt) => countedOrRefused(chargeLogin(attempt)),
    charge,
    chargeWithin: (tx, wanted) => counters.charge(tx, wanted, false),
    countMadeUpToken: createCountMadeUpToken({ clock, charge }),
    sweep: createSweep({ db, clock, store }),
  };
}

const counted = async (): Promise<Charged> => ({ counters: [], heard: true });
const nothing = async (): Promise<void> => {};

/** RATE_LIMITS=off */
const unlimited: Omit<Throttle, 'devices' | 'knowsDevice'> = {
  chargeLogin: counted,
  charge: counted,
  chargeWithin: counted,
  countMadeUpToken: nothing,
  forgive: nothing,
  recordFailure: nothing,
  undo: nothing,
  sweep: nothing,
};
