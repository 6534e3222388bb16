import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { SessionId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { Audit } from '../audit/index.ts';
import type { SendNotice } from '../notices/index.ts';
import type { UsersStore } from '../users/index.ts';
import type { EndSessions } from './end-sessions.ts';
import { isLiving } from './policy.ts';
import type { SessionsStore } from './store.ts';

/**
 * Ends the sessions that a client has presented a token of, by `logout-all` with every other of their users; the record names the user
 * as the one who did it.
 *
 * @returns how many lived
 */
export type EndPresented = (
  sessions: ReadonlySet<SessionId>,
  reason: 'logout' | 'logout-all' | 'revoked',
  origin: RequestOrigin,
) => Promise<number>;

export function createEndPresented(deps: {
  db: Database;
  clock: Clock;
  audit: Audit;
  users: UsersStore;
  notices: { readonly send: SendNotice };
  endSessions: EndSessions;
  store: SessionsStore;
}): EndPresented {
  const { db, clock, audit, users, notices, endSessions, store } = deps;
  return async (sessions, reason, { ip, userAgent }) => {
    // What is nobody's token costs the database nothing.
    if (sessions.size === 0) return 0;
    return db.transact(async (tx) => {
      let ended = 0;
      for (const session of sessions) {
        const now = clock.now();
        const found = await store.find(tx, session, now);
        if (found === undefined || !isLiving(found, now)) continue;
        const user = found.user.id;
        // First the user, as everybody does who locks both.
        if (reason === 'logout-all') await users.lockActive(tx, user, now);
        if (!(await store.end(tx, session, reason, now))) continue;
        const by = { userId: user, sessionId: session };
        await audit.record(tx, { event: 'session.ended', actor: by, subject: user, session, ip, reason });
        ended += 1;
        if (reason !== 'logout-all') continue;
        ended += await endSessions(tx, { user, reason, by, ip });
        await notices.send(tx, user, 'sessions-ended', { ip, userAgent });
      }
      return ended;
    });
  };
}
