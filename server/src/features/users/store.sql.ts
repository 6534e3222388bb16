import { type Generated, type GeneratedAlways, type Selectable, type SqlBool, sql } from 'kysely';
import { UniqueViolation } from '../../db/database.ts';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { RefusalExtras } from '../../kernel/errors.ts';
import { asUserId, type UserId } from '../../kernel/ids.ts';
import { emailTaken, usernameTaken } from './errors.ts';
import type { Names, NewUser, UsersStore } from './store.ts';
import type { User } from './user.ts';

export interface UsersTables {
  users: {
    id: Generated<number>;
    username: string;
    username_key: string | null;
    email: string;
    email_key: string | null;
    created_at: Instant;
    deleted_at: Instant | null;
    disabled_at: Instant | null;
    disabled_until: Instant | null;
    disabled_reason: string | null;
    former_email_key: string | null;
    former_username_key: string | null;
    purged_at: Instant | null;
    email_verified_at: Instant | null;
    locale: string | null;
    waits_since: Instant | null;
    /** 0 active, 1 disabled (perhaps until an instant that is over), 2 deleted, 3 purged. */
    record_state: GeneratedAlways<number>;
    listed_email: GeneratedAlways<string>;
    listed_username: GeneratedAlways<string>;
  };
}

const { statement, insert } = statements<UsersTables>();

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

interface NewRow extends NewUser {
  verifiedOrNull: Instant | null;
  localeOrNull: string | null;
  waitsOrNull: Instant | null;
}

const addUser = insert((db, p: NewRow) =>
  db.insertInto('users').values({
    username: p.username,
    username_key: p.usernameKey,
    email: p.email,
    email_key: p.emailKey,
    created_at: p.createdAt,
    email_verified_at: p.verifiedOrNull,
    locale: p.localeOrNull,
    waits_since: p.waitsOrNull,
  }),
);

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

const renameUser = statement((db, p: Names & { id: UserId }) =>
  db
    .updateTable('users')
    // In this order: MySQL evaluates assignments from left to right.
    .set(({ ref }) => ({
      username: p.username,
      username_key: p.usernameKey,
      email_verified_at: sql<Instant | null>`case when ${ref('email_key')} = ${p.emailKey} then ${ref('email_verified_at')} end`,
      email: p.email,
      email_key: p.emailKey,
    }))
    .where('id', '=', p.id)
    .where('deleted_at', 'is', null),
);

const verifyUser = statement((db, p: { id: UserId; emailKey: string; at: Instant }) =>
  db
    .updateTable('users')
    .set({ email_verified_at: p.at })
    .where('id', '=', p.id)
    .where('email_key', '=', p.emailKey)
    .where('email_verified_at', 'is', null),
);

const welcomeUser = statement((db, p: { id: UserId }) =>
  db.updateTable('users').set({ waits_since: null }).where('id', '=', p.id),
);

const deleteUser = statement((db, p: { id: UserId; at: Instant }) =>
  db
    .updateTable('users')
    // In this order: MySQL evaluates assignments from left to right.
    .set((column) => ({
      deleted_at: p.at,
      former_username_key: column.ref('username_key'),
      former_email_key: column.ref('email_key'),
      username_key: null,
      email_key: null,
    }))
    .where('id', '=', p.id)
    .where('deleted_at', 'is', null),
);

interface DisabilityRow {
  id: UserId;
  at: Instant;
  until: Instant | null;
  reason: string | null;
  /** The same in a form that can be compared: no instant is 0, no reason is empty. */
  untilOr0: Instant;
  reasonText: string;
}

const disableUser = statement((db, p: DisabilityRow) =>
  db
    .updateTable('users')
    .set({ disabled_at: p.at, disabled_until: p.until, disabled_reason: p.reason })
    .where('id', '=', p.id)
    .where('deleted_at', 'is', null)
    .where(({ eb, fn, or }) =>
      or([
        eb('disabled_at', 'is', null),
        eb('disabled_until', '<=', p.at),
        eb(fn.coalesce('disabled_until', sql.lit(0)), '!=', p.untilOr0),
        eb(fn.coalesce('disabled_reason', sql.lit('')), '!=', p.reasonText),
      ]),
    ),
);

const noDisability = { disabled_at: null, disabled_until: null, disabled_reason: null };

const enableUser = statement((db, p: { id: UserId; now: Instant }) =>
  db
    .updateTable('users')
    .set(noDisability)
    .where('id', '=', p.id)
    .where('deleted_at', 'is', null)
    .where('disabled_at', 'is not', null)
    .where((where) => where.or([where('disabled_until', 'is', null), where('disabled_until', '>', p.now)])),
);

const restoreUser = statement((db, p: { id: UserId; usernameKey: string; emailKey: string }) =>
  db
    .updateTable('users')
    .set({
      deleted_at: null,
      username_key: p.usernameKey,
      email_key: p.emailKey,
      former_username_key: null,
      former_email_key: null,
    })
    .where('id', '=', p.id)
    .where('deleted_at', 'is not', null)
    .where('purged_at', 'is', null),
);

const purgeUser = statement((db, p: { id: UserId; at: Instant }) =>
  db
    .updateTable('users')
    .set({
      ...noDisability,
      purged_at: p.at,
      username: '',
      email: '',
      former_username_key: null,
      former_email_key: null,
    })
    .where('id', '=', p.id)
    .where('deleted_at', 'is not', null)
    .where('purged_at', 'is', null),
);

const deletedBefore = statement((db, p: { before: Instant; after: Instant; afterId: number; limit: number }) =>
  db
    .selectFrom('users')
    .select(['id', 'deleted_at'])
    .where('record_state', '=', 2)
    .where('deleted_at', '<', p.before)
    .where('deleted_at', '>=', p.after)
    .where(({ eb, or }) => or([eb('deleted_at', '>', p.after), eb('id', '>', p.afterId)]))
    .orderBy('deleted_at')
    .orderBy('id')
    .limit(p.limit),
);

const runOut = statement((db, p: { now: Instant; limit: number }) =>
  db.selectFrom('users').select('id').where('disabled_until', '<=', p.now).orderBy('disabled_until').limit(p.limit),
);

/** Asks again: they may have been disabled anew meanwhile. */
const forgetRunOut = statement((db, p: { id: number; now: Instant }) =>
  db.updateTable('users').set(noDisability).where('id', '=', p.id).where('disabled_until', '<=', p.now),
);

const anyUser = statement((db, _: object) => db.selectFrom('users').select('id').limit(1));

export const usersStore: UsersStore = {
  add: async (tx, user) => {
    const { emailVerifiedAt = null, locale = null, waitsSince = null } = user;
    const row = { ...user, verifiedOrNull: emailVerifiedAt, localeOrNull: locale, waitsOrNull: waitsSince };
    return asUserId(await namesFree(tx.insert(addUser, row)));
  },
  find: async (db, id) => userOf(await db.first(findUser, { id })),
  findByEmail: async (db, emailKey) => userOf(await db.first(findUserByEmail, { emailKey })),
  findByUsername: async (db, usernameKey) => userOf(await db.first(findUserByUsername, { usernameKey })),
  findByKey: async (db, key) => userOf(await db.first(findUserByKey, key)),
  lock: async (tx, id) => userOf(await tx.first(lockUser, { id })),
  lockActive: async (tx, id, now) => userOf(await tx.first(lockActiveUser, { id, now })),
  rename: async (tx, id, names) => (await namesFree(tx.execute(renameUser, { id, ...names }))) === 1,
  markVerified: async (tx, id, emailKey, at) => (await tx.execute(verifyUser, { id, emailKey, at })) === 1,
  markArrived: async (tx, id) => {
    await tx.execute(welcomeUser, { id });
  },
  markDeleted: async (tx, id, at) => (await tx.execute(deleteUser, { id, at })) === 1,
  markDisabled: async (tx, id, { at, until, reason }) => {
    const row = {
      id,
      at,
      until: until ?? null,
      reason: reason ?? null,
      untilOr0: until ?? 0,
      reasonText: reason ?? '',
    };
    return (await tx.execute(disableUser, row)) === 1;
  },
  markEnabled: async (tx, id, now) => (await tx.execute(enableUser, { id, now })) === 1,
  restore: async (tx, id, keys) => (await namesFree(tx.execute(restoreUser, { id, ...keys }))) === 1,
  markPurged: async (tx, id, at) => (await tx.execute(purgeUser, { id, at })) === 1,
  async listDeleted(db, { before, after, limit }) {
    const from = { after: after?.deletedAt ?? 0, afterId: after?.id ?? 0 };
    const rows = await db.all(deletedBefore, { before, ...from, limit });
    return rows.map(({ id, deleted_at: deletedAt }) => ({ id: asUserId(id), deletedAt: deletedAt ?? 0 }));
  },
  async forgetRunOut(tx, now, limit) {
    let forgotten = 0;
    for (const { id } of await tx.all(runOut, { now, limit })) forgotten += await tx.execute(forgetRunOut, { id, now });
    return forgotten;
  },
  isEmpty: async (db) => (await db.first(anyUser, {})) === undefined,
};

/** The unique indexes are the referee of who has a name; this gives their verdict its words. */
async function namesFree<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const extras: RefusalExtras = { cause: error };
    if (error instanceof UniqueViolation && error.index === 'users_email_key') throw emailTaken(extras);
    if (error instanceof UniqueViolation && error.index === 'users_username_key') throw usernameTaken(extras);
    throw error;
  }
}

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
