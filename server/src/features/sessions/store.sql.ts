import type { Kysely, Selectable } from 'kysely';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asSessionId, asUserId, type SessionId, type UserId } from '../../kernel/ids.ts';
import type { Permission, Person } from '../../kernel/principal.ts';
import { andThen } from '../../kernel/soon.ts';
import type { PublishedRoles } from '../roles/index.ts';
import { isActiveUser, type PublishedUsers } from '../users/index.ts';
import { placesStore, sweepPlaces } from './places-store.sql.ts';
import type { TokenHash } from './refresh-token.ts';
import type { EndReason, LivingSession, NewSession, Rotation, SessionsStore } from './store.ts';
import type { SessionsTables } from './tables.ts';
import { toldStore } from './told-store.sql.ts';

type SessionsDb = Kysely<SessionsTables & PublishedUsers & PublishedRoles>;

const { statement } = statements<SessionsTables & PublishedUsers & PublishedRoles>();

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

interface Sought {
  id: SessionId;
  now: Instant;
}

const sessionOfActiveUser = (db: SessionsDb, p: Sought) =>
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
    .where(isActiveUser(p.now));

const findSession = statement(sessionOfActiveUser);

/** A row for each role and permission of the user, one at least. */
const findGrantedSession = statement((db, p: Sought) =>
  sessionOfActiveUser(db, p)
    .leftJoin('user_roles', 'user_roles.user_id', 'users.id')
    .leftJoin('roles', (join) => join.onRef('roles.id', '=', 'user_roles.role_id').on('roles.deleted_at', 'is', null))
    .leftJoin('role_permissions', 'role_permissions.role_id', 'roles.id')
    .select(['roles.name as role', 'roles.grants_all', 'role_permissions.permission']),
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

interface Claim {
  session: SessionId;
  user: UserId;
  now: Instant;
}

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

const sweepSessions = statement((db, p: { before: Instant }) =>
  db.deleteFrom('sessions').where('expires_at', '<', p.before),
);

export const sessionsStore: SessionsStore = {
  ...placesStore,
  ...toldStore,

  start: async (tx, session) => {
    await tx.execute(startSession, session);
  },

  rotate: async (tx, rotation) =>
    (await tx.execute(rotateSession, { ...rotation, next: rotation.generation + 1 })) === 1,

  async find(db, id, now) {
    const row = await db.first(findSession, { id, now });
    return row && toLivingSession(row, id);
  },
  async findGranted(db, id, now) {
    const held = await db.all(findGrantedSession, { id, now });
    return held[0] && { ...toLivingSession(held[0], id), held };
  },

  end: async (tx, id, reason, at) => (await tx.execute(endSession, { id, reason, at })) === 1,
  endOneOf: async (tx, user, id, reason, at) => (await tx.execute(endSessionOf, { user, id, reason, at })) === 1,
  lockLiving: async (tx, user, now) =>
    (await tx.all(lockLivingSessions, { user, now })).map(({ id }) => asSessionId(id)),
  endAllOf: (tx, user, reason, at, kept) => tx.execute(endSessionsOf, { user, reason, at, kept: kept ?? noSession }),

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

  async sweep(tx, before) {
    await sweepPlaces(tx);
    return tx.execute(sweepSessions, { before });
  },
};

type SessionRow = Pick<
  Selectable<SessionsTables['sessions']>,
  'generation' | 'token_hash' | 'rotated_at' | 'expires_at' | 'idle_expires_at' | 'ended_at' | 'status_index'
> &
  Pick<Selectable<PublishedUsers['users']>, 'id' | 'username' | 'email'>;

const toLivingSession = (row: SessionRow, id: SessionId): LivingSession => ({
  id,
  statusIndex: row.status_index ?? undefined,
  generation: row.generation,
  tokenHash: row.token_hash as TokenHash,
  rotatedAt: row.rotated_at,
  expiresAt: row.expires_at,
  idleExpiresAt: row.idle_expires_at,
  endedAt: row.ended_at ?? undefined,
  user: { id: asUserId(row.id), username: row.username, email: row.email },
});

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
