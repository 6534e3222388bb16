import type { Kysely } from 'kysely';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asSessionId, asUserId, type SessionId, type UserId } from '../../kernel/ids.ts';
import type { Permission } from '../../kernel/principal.ts';
import type { PublishedRoles } from '../roles/index.ts';
import type { PublishedUsers } from '../users/index.ts';
import type { TokenHash } from './refresh-token.ts';
import type { EndReason, NewSession, Rotation, SessionsStore } from './store.ts';

interface SessionsTables {
  sessions: {
    id: string;
    user_id: number;
    generation: number;
    token_hash: string;
    created_at: Instant;
    rotated_at: Instant;
    expires_at: Instant;
    idle_expires_at: Instant;
    ended_at: Instant | null;
    end_reason: string | null;
    ip: string;
    user_agent: string;
  };
}

const { statement } = statements<SessionsTables & PublishedUsers & PublishedRoles>();

const startSession = statement((db, p: NewSession) =>
  db.insertInto('sessions').values({
    id: p.id,
    user_id: p.userId,
    generation: 0,
    token_hash: p.tokenHash,
    created_at: p.createdAt,
    rotated_at: p.createdAt,
    expires_at: p.expiresAt,
    idle_expires_at: p.idleExpiresAt,
    ip: p.ip,
    user_agent: p.userAgent,
  }),
);

const rotateSession = statement((db, p: Rotation & { next: number }) =>
  db
    .updateTable('sessions')
    .set({ generation: p.next, token_hash: p.nextHash, rotated_at: p.now, idle_expires_at: p.idleExpiresAt })
    .where('id', '=', p.id)
    .where('generation', '=', p.generation)
    .where('token_hash', '=', p.hash)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', p.now)
    .where('idle_expires_at', '>', p.now)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('users')
          .select('users.id')
          .whereRef('users.id', '=', 'sessions.user_id')
          .where('users.deleted_at', 'is', null)
          .where('users.disabled_at', 'is', null),
      ),
    ),
);

const findSession = statement((db, p: { id: SessionId }) =>
  db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['sessions.generation', 'sessions.token_hash', 'sessions.rotated_at', 'sessions.expires_at'])
    .select(['sessions.idle_expires_at', 'sessions.ended_at', 'users.id', 'users.username', 'users.email'])
    .where('sessions.id', '=', p.id)
    .where('users.deleted_at', 'is', null)
    .where('users.disabled_at', 'is', null),
);

const endSession = statement((db, p: { id: SessionId; reason: EndReason; at: Instant }) =>
  db
    .updateTable('sessions')
    .set({ ended_at: p.at, end_reason: p.reason })
    .where('id', '=', p.id)
    .where('ended_at', 'is', null),
);

const endSessionsOf = statement((db, p: { user: UserId; reason: EndReason; at: Instant }) =>
  db
    .updateTable('sessions')
    .set({ ended_at: p.at, end_reason: p.reason })
    .where('user_id', '=', p.user)
    .where('ended_at', 'is', null),
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

interface Claim {
  session: SessionId;
  user: UserId;
  now: Instant;
}

type SessionsDb = Kysely<SessionsTables & PublishedUsers & PublishedRoles>;

const livingSession = (db: SessionsDb, p: Claim) =>
  db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['users.id', 'users.username', 'users.email', 'users.created_at'])
    .where('sessions.id', '=', p.session)
    .where('sessions.user_id', '=', p.user)
    .where('sessions.ended_at', 'is', null)
    .where('sessions.expires_at', '>', p.now)
    .where('sessions.idle_expires_at', '>', p.now)
    .where('users.deleted_at', 'is', null)
    .where('users.disabled_at', 'is', null);

const authenticate = statement(livingSession);

const authenticateWithPermission = statement((db, p: Claim & { permission: Permission }) =>
  livingSession(db, p).select(({ exists, selectFrom }) =>
    exists(
      selectFrom('user_roles')
        .innerJoin('roles', 'roles.id', 'user_roles.role_id')
        .leftJoin('role_permissions', 'role_permissions.role_id', 'roles.id')
        .select('user_roles.role_id')
        .whereRef('user_roles.user_id', '=', 'users.id')
        .where((where) =>
          where.or([where('roles.grants_all', '=', 1), where('role_permissions.permission', '=', p.permission)]),
        ),
    ).as('permitted'),
  ),
);

const sweepSessions = statement((db, p: { before: Instant }) =>
  db.deleteFrom('sessions').where('expires_at', '<', p.before),
);

export const sessionsStore: SessionsStore = {
  start: async (tx, session) => {
    await tx.execute(startSession, session);
  },

  rotate: async (tx, rotation) =>
    (await tx.execute(rotateSession, { ...rotation, next: rotation.generation + 1 })) === 1,

  async find(db, id) {
    const row = await db.first(findSession, { id });
    return (
      row && {
        generation: row.generation,
        tokenHash: row.token_hash as TokenHash,
        rotatedAt: row.rotated_at,
        expiresAt: row.expires_at,
        idleExpiresAt: row.idle_expires_at,
        endedAt: row.ended_at ?? undefined,
        user: { id: asUserId(row.id), username: row.username, email: row.email },
      }
    );
  },

  end: async (tx, id, reason, at) => (await tx.execute(endSession, { id, reason, at })) === 1,
  async listLiving(db, user, now) {
    const rows = await db.all(livingSessionsOf, { user, now });
    return rows.map((row) => ({
      id: asSessionId(row.id),
      createdAt: row.created_at,
      lastSeenAt: row.rotated_at,
      expiresAt: row.expires_at,
      ip: row.ip,
      userAgent: row.user_agent,
    }));
  },
  endAllOf: (tx, user, reason, at) => tx.execute(endSessionsOf, { user, reason, at }),

  async authenticate(db, { session, user, now, permission }) {
    const row = await (permission === undefined
      ? db.first(authenticate, { session, user, now })
      : db.first(authenticateWithPermission, { session, user, now, permission }));
    if (row === undefined) return undefined;
    const principal = {
      userId: asUserId(row.id),
      username: row.username,
      email: row.email,
      createdAt: row.created_at,
      sessionId: asSessionId(session),
    };
    return { principal, permitted: 'permitted' in row ? Boolean(row.permitted) : permission === undefined };
  },

  sweep: (tx, before) => tx.execute(sweepSessions, { before }),
};
