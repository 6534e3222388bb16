import type { Database, Tx } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asUserId, type UserId } from '../../kernel/ids.ts';
import type { Counters } from './charge.ts';
import type { DeviceTokens } from './device-token.ts';
import { type Counter, strangersCounters } from './policy.ts';
import type { Spraying } from './spraying.ts';

/** An attempt to log in. */
export interface LoginAttempt {
  /** Folded; what was asked for. */
  readonly name: string;
  /** Whose it is, if anybody's, and since when their password holds. */
  readonly account: { readonly userId: UserId; readonly changedAt: Instant } | undefined;
  readonly ip: string;
  /** The device token that came with it. */
  readonly device: string | undefined;
}

/** What an attempt has been counted on, to be settled when it is known how it went. */
export interface Charged {
  readonly counters: readonly Counter[];
  /** False: to be answered as a wrong password, whatever it is. */
  readonly heard: boolean;
}

/** Counts a login before the password is looked at. @throws tooManyAttempts */
export type ChargeLogin = (attempt: LoginAttempt) => Promise<Charged>;

/** Whether the attempt brings a device token of the account it names. It may be used up: only counting tells. */
export type KnowsDevice = (attempt: Pick<LoginAttempt, 'account' | 'device'>) => boolean;

/** Nobody has this id: for names that nobody has, so that they cost the same. */
const nobody = asUserId(0);

export function createChargeLogin(deps: {
  db: Database;
  counters: Counters;
  devices: DeviceTokens;
  spraying: Spraying;
}): { chargeLogin: ChargeLogin; knowsDevice: KnowsDevice } {
  const { db, counters, devices, spraying } = deps;

  /** A token from before the password was changed was perhaps a thief's, against whom it was changed. */
  const deviceOf = ({ device: text = '', account }: Pick<LoginAttempt, 'account' | 'device'>): Counter | undefined => {
    const device = devices.read(text, account?.userId ?? nobody);
    if (account === undefined || device === undefined || device.issuedAt < account.changedAt) return undefined;
    return { kind: 'device', of: [account.userId, device.id] };
  };

  const chargeStranger = async (tx: Tx, { name, account, ip }: LoginAttempt, sprayed: boolean): Promise<Charged> => {
    const wanted = strangersCounters({ name, account: account?.userId, ip });
    const charged = await counters.charge(tx, wanted, sprayed);
    return { counters: charged, heard: charged.length === wanted.length };
  };

  const chargeLogin: ChargeLogin = async (attempt) => {
    const device = deviceOf(attempt);
    const sprayed = await spraying.isUnderWay();
    return db.transact(async (tx) => {
      if (device !== undefined && (await counters.passes(tx, device))) return { counters: [device], heard: true };
      return chargeStranger(tx, attempt, sprayed);
    });
  };

  return { chargeLogin, knowsDevice: (attempt) => deviceOf(attempt) !== undefined };
}
