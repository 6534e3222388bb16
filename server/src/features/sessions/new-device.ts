import type { Reads } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import { deviceOf } from './policy.ts';
import type { SessionsStore } from './store.ts';

/**
 * Whether the user has not been seen with this device: with none whose user agent is the same but for its version. Sessions that were
 * ended by force do not count, since they may have been a thief's. It looks as far back as sessions are kept.
 *
 * To be asked before the session is started; not of one that begins an account, nor of a known device, which has shown more than a user
 * agent.
 */
export type IsNewDevice = (db: Reads, user: UserId, userAgent: string) => Promise<boolean>;

export function createIsNewDevice({ store }: { store: SessionsStore }): IsNewDevice {
  return async (db, user, userAgent) => {
    // Nearly always the same as last time: found at once, without reading what else there is.
    if (await store.hasUserAgent(db, user, userAgent)) return false;
    const device = deviceOf(userAgent);
    return (await store.listUserAgents(db, user)).every((seen) => deviceOf(seen) !== device);
  };
}
