import { statements } from '../../db/statement.ts';
import type { PendingSignUpsStore } from './store.ts';
import type { PendingSignUpsTables } from './tables.ts';

const { statement } = statements<PendingSignUpsTables>();

const addSignUp = statement(
  (db, p: { token: number; username: string; passwordHash: string; localeOrNull: string | null }) =>
    db.insertInto('pending_sign_ups').values({
      token_id: p.token,
      username: p.username,
      password_hash: p.passwordHash,
      locale: p.localeOrNull,
    }),
);

const findSignUp = statement((db, p: { token: number }) =>
  db.selectFrom('pending_sign_ups').select(['username', 'password_hash', 'locale']).where('token_id', '=', p.token),
);

const removeSignUp = statement((db, p: { token: number }) =>
  db.deleteFrom('pending_sign_ups').where('token_id', '=', p.token),
);

export const pendingSignUpsStore: PendingSignUpsStore = {
  add: async (tx, token, { locale, ...signUp }) => {
    await tx.execute(addSignUp, { token, ...signUp, localeOrNull: locale ?? null });
  },
  async find(db, token) {
    const row = await db.first(findSignUp, { token });
    return row && { username: row.username, passwordHash: row.password_hash, locale: row.locale ?? undefined };
  },
  remove: async (tx, token) => {
    await tx.execute(removeSignUp, { token });
  },
};
