import { type Kysely, type Selectable, sql } from 'kysely';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asSessionId, type SessionId, type UserId } from '../../kernel/ids.ts';
import type { OwnSession } from './own-session.ts';
import type { SessionsStore } from './store.ts';
import type { SessionsTables } from './tables.ts';

const { statement } = statements<SessionsTables>();

/** A session that ran out or was logged out tells of a device that its user had; one that was ended by force may have been a thief's. */
const trustedSessions = (db: Kysely<SessionsTables>, user: UserId) =>
  db
    .selectFrom('sessions')
    .where('user_id', '=', user)
    .where((where) => where.or([where('end_reason', 'is', null), where('end_reason', '=', 'logout')]));

/** The limit as a literal: SQLite plans a statement anew at each run whose limit is a parameter, and each sign-in asks this. */
const findUserAgent = statement((db, p: { user: UserId; userAgent: string }) =>
  trustedSessions(db, p.user).select('id').where('user_agent', '=', p.userAgent).limit(sql.lit(1)),
);

const findTrusted = statement((db, p: { user: UserId; id: SessionId }) =>
  trustedSessions(db, p.user).select('id').where('id', '=', p.id),
);

const userAgentsOf = statement((db, p: { user: UserId }) =>
  trustedSessions(db, p.user).select('user_agent').groupBy('user_agent'),
);

const livingSessionsOf = statement((db, p: { user: UserId; now: Instant }) =>
  db
    .selectFrom('sessions')
    .select(['id', 'created_at', 'rotated_at', 'expires_at', 'ip', 'user_agent'])
    .where('user_id', '=', p.user)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', p.now)
    .where('idle_expires_at', '>', p.now)
    .orderBy('created_at', 'desc')
    .orderBy('id'),
);

const newestSessionOf = statement((db, p: { user: UserId }) =>
  db.selectFrom('sessions').select('created_at').where('user_id', '=', p.user).orderBy('created_at', 'desc').limit(1),
);

const keptSessionsOf = statement((db, p: { user: UserId; after: string; limit: number }) =>
  db
    .selectFrom('sessions')
    .select(['id', 'created_at', 'rotated_at', 'expires_at', 'ended_at', 'end_reason', 'ip', 'user_agent'])
    .where('user_id', '=', p.user)
    .where('id', '>', p.after)
    .orderBy('id')
    .limit(p.limit),
);

const forgetOrigins = statement((db, p: { user: UserId }) =>
  db.updateTable('sessions').set({ ip: '', user_agent: '' }).where('user_id', '=', p.user),
);

type ToldStore = Pick<
  SessionsStore,
  'listLiving' | 'lastStartedAt' | 'listAll' | 'forgetOrigins' | 'hasUserAgent' | 'isTrusted' | 'listUserAgents'
>;

/** The part of the store of sessions that tells users of their own: which there are, since when, from where and with what. */
export const toldStore: ToldStore = {
  async listLiving(db, user, now) {
    const rows = await db.all(livingSessionsOf, { user, now });
    return rows.map(toOwnSession);
  },
  lastStartedAt: async (db, user) => (await db.first(newestSessionOf, { user }))?.created_at,
  async listAll(db, user, after, limit) {
    const rows = await db.all(keptSessionsOf, { user, after, limit });
    return rows.map((row) => ({
      ...toOwnSession(row),
      endedAt: row.ended_at ?? undefined,
      endReason: row.end_reason ?? undefined,
    }));
  },
  forgetOrigins: async (tx, user) => {
    await tx.execute(forgetOrigins, { user });
  },
  hasUserAgent: async (db, user, userAgent) => (await db.first(findUserAgent, { user, userAgent })) !== undefined,
  isTrusted: async (db, user, id) => (await db.first(findTrusted, { user, id })) !== undefined,
  listUserAgents: async (db, user) => (await db.all(userAgentsOf, { user })).map((row) => row.user_agent),
};

type OwnSessionRow = Pick<
  Selectable<SessionsTables['sessions']>,
  'id' | 'created_at' | 'rotated_at' | 'expires_at' | 'ip' | 'user_agent'
>;

const toOwnSession = (row: OwnSessionRow): OwnSession => ({
  id: asSessionId(row.id),
  createdAt: row.created_at,
  lastSeenAt: row.rotated_at,
  expiresAt: row.expires_at,
  ip: row.ip,
  userAgent: row.user_agent,
});
