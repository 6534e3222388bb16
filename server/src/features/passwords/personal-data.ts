import type { Reads, Tx } from '../../db/database.ts';
import { iso } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { PasswordsStore } from './store.ts';

/** That there is a password, and since when; its hash is told to nobody. */
export const createPasswordsHolding = (store: PasswordsStore) => ({
  name: 'password',
  async tell(db: Reads, user: UserId) {
    const changedAt = await store.keptSince(db, user);
    return changedAt === undefined ? null : { changed_at: iso(changedAt) };
  },
  async forget(tx: Tx, user: UserId) {
    await store.remove(tx, user);
  },
});
