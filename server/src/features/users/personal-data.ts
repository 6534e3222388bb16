import type { Reads } from '../../db/database.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { UsersStore } from './store.ts';

const iso = (instant: Instant | undefined): string | null =>
  instant === undefined ? null : new Date(instant).toISOString();

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
        email_verified_at: iso(user.emailVerifiedAt),
        locale: user.locale ?? null,
        created_at: iso(user.createdAt),
        deleted_at: iso(user.deletedAt),
        disabled_at: iso(user.disabledAt),
        disabled_until: iso(user.disabledUntil),
      }
    );
  },
  /** Their row is what `markPurged` empties. */
  forget: async () => {},
});
