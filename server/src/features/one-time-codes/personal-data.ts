import type { Reads, Tx } from '../../db/database.ts';
import { iso } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { OneTimeCodesStore } from './store.ts';

/** What was sent to a user and is good for something, or was. The tokens themselves nobody knows. */
export const createOneTimeCodesHolding = (store: OneTimeCodesStore) => ({
  name: 'one_time_codes',
  tell: async (db: Reads, user: UserId) =>
    (await store.listOf(db, user)).map(({ purpose, email, createdAt, expiresAt }) => ({
      purpose,
      email,
      created_at: iso(createdAt),
      expires_at: iso(expiresAt),
    })),
  forget: (tx: Tx, user: UserId) => store.removeOf(tx, user),
});
