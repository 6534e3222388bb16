import { sql } from 'kysely';
import { UniqueViolation } from '../../db/database.ts';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { RefusalExtras } from '../../kernel/errors.ts';
import { asUserId, type UserId } from '../../kernel/ids.ts';
import { emailTaken, usernameTaken } from './errors.ts';
import type { Names, NewUser, UsersStore } from './store.ts';
import type { UsersTables } from './tables.ts';

const { statement, insert } = statements<UsersTables>();

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

/** Who has which names, and whether the address is theirs. */
export const namesStore = {
  add: async (tx, user) => {
    const { emailVerifiedAt = null, locale = null, waitsSince = null } = user;
    const row = { ...user, verifiedOrNull: emailVerifiedAt, localeOrNull: locale, waitsOrNull: waitsSince };
    return asUserId(await namesFree(tx.insert(addUser, row)));
  },
  rename: async (tx, id, names) => (await namesFree(tx.execute(renameUser, { id, ...names }))) === 1,
  markVerified: async (tx, id, emailKey, at) => (await tx.execute(verifyUser, { id, emailKey, at })) === 1,
} satisfies Partial<UsersStore>;

/** The unique indexes are the referee of who has a name; this gives their verdict its words. @throws emailTaken, usernameTaken */
export async function namesFree<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const extras: RefusalExtras = { cause: error };
    if (error instanceof UniqueViolation && error.index === 'users_email_key') throw emailTaken(extras);
    if (error instanceof UniqueViolation && error.index === 'users_username_key') throw usernameTaken(extras);
    throw error;
  }
}
