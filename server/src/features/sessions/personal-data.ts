import type { Reads, Tx } from '../../db/database.ts';
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
  created_at: new Date(session.createdAt).toISOString(),
  last_seen_at: new Date(session.lastSeenAt).toISOString(),
  expires_at: new Date(session.expiresAt).toISOString(),
  ended_at: session.endedAt === undefined ? null : new Date(session.endedAt).toISOString(),
  end_reason: session.endReason ?? null,
  ip: session.ip,
  user_agent: session.userAgent,
});
