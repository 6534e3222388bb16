import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { SessionId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Person } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { SendNotice } from '../notices/index.ts';
import type { UsersStore } from '../users/index.ts';
import type { EndSessions } from './end-sessions.ts';
import { sessionNotFound } from './errors.ts';
import type { SessionsStore } from './store.ts';

type InPerson = Pick<Person, 'userId' | 'sessionId'>;

/** Ends sessions of one's own: access and refresh tokens die with the next request. */
export interface EndOwnSessions {
  /** @throws sessionNotFound, also for a living session of somebody else */
  one(who: InPerson, session: SessionId, origin: RequestOrigin): Promise<void>;
  /** Every one but that in which they ask. @returns how many */
  others(who: InPerson, origin: RequestOrigin): Promise<number>;
}

const reason = 'ended-by-owner';

export function createEndOwnSessions(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  notices: { readonly send: SendNotice };
  endSessions: EndSessions;
  store: SessionsStore;
}): EndOwnSessions {
  const { db, clock, audit, users, notices, endSessions, store } = deps;
  return {
    one: (who, session, { ip }) =>
      db.transact(async (tx) => {
        const { userId: user } = who;
        if (!(await store.endOneOf(tx, user, session, reason, clock.now()))) throw sessionNotFound();
        await audit.record(tx, { event: 'session.ended', actor: who, subject: user, session, ip, reason });
      }),
    others: (who, { ip, userAgent }) =>
      db.transact(async (tx) => {
        const { userId: user, sessionId: kept } = who;
        await users.lockActive(tx, user, clock.now());
        const ended = await endSessions(tx, { user, kept, reason, by: who, ip });
        if (ended > 0) await notices.send(tx, user, 'sessions-ended', { ip, userAgent });
        return ended;
      }),
  };
}
