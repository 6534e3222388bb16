import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { SetupTokensStore } from './store.ts';
import type { SetupTokensTables } from './tables.ts';

const { statement } = statements<SetupTokensTables>();

const forgetTokens = statement((db, _: object) => db.deleteFrom('setup_tokens'));

const addToken = statement((db, p: { tokenHash: string; expiresAt: Instant }) =>
  db.insertInto('setup_tokens').values({ token_hash: p.tokenHash, expires_at: p.expiresAt }),
);

const useToken = statement((db, p: { tokenHash: string; now: Instant }) =>
  db
    .updateTable('setup_tokens')
    .set({ used_at: p.now })
    .where('token_hash', '=', p.tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', p.now),
);

export const setupTokensStore: SetupTokensStore = {
  async replaceAll(tx, tokenHash, expiresAt) {
    await tx.execute(forgetTokens, {});
    await tx.execute(addToken, { tokenHash, expiresAt });
  },
  consume: async (tx, tokenHash, now) => (await tx.execute(useToken, { tokenHash, now })) === 1,
};
