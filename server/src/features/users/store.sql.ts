import { type Selectable, type SqlBool, sql } from 'kysely';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asUserId, type UserId } from '../../kernel/ids.ts';
import { deletionStore } from './deletion-store.sql.ts';
import { disabilityStore } from './disability-store.sql.ts';
import { namesStore } from './names-store.sql.ts';
import type { UsersStore } from './store.ts';
import type { UsersTables } from './tables.ts';
import type { User } from './user.ts';

const { statement } = statements<UsersTables>();

/**
 * Of a statement that reads `users`: that the user is let in at this instant. Whoever asks who is active asks with this, so that a
 * disability that has run out is over in the same millisecond everywhere, without anybody having to end it.
 */
export const isActiveUser = (now: Instant) =>
  sql<SqlBool>`users.deleted_at is null and (users.disabled_at is null or users.disabled_until <= ${now})`;

/** The columns by name: those that the database computes are of no use outside it. */
const userColumns = [
  'id',
  'username',
  'email',
  'email_verified_at',
  'locale',
  'created_at',
  'waits_since',
  'deleted_at',
  'disabled_at',
  'disabled_until',
  'disabled_reason',
  'purged_at',
] as const;

const findUser = statement((db, p: { id: UserId }) =>
  db.selectFrom('users').select(userColumns).where('id', '=', p.id),
);

const findUserByEmail = statement((db, p: { emailKey: string }) =>
  db.selectFrom('users').select(userColumns).where('email_key', '=', p.emailKey),
);

const findUserByUsername = statement((db, p: { usernameKey: string }) =>
  db.selectFrom('users').select(userColumns).where('username_key', '=', p.usernameKey),
);

const findUserByKey = statement((db, p: { emailKey: string; usernameKey: string }) =>
  db
    .selectFrom('users')
    .select(userColumns)
    .where((where) => where.or([where('email_key', '=', p.emailKey), where('username_key', '=', p.usernameKey)])),
);

const lockUser = statement((db, p: { id: UserId }, dialect) => {
  const living = db.selectFrom('users').select(userColumns).where('id', '=', p.id).where('deleted_at', 'is', null);
  return dialect.rowLocks ? living.forUpdate() : living;
});

const lockActiveUser = statement((db, p: { id: UserId; now: Instant }, dialect) => {
  const active = db.selectFrom('users').select(userColumns).where('id', '=', p.id).where(isActiveUser(p.now));
  return dialect.rowLocks ? active.forUpdate() : active;
});

const welcomeUser = statement((db, p: { id: UserId }) =>
  db.updateTable('users').set({ waits_since: null }).where('id', '=', p.id),
);

const anyUser = statement((db, _: object) => db.selectFrom('users').select('id').limit(1));

export const usersStore: UsersStore = {
  ...namesStore,
  ...disabilityStore,
  ...deletionStore,

  find: async (db, id) => userOf(await db.first(findUser, { id })),
  findByEmail: async (db, emailKey) => userOf(await db.first(findUserByEmail, { emailKey })),
  findByUsername: async (db, usernameKey) => userOf(await db.first(findUserByUsername, { usernameKey })),
  findByKey: async (db, key) => userOf(await db.first(findUserByKey, key)),
  lock: async (tx, id) => userOf(await tx.first(lockUser, { id })),
  lockActive: async (tx, id, now) => userOf(await tx.first(lockActiveUser, { id, now })),
  markArrived: async (tx, id) => {
    await tx.execute(welcomeUser, { id });
  },
  isEmpty: async (db) => (await db.first(anyUser, {})) === undefined,
};

/** A row of this table as a user. */
export function toUser(row: UserRow): User {
  return {
    id: asUserId(row.id),
    username: row.username,
    email: row.email,
    emailVerifiedAt: row.email_verified_at ?? undefined,
    locale: row.locale ?? undefined,
    createdAt: row.created_at,
    waitsSince: row.waits_since ?? undefined,
    deletedAt: row.deleted_at ?? undefined,
    disabledAt: row.disabled_at ?? undefined,
    disabledUntil: row.disabled_until ?? undefined,
    disabledReason: row.disabled_reason ?? undefined,
    purgedAt: row.purged_at ?? undefined,
  };
}

export type UserRow = Pick<Selectable<UsersTables['users']>, (typeof userColumns)[number]>;

function userOf(row: UserRow | undefined): User | undefined {
  return row && toUser(row);
}
