import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { SessionId, UserId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import type { UsersStore } from '../users/index.ts';
import type { EndSessions } from './end-sessions.ts';
import { sessionNotFound } from './errors.ts';
import type { SessionsStore } from './store.ts';

/** Ends sessions of one's own: access and refresh tokens die with the next request. */
export interface EndOwnSessions {
  /** @throws sessionNotFound, also for a living session of somebody else */
  one(user: UserId, session: SessionId, origin: RequestOrigin): Promise<void>;
  /** Every one but `kept`. @returns how many */
  others(user: UserId, kept: SessionId, origin: RequestOrigin): Promise<number>;
}

const reason = 'ended-by-owner';

export function createEndOwnSessions(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  endSessions: EndSessions;
  store: SessionsStore;
}): EndOwnSessions {
  const { db, clock, audit, users, endSessions, store } = deps;
  return {
    one: (user, session, { ip }) =>
      db.transact(async (tx) => {
        if (!(await store.endOneOf(tx, user, session, reason, clock.now()))) throw sessionNotFound();
        await audit.record(tx, { event: 'session.ended', actor: { userId: user }, subject: user, session, ip, reason });
      }),
    others: (user, kept, { ip }) =>
      db.transact(async (tx) => {
        await users.lockActive(tx, user, clock.now());
        return endSessions(tx, { user, kept, reason, by: { userId: user }, ip });
      }),
  };
}
