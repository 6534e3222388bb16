import type { Reads } from '../../db/database.ts';
import { isoOrNull } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { UsersStore } from './store.ts';

/** What the row of a user holds. Why they were disabled is what an administrator has noted, and told by them. */
export const createUsersHolding = (store: UsersStore) => ({
  name: 'user',
  async tell(db: Reads, id: UserId) {
    const user = await store.find(db, id);
    return (
      user && {
        id: user.id,
        username: user.username,
        email: user.email,
        email_verified_at: isoOrNull(user.emailVerifiedAt),
        locale: user.locale ?? null,
        created_at: isoOrNull(user.createdAt),
        deleted_at: isoOrNull(user.deletedAt),
        disabled_at: isoOrNull(user.disabledAt),
        disabled_until: isoOrNull(user.disabledUntil),
      }
    );
  },
  /** Their row is what `markPurged` empties. */
  forget: async () => {},
});
