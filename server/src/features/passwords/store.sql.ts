import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asUserId, type UserId } from '../../kernel/ids.ts';
import type { PublishedUsers } from '../users/index.ts';
import type { FoundPassword, PasswordsStore } from './store.ts';

interface PasswordsTables {
  passwords: { user_id: number; hash: string; changed_at: Instant };
}

const { statement } = statements<PasswordsTables & PublishedUsers>();

const findByName = statement((db, p: { emailKey: string; usernameKey: string }) =>
  db
    .selectFrom('users')
    .leftJoin('passwords', 'passwords.user_id', 'users.id')
    .select(['users.id', 'users.disabled_at', 'passwords.hash', 'passwords.changed_at'])
    .where((where) => where.or([where('email_key', '=', p.emailKey), where('username_key', '=', p.usernameKey)])),
);

const findOf = statement((db, p: { user: UserId }) =>
  db
    .selectFrom('users')
    .leftJoin('passwords', 'passwords.user_id', 'users.id')
    .select(['users.id', 'users.disabled_at', 'passwords.hash', 'passwords.changed_at'])
    .where('users.id', '=', p.user)
    .where('users.deleted_at', 'is', null),
);

const findLastUser = statement((db, _: object) =>
  db.selectFrom('passwords').select('user_id').orderBy('user_id', 'desc').limit(1),
);

/** Bounded, so that a run of deleted ones is not searched through. */
const nearby = 64;

const findNear = statement((db, p: { from: number; to: number }) =>
  db
    .selectFrom('passwords')
    .innerJoin('users', 'users.id', 'passwords.user_id')
    .select('passwords.hash')
    .where('passwords.user_id', '>=', p.from)
    .where('passwords.user_id', '<', p.to)
    .where('users.deleted_at', 'is', null)
    .orderBy('passwords.user_id')
    .limit(1),
);

const addPassword = statement((db, p: { user: UserId; hash: string; at: Instant }) =>
  db.insertInto('passwords').values({ user_id: p.user, hash: p.hash, changed_at: p.at }),
);

const findCurrent = statement((db, p: { user: UserId; hash: string }) =>
  db.selectFrom('passwords').select('user_id').where('user_id', '=', p.user).where('hash', '=', p.hash),
);

const replaceHash = statement((db, p: { user: UserId; hash: string; next: string }) =>
  db.updateTable('passwords').set({ hash: p.next }).where('user_id', '=', p.user).where('hash', '=', p.hash),
);

const changePassword = statement((db, p: { user: UserId; hash: string; next: string; at: Instant }) =>
  db
    .updateTable('passwords')
    .set({ hash: p.next, changed_at: p.at })
    .where('user_id', '=', p.user)
    .where('hash', '=', p.hash),
);

const overwritePassword = statement((db, p: { user: UserId; hash: string; at: Instant }) =>
  db.updateTable('passwords').set({ hash: p.hash, changed_at: p.at }).where('user_id', '=', p.user),
);

interface FoundRow {
  id: number;
  disabled_at: Instant | null;
  hash: string | null;
  changed_at: Instant | null;
}

const foundPassword = (row: FoundRow): FoundPassword => ({
  userId: asUserId(row.id),
  hash: row.hash ?? undefined,
  changedAt: row.changed_at ?? 0,
  active: row.disabled_at === null,
});

export const passwordsStore: PasswordsStore = {
  async findByName(db, key) {
    const row = await db.first(findByName, key);
    return row && foundPassword(row);
  },
  async findOf(db, user) {
    const row = await db.first(findOf, { user });
    return row && foundPassword(row);
  },
  lastUser: async (db) => (await db.first(findLastUser, {}))?.user_id ?? 0,
  findNear: async (db, id) => (await db.first(findNear, { from: id, to: id + nearby }))?.hash,
  add: async (tx, user, hash, at) => {
    await tx.execute(addPassword, { user, hash, at });
  },
  isCurrent: async (tx, user, hash) => (await tx.first(findCurrent, { user, hash })) !== undefined,
  change: async (tx, user, change) => (await tx.execute(changePassword, { user, ...change })) === 1,
  async set(tx, user, hash, at) {
    if ((await tx.execute(overwritePassword, { user, hash, at })) === 1) return;
    await tx.execute(addPassword, { user, hash, at });
  },
  replace: async (tx, user, hash, next) => (await tx.execute(replaceHash, { user, hash, next })) === 1,
};
