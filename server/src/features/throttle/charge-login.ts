import type { Database, Tx } from '../../db/database.ts';
import { nobody } from '../../kernel/ids.ts';
import type { Charged, Counters } from './charge.ts';
import { type Counter, strangersCounters } from './counters.ts';
import type { DeviceTokens, PasswordVersion } from './device-token.ts';
import type { Spraying } from './spraying.ts';

/** An attempt to log in. */
export interface LoginAttempt {
  /** Folded; what was asked for. */
  readonly name: string;
  /** Whose it is, if anybody's, and their password as it stands. */
  readonly account: PasswordVersion | undefined;
  readonly ip: string;
  /** The device token that came with it. */
  readonly device: string | undefined;
}

/** Counts a login before the password is looked at. @throws tooManyAttempts */
export type ChargeLogin = (attempt: LoginAttempt) => Promise<Charged>;

/** Whether the attempt brings a device token of the account it names. It may be used up: only counting tells. */
export type KnowsDevice = (attempt: Pick<LoginAttempt, 'account' | 'device'>) => boolean;

/** For names that nobody has, so that they cost the same. */
const nobodysPassword: PasswordVersion = { userId: nobody, changedAt: 0 };

export function createChargeLogin(deps: {
  db: Database;
  counters: Counters;
  devices: DeviceTokens;
  spraying: Spraying;
}): { chargeLogin: ChargeLogin; knowsDevice: KnowsDevice } {
  const { db, counters, devices, spraying } = deps;

  const deviceOf = ({ device: text = '', account }: Pick<LoginAttempt, 'account' | 'device'>): Counter | undefined => {
    const device = devices.read(text, account ?? nobodysPassword);
    if (account === undefined || device === undefined) return undefined;
    return { kind: 'device', of: [account.userId, device] };
  };

  const chargeStranger = (tx: Tx, { name, account, ip }: LoginAttempt, sprayed: boolean): Promise<Charged> =>
    counters.charge(tx, strangersCounters({ name, account: account?.userId, ip }), sprayed);

  const chargeLogin: ChargeLogin = async (attempt) => {
    const device = deviceOf(attempt);
    const sprayed = await spraying.isUnderWay();
    const count = async (tx: Tx): Promise<Charged> => {
      if (device !== undefined && (await counters.passes(tx, device))) return { counters: [device], heard: true };
      return chargeStranger(tx, attempt, sprayed);
    };
    // Whatever is told of the attempt is told after another transaction: it settles the attempt, and its sync covers both.
    return db.transact(count, { sync: 'next' });
  };

  return { chargeLogin, knowsDevice: (attempt) => deviceOf(attempt) !== undefined };
}
