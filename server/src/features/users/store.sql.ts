import type { Generated, Selectable } from 'kysely';
import { UniqueViolation } from '../../db/database.ts';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { RefusalExtras } from '../../kernel/errors.ts';
import { asUserId, type UserId } from '../../kernel/ids.ts';
import { emailTaken, usernameTaken } from './errors.ts';
import type { NewUser, User, UsersStore } from './store.ts';

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
  };
}

const { statement, insert } = statements<UsersTables>();

const addUser = insert((db, p: NewUser) =>
  db.insertInto('users').values({
    username: p.username,
    username_key: p.usernameKey,
    email: p.email,
    email_key: p.emailKey,
    created_at: p.createdAt,
  }),
);

const findUser = statement((db, p: { id: UserId }) => db.selectFrom('users').selectAll().where('id', '=', p.id));

const findUserByKey = statement((db, p: { emailKey: string; usernameKey: string }) =>
  db
    .selectFrom('users')
    .selectAll()
    .where((where) => where.or([where('email_key', '=', p.emailKey), where('username_key', '=', p.usernameKey)])),
);

const lockUser = statement((db, p: { id: UserId }, dialect) => {
  const living = db.selectFrom('users').selectAll().where('id', '=', p.id).where('deleted_at', 'is', null);
  return dialect.rowLocks ? living.forUpdate() : living;
});

const lockActiveUser = statement((db, p: { id: UserId }, dialect) => {
  const active = db
    .selectFrom('users')
    .selectAll()
    .where('id', '=', p.id)
    .where('deleted_at', 'is', null)
    .where('disabled_at', 'is', null);
  return dialect.rowLocks ? active.forUpdate() : active;
});

const deleteUser = statement((db, p: { id: UserId; at: Instant }) =>
  db
    .updateTable('users')
    .set({ deleted_at: p.at, username_key: null, email_key: null })
    .where('id', '=', p.id)
    .where('deleted_at', 'is', null),
);

const disableUser = statement((db, p: { id: UserId; at: Instant }) =>
  db
    .updateTable('users')
    .set({ disabled_at: p.at })
    .where('id', '=', p.id)
    .where('deleted_at', 'is', null)
    .where('disabled_at', 'is', null),
);

const enableUser = statement((db, p: { id: UserId }) =>
  db
    .updateTable('users')
    .set({ disabled_at: null })
    .where('id', '=', p.id)
    .where('deleted_at', 'is', null)
    .where('disabled_at', 'is not', null),
);

const restoreUser = statement((db, p: { id: UserId; usernameKey: string; emailKey: string }) =>
  db
    .updateTable('users')
    .set({ deleted_at: null, username_key: p.usernameKey, email_key: p.emailKey })
    .where('id', '=', p.id)
    .where('deleted_at', 'is not', null),
);

const listUsers = statement((db, p: { after: number; limit: number }) =>
  db
    .selectFrom('users')
    .selectAll()
    .where('id', '>', p.after)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .limit(p.limit),
);

const listAllUsers = statement((db, p: { after: number; limit: number }) =>
  db.selectFrom('users').selectAll().where('id', '>', p.after).orderBy('id').limit(p.limit),
);

const anyUser = statement((db, _: object) => db.selectFrom('users').select('id').limit(1));

export const usersStore: UsersStore = {
  add: async (tx, user) => asUserId(await namesFree(tx.insert(addUser, user))),
  find: async (db, id) => userOf(await db.first(findUser, { id })),
  findByKey: async (db, key) => userOf(await db.first(findUserByKey, key)),
  lock: async (tx, id) => userOf(await tx.first(lockUser, { id })),
  lockActive: async (tx, id) => userOf(await tx.first(lockActiveUser, { id })),
  markDeleted: async (tx, id, at) => (await tx.execute(deleteUser, { id, at })) === 1,
  markDisabled: async (tx, id, at) => (await tx.execute(disableUser, { id, at })) === 1,
  markEnabled: async (tx, id) => (await tx.execute(enableUser, { id })) === 1,
  restore: async (tx, id, keys) => (await namesFree(tx.execute(restoreUser, { id, ...keys }))) === 1,
  async list(db, { after, limit, withDeleted }) {
    const rows = await db.all(withDeleted ? listAllUsers : listUsers, { after, limit });
    return rows.map(toUser);
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

function toUser(row: Selectable<UsersTables['users']>): User {
  return {
    id: asUserId(row.id),
    username: row.username,
    email: row.email,
    createdAt: row.created_at,
    deletedAt: row.deleted_at ?? undefined,
    disabledAt: row.disabled_at ?? undefined,
  };
}

function userOf(row: Selectable<UsersTables['users']> | undefined): User | undefined {
  return row && toUser(row);
}
