import type { Reads, Tx } from '../../db/database.ts';
import { iso, isoOrNull } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { KeptSession, SessionsStore } from './store.ts';

const pageSize = 500;

/** Where, when and with what a user has signed in, as far back as sessions are kept. */
export const createSessionsHolding = (store: SessionsStore) => ({
  name: 'sessions',
  async *tell(db: Reads, user: UserId) {
    for (let page: KeptSession[] = [], after = ''; ; after = page.at(-1)?.id ?? '') {
      page = await store.listAll(db, user, after, pageSize);
      yield* page.map(told);
      if (page.length < pageSize) return;
    }
  },
  forget: (tx: Tx, user: UserId) => store.forgetOrigins(tx, user),
});

const told = (session: KeptSession) => ({
  id: session.id,
  created_at: iso(session.createdAt),
  last_seen_at: iso(session.lastSeenAt),
  expires_at: iso(session.expiresAt),
  ended_at: isoOrNull(session.endedAt),
  end_reason: session.endReason ?? null,
  ip: session.ip,
  user_agent: session.userAgent,
});
