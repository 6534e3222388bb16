import type { Generated, Kysely, Selectable } from 'kysely';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asSessionId, asUserId, type SessionId, type UserId } from '../../kernel/ids.ts';
import type { Permission, Person } from '../../kernel/principal.ts';
import { andThen } from '../../kernel/soon.ts';
import type { PublishedRoles } from '../roles/index.ts';
import { isActiveUser, type PublishedUsers } from '../users/index.ts';
import type { OwnSession } from './own-session.ts';
import type { TokenHash } from './refresh-token.ts';
import type { EndedSession, EndReason, NewSession, Rotation, SessionsStore } from './store.ts';

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
    status_index: number | null;
  };
  status_indexes: { id: Generated<number>; taken_at: Instant };
}

const { statement, insert } = statements<SessionsTables & PublishedUsers & PublishedRoles>();

const startSession = statement((db, p: NewSession) =>
  db.insertInto('sessions').values({
    id: p.id,
    user_id: p.userId,
    generation: 0,
    token_hash: p.tokenHash,
    status_index: p.statusIndex,
    created_at: p.createdAt,
    rotated_at: p.createdAt,
    expires_at: p.expiresAt,
    idle_expires_at: p.idleExpiresAt,
    ip: p.ip,
    user_agent: p.userAgent,
  }),
);

const takeStatusIndex = insert((db, p: { at: Instant }) => db.insertInto('status_indexes').values({ taken_at: p.at }));

const rotateSession = statement((db, p: Rotation & { next: number }) =>
  db
    .updateTable('sessions')
    .set({
      generation: p.next,
      token_hash: p.nextHash,
      rotated_at: p.now,
      idle_expires_at: p.idleExpiresAt,
      status_index: p.statusIndex,
    })
    .where('id', '=', p.id)
    .where('generation', '=', p.generation)
    .where('token_hash', '=', p.hash)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', p.now)
    .where('idle_expires_at', '>', p.now)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('users').select('users.id').whereRef('users.id', '=', 'sessions.user_id').where(isActiveUser(p.now)),
      ),
    ),
);

const findSession = statement((db, p: { id: SessionId; now: Instant }) =>
  db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['sessions.generation', 'sessions.token_hash', 'sessions.rotated_at', 'sessions.expires_at'])
    .select([
      'sessions.idle_expires_at',
      'sessions.ended_at',
      'sessions.status_index',
      'users.id',
      'users.username',
      'users.email',
    ])
    .where('sessions.id', '=', p.id)
    .where(isActiveUser(p.now)),
);

const endSession = statement((db, p: { id: SessionId; reason: EndReason; at: Instant }) =>
  db
    .updateTable('sessions')
    .set({ ended_at: p.at, end_reason: p.reason })
    .where('id', '=', p.id)
    .where('ended_at', 'is', null),
);

const endSessionOf = statement((db, p: { user: UserId; id: SessionId; reason: EndReason; at: Instant }) =>
  db
    .updateTable('sessions')
    .set({ ended_at: p.at, end_reason: p.reason })
    .where('id', '=', p.id)
    .where('user_id', '=', p.user)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', p.at)
    .where('idle_expires_at', '>', p.at),
);

/** No session has an empty id. */
const noSession = '';

const endSessionsOf = statement((db, p: { user: UserId; reason: EndReason; at: Instant; kept: string }) =>
  db
    .updateTable('sessions')
    .set({ ended_at: p.at, end_reason: p.reason })
    .where('user_id', '=', p.user)
    .where('id', '!=', p.kept)
    .where('ended_at', 'is', null),
);

const lockLivingSessions = statement((db, p: { user: UserId; now: Instant }, dialect) => {
  const living = db
    .selectFrom('sessions')
    .select('id')
    .where('user_id', '=', p.user)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', p.now)
    .where('idle_expires_at', '>', p.now)
    .orderBy('created_at')
    .orderBy('id');
  return dialect.rowLocks ? living.forUpdate() : living;
});

/** A session that ran out or was logged out tells of a device that its user had; one that was ended by force may have been a thief's. */
const trustedSessions = (db: SessionsDb, user: UserId) =>
  db
    .selectFrom('sessions')
    .where('user_id', '=', user)
    .where((where) => where.or([where('end_reason', 'is', null), where('end_reason', '=', 'logout')]));

const findUserAgent = statement((db, p: { user: UserId; userAgent: string }) =>
  trustedSessions(db, p.user).select('id').where('user_agent', '=', p.userAgent).limit(1),
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
    .select(['users.id', 'users.username', 'users.email', 'users.email_verified_at', 'users.created_at'])
    .where('sessions.id', '=', p.session)
    .where('sessions.user_id', '=', p.user)
    .where('sessions.ended_at', 'is', null)
    .where('sessions.expires_at', '>', p.now)
    .where('sessions.idle_expires_at', '>', p.now)
    .where(isActiveUser(p.now));

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

const nextStatusIndex = statement((db, p: { from: number }) =>
  db.selectFrom('sessions').select('status_index').where('status_index', '>=', p.from).orderBy('status_index').limit(1),
);

const endedPlaces = statement((db, p: { from: number; to: number }) =>
  db
    .selectFrom('sessions')
    .select('status_index')
    .where('status_index', '>=', p.from)
    .where('status_index', '<', p.to)
    .where('ended_at', 'is not', null),
);

const endedAfter = statement((db, p: EndedSession) =>
  db
    .selectFrom('sessions')
    .select(['ended_at', 'status_index'])
    .where('ended_at', '>=', p.endedAt)
    .where(({ eb, or }) => or([eb('ended_at', '>', p.endedAt), eb('status_index', '>', p.statusIndex)]))
    .where('status_index', 'is not', null)
    .orderBy('ended_at')
    .orderBy('status_index')
    .limit(1_000),
);

const sweepSessions = statement((db, p: { before: Instant }) =>
  db.deleteFrom('sessions').where('expires_at', '<', p.before),
);

const lastStatusIndex = statement((db, _: object) =>
  db.selectFrom('status_indexes').select(({ fn }) => fn.max('id').as('id')),
);

/** By the key: what is left of these rows is only that their numbers are taken, and that the counter behind them knows. */
const sweepStatusIndexes = statement((db, p: { below: number }) =>
  db.deleteFrom('status_indexes').where('id', '<', p.below),
);

export const sessionsStore: SessionsStore = {
  takeStatusIndex: (tx, at) => tx.insert(takeStatusIndex, { at }),

  start: async (tx, session) => {
    await tx.execute(startSession, session);
  },

  rotate: async (tx, rotation) =>
    (await tx.execute(rotateSession, { ...rotation, next: rotation.generation + 1 })) === 1,

  async find(db, id, now) {
    const row = await db.first(findSession, { id, now });
    return (
      row && {
        id,
        statusIndex: row.status_index ?? undefined,
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
  endOneOf: async (tx, user, id, reason, at) => (await tx.execute(endSessionOf, { user, id, reason, at })) === 1,
  lockLiving: async (tx, user, now) =>
    (await tx.all(lockLivingSessions, { user, now })).map(({ id }) => asSessionId(id)),
  endAllOf: (tx, user, reason, at, kept) => tx.execute(endSessionsOf, { user, reason, at, kept: kept ?? noSession }),
  hasUserAgent: async (db, user, userAgent) => (await db.first(findUserAgent, { user, userAgent })) !== undefined,
  isTrusted: async (db, user, id) => (await db.first(findTrusted, { user, id })) !== undefined,
  listUserAgents: async (db, user) => (await db.all(userAgentsOf, { user })).map((row) => row.user_agent),

  authenticate(db, { session, user, now, permission }) {
    if (permission === undefined)
      return andThen(
        db.first(authenticate, { session, user, now }),
        (row) => row && { principal: toPerson(row, session), permitted: true },
      );
    return andThen(
      db.first(authenticateWithPermission, { session, user, now, permission }),
      (row) => row && { principal: toPerson(row, session), permitted: Boolean(row.permitted) },
    );
  },

  nextStatusIndex: async (db, from) => (await db.first(nextStatusIndex, { from }))?.status_index ?? undefined,
  async listEnded(db, range) {
    const rows = await db.all(endedPlaces, range);
    return rows.map((row) => row.status_index as number);
  },
  async endedAfter(db, cursor) {
    const rows = await db.all(endedAfter, cursor);
    return rows.map((row) => ({ statusIndex: row.status_index as number, endedAt: row.ended_at as Instant }));
  },

  async sweep(tx, before) {
    const last = await tx.first(lastStatusIndex, {});
    await tx.execute(sweepStatusIndexes, { below: last?.id ?? 0 });
    return tx.execute(sweepSessions, { before });
  },
};

type PersonRow = Pick<
  Selectable<PublishedUsers['users']>,
  'id' | 'username' | 'email' | 'email_verified_at' | 'created_at'
>;

const toPerson = (row: PersonRow, session: SessionId): Person => ({
  userId: asUserId(row.id),
  username: row.username,
  email: row.email,
  emailVerified: row.email_verified_at !== null,
  createdAt: row.created_at,
  sessionId: session,
});

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
