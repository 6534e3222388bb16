import type { Reads, Tx } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { PasswordsStore } from './store.ts';

/** That there is a password, and since when; its hash is told to nobody. */
export const createPasswordsHolding = (store: PasswordsStore) => ({
  name: 'password',
  async tell(db: Reads, user: UserId) {
    const found = await store.findOf(db, user);
    return found?.hash === undefined ? null : { changed_at: new Date(found.changedAt).toISOString() };
  },
  forget: (tx: Tx, user: UserId) => store.remove(tx, user),
});
