import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { SessionId, UserId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import { sessionNotFound } from './errors.ts';
import type { SessionsStore } from './store.ts';

/** Ends sessions of one's own: access and refresh tokens die with the next request. */
export interface EndOwnSessions {
  /** @throws sessionNotFound, also for a living session of somebody else */
  one(user: UserId, session: SessionId, origin: RequestOrigin): Promise<void>;
  /** Every one but `kept`. @returns how many */
  others(user: UserId, kept: SessionId, origin: RequestOrigin): Promise<number>;
}

export function createEndOwnSessions(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  store: SessionsStore;
}): EndOwnSessions {
  const { db, clock, audit, store } = deps;

  /** Ends those that the user may end; each for itself, so that the record names each. */
  const end = (user: UserId, { ip }: RequestOrigin, chosen: (session: SessionId) => boolean): Promise<number> =>
    db.transact(async (tx) => {
      const now = clock.now();
      let ended = 0;
      for (const { id } of await store.listLiving(tx, user, now)) {
        if (!chosen(id) || !(await store.end(tx, id, 'ended-by-owner', now))) continue;
        const event = { actor: user, subject: user, session: id, ip, reason: 'ended-by-owner' };
        await audit.record(tx, { event: 'session.ended', ...event });
        ended += 1;
      }
      return ended;
    });

  return {
    async one(user, session, origin) {
      if ((await end(user, origin, (id) => id === session)) === 0) throw sessionNotFound();
    },
    others: (user, kept, origin) => end(user, origin, (id) => id !== kept),
  };
}
