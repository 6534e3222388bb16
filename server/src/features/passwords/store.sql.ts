import { type ExpressionBuilder, sql } from 'kysely';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asUserId, type UserId } from '../../kernel/ids.ts';
import { isActiveUser, type PublishedUsers } from '../users/index.ts';
import { idsPerLook, type PasswordsStore, type StoredPassword } from './store.ts';
import type { PasswordsTables } from './tables.ts';

const { statement } = statements<PasswordsTables & PublishedUsers>();

const activeAt = (now: Instant) => sql<number>`case when ${isActiveUser(now)} then 1 else 0 end`.as('active');

const findByName = statement((db, p: { emailKey: string; usernameKey: string; now: Instant }) =>
  db
    .selectFrom('users')
    .leftJoin('passwords', 'passwords.user_id', 'users.id')
    .select(['users.id', activeAt(p.now), 'passwords.hash', 'passwords.changed_at'])
    .where((where) => where.or([where('email_key', '=', p.emailKey), where('username_key', '=', p.usernameKey)])),
);

const findOf = statement((db, p: { user: UserId }) =>
  db
    .selectFrom('users')
    .leftJoin('passwords', 'passwords.user_id', 'users.id')
    .select(['users.id', 'passwords.hash', 'passwords.changed_at'])
    .where('users.id', '=', p.user)
    .where('users.deleted_at', 'is', null),
);

const findLastUser = statement((db, _: object) =>
  db.selectFrom('passwords').select('user_id').orderBy('user_id', 'desc').limit(1),
);

const placesOfLook = Array.from({ length: idsPerLook }, (_, place) => place);

const findAmong = statement((db, ids: readonly number[]) =>
  db
    .selectFrom('passwords')
    .innerJoin('users', 'users.id', 'passwords.user_id')
    .select(['passwords.user_id', 'passwords.hash'])
    .where(
      'passwords.user_id',
      'in',
      placesOfLook.map((place) => ids[place] as number),
    )
    .where('users.deleted_at', 'is', null),
);

const addPassword = statement((db, p: { user: UserId; hash: string; at: Instant }) =>
  db.insertInto('passwords').values({ user_id: p.user, hash: p.hash, changed_at: p.at }),
);

const keptSince = statement((db, p: { user: UserId }) =>
  db.selectFrom('passwords').select('changed_at').where('user_id', '=', p.user),
);

const findCurrent = statement((db, p: { user: UserId; changedAt: Instant }) =>
  db.selectFrom('passwords').select('user_id').where('user_id', '=', p.user).where('changed_at', '=', p.changedAt),
);

const replaceHash = statement((db, p: { user: UserId; hash: string; next: string }) =>
  db.updateTable('passwords').set({ hash: p.next }).where('user_id', '=', p.user).where('hash', '=', p.hash),
);

/** `at`, or a millisecond after the former password where that is no later: it tells the passwords of a user apart. */
const laterThanFormer = (at: Instant) => (where: ExpressionBuilder<PasswordsTables, 'passwords'>) =>
  where
    .case()
    .when('changed_at', '<', at)
    .then(at)
    .else(where('changed_at', '+', 1))
    .end();

const changePassword = statement((db, p: { user: UserId; hash: string; next: string; at: Instant }) =>
  db
    .updateTable('passwords')
    .set({ hash: p.next, changed_at: laterThanFormer(p.at) })
    .where('user_id', '=', p.user)
    .where('hash', '=', p.hash),
);

const overwritePassword = statement((db, p: { user: UserId; hash: string; at: Instant }) =>
  db
    .updateTable('passwords')
    .set({ hash: p.hash, changed_at: laterThanFormer(p.at) })
    .where('user_id', '=', p.user),
);

const removePassword = statement((db, p: { user: UserId }) => db.deleteFrom('passwords').where('user_id', '=', p.user));

interface StoredRow {
  id: number;
  hash: string | null;
  changed_at: Instant | null;
}

const storedPassword = (row: StoredRow): StoredPassword => ({
  userId: asUserId(row.id),
  hash: row.hash ?? undefined,
  changedAt: row.changed_at ?? 0,
});

export const passwordsStore: PasswordsStore = {
  async findByName(db, key, now) {
    const row = await db.first(findByName, { ...key, now });
    return row && { ...storedPassword(row), active: Number(row.active) === 1 };
  },
  async findOf(db, user) {
    const row = await db.first(findOf, { user });
    return row && storedPassword(row);
  },
  lastUser: async (db) => (await db.first(findLastUser, {}))?.user_id ?? 0,
  hashesAmong: async (db, ids) => new Map((await db.all(findAmong, ids)).map((row) => [row.user_id, row.hash])),
  add: async (tx, user, hash, at) => {
    await tx.execute(addPassword, { user, hash, at });
  },
  keptSince: async (db, user) => (await db.first(keptSince, { user }))?.changed_at,
  isCurrent: async (tx, { userId: user, changedAt }) =>
    (await tx.first(findCurrent, { user, changedAt })) !== undefined,
  async change(tx, user, change) {
    if ((await tx.execute(changePassword, { user, ...change })) !== 1) return undefined;
    return (await tx.first(findOf, { user }))?.changed_at ?? undefined;
  },
  async set(tx, user, hash, at) {
    if ((await tx.execute(overwritePassword, { user, hash, at })) === 1) {
      return (await tx.first(keptSince, { user }))?.changed_at ?? at;
    }
    await tx.execute(addPassword, { user, hash, at });
    return at;
  },
  remove: async (tx, user) => (await tx.execute(removePassword, { user })) === 1,
  replace: async (tx, user, hash, next) => (await tx.execute(replaceHash, { user, hash, next })) === 1,
};
