import type { ExpressionBuilder } from 'kysely';
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
    .select(['users.id', 'passwords.hash', 'passwords.changed_at'])
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

const addPassword = statement((db, p: { user: UserId; hash: string; at: Instant }) =>
  db.insertInto('passwords').values({ user_id: p.user, hash: p.hash, changed_at: p.at }),
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

const foundPassword = (row: { id: number; hash: string | null; changed_at: Instant | null }): FoundPassword => ({
  userId: asUserId(row.id),
  hash: row.hash ?? undefined,
  changedAt: row.changed_at ?? 0,
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
  add: async (tx, user, hash, at) => {
    await tx.execute(addPassword, { user, hash, at });
  },
  isCurrent: async (tx, { userId: user, changedAt }) =>
    (await tx.first(findCurrent, { user, changedAt })) !== undefined,
  async change(tx, user, change) {
    if ((await tx.execute(changePassword, { user, ...change })) !== 1) return undefined;
    return (await tx.first(findOf, { user }))?.changed_at ?? undefined;
  },
  async set(tx, user, hash, at) {
    if ((await tx.execute(overwritePassword, { user, hash, at })) === 1) return;
    await tx.execute(addPassword, { user, hash, at });
  },
  replace: async (tx, user, hash, next) => (await tx.execute(replaceHash, { user, hash, next })) === 1,
};
