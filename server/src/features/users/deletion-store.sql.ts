import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asUserId, type UserId } from '../../kernel/ids.ts';
import { noDisability } from './disability-store.sql.ts';
import { namesFree } from './names-store.sql.ts';
import type { UsersStore } from './store.ts';
import type { UsersTables } from './tables.ts';

const { statement } = statements<UsersTables>();

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

/** Who is deleted, restored, purged. */
export const deletionStore = {
  markDeleted: async (tx, id, at) => (await tx.execute(deleteUser, { id, at })) === 1,
  restore: async (tx, id, keys) => (await namesFree(tx.execute(restoreUser, { id, ...keys }))) === 1,
  markPurged: async (tx, id, at) => (await tx.execute(purgeUser, { id, at })) === 1,
  async listDeleted(db, { before, after, limit }) {
    const from = { after: after?.deletedAt ?? 0, afterId: after?.id ?? 0 };
    const rows = await db.all(deletedBefore, { before, ...from, limit });
    return rows.map(({ id, deleted_at: deletedAt }) => ({ id: asUserId(id), deletedAt: deletedAt ?? 0 }));
  },
} satisfies Partial<UsersStore>;
