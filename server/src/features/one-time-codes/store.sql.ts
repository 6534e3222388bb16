import { timingSafeEqual } from 'node:crypto';
import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import { asSessionId, asUserId, nobody, type UserId } from '../../kernel/ids.ts';
import type { Purpose } from '../../kernel/purpose.ts';
import type { CodeQuery, LiveToken, NewToken, OneTimeCodesStore, OwnQuery } from './store.ts';
import type { OneTimeTokensTables } from './tables.ts';

const { statement, insert } = statements<OneTimeTokensTables>();

const liveColumns = ['id', 'purpose', 'user_id', 'email', 'email_key', 'session_id', 'created_at'] as const;

const addToken = insert(
  (db, p: NewToken & { userOrNull: UserId | null; codeOrNull: string | null; sessionOrNull: string | null }) =>
    db.insertInto('one_time_tokens').values({
      purpose: p.purpose,
      user_id: p.userOrNull,
      email: p.email,
      email_key: p.emailKey,
      token_hash: p.tokenHash,
      code_hash: p.codeOrNull,
      session_id: p.sessionOrNull,
      code_tries: 0,
      created_at: p.createdAt,
      expires_at: p.expiresAt,
    }),
);

const forgetForAddress = statement((db, p: { purpose: Purpose; emailKey: string }) =>
  db.deleteFrom('one_time_tokens').where('purpose', '=', p.purpose).where('email_key', '=', p.emailKey),
);

const forgetForUser = statement((db, p: { purpose: Purpose; user: UserId }) =>
  db.deleteFrom('one_time_tokens').where('user_id', '=', p.user).where('purpose', '=', p.purpose),
);

const forgetUser = statement((db, p: { user: UserId }) =>
  db.deleteFrom('one_time_tokens').where('user_id', '=', p.user),
);

const findByToken = statement((db, p: { purpose: Purpose; tokenHash: string; now: Instant }) =>
  db
    .selectFrom('one_time_tokens')
    .select(liveColumns)
    .where('token_hash', '=', p.tokenHash)
    .where('purpose', '=', p.purpose)
    .where('used_at', 'is', null)
    .where('expires_at', '>', p.now),
);

const countTry = statement((db, p: CodeQuery) =>
  db
    .updateTable('one_time_tokens')
    .set((column) => ({ code_tries: column('code_tries', '+', 1) }))
    .where('purpose', '=', p.purpose)
    .where('email_key', '=', p.emailKey)
    .where('code_hash', 'is not', null)
    .where('code_tries', '<', p.triesAtMost)
    .where('used_at', 'is', null)
    .where('expires_at', '>', p.now),
);

const findByAddress = statement((db, p: CodeQuery) =>
  db
    .selectFrom('one_time_tokens')
    .select([...liveColumns, 'code_hash'])
    .where('purpose', '=', p.purpose)
    .where('email_key', '=', p.emailKey)
    .where('code_hash', 'is not', null)
    .where('used_at', 'is', null)
    .where('expires_at', '>', p.now)
    .orderBy('id', 'desc')
    .limit(1),
);

const removeToken = statement((db, p: { id: number }) => db.deleteFrom('one_time_tokens').where('id', '=', p.id));

const useToken = statement((db, p: { id: number; now: Instant }) =>
  db
    .updateTable('one_time_tokens')
    .set({ used_at: p.now })
    .where('id', '=', p.id)
    .where('used_at', 'is', null)
    .where('expires_at', '>', p.now),
);

const listOf = statement((db, p: { user: UserId }) =>
  db
    .selectFrom('one_time_tokens')
    .select([...liveColumns, 'expires_at'])
    .where('user_id', '=', p.user)
    .orderBy('id'),
);

const forgetYounger = statement((db, p: { user: UserId; purpose: Purpose; id: number }) =>
  db
    .deleteFrom('one_time_tokens')
    .where('user_id', '=', p.user)
    .where('purpose', '=', p.purpose)
    .where('id', '>', p.id),
);

const findOldest = statement((db, p: { purpose: Purpose; user: UserId }) =>
  db
    .selectFrom('one_time_tokens')
    .select('id')
    .where('user_id', '=', p.user)
    .where('purpose', '=', p.purpose)
    .where('used_at', 'is', null)
    .orderBy('id')
    .limit(1),
);

const findAnothers = statement((db, p: OwnQuery & { emailKey: string }) =>
  db
    .selectFrom('one_time_tokens')
    .select('id')
    .where('purpose', '=', p.purpose)
    .where('email_key', '=', p.emailKey)
    .where('user_id', '!=', p.user)
    .where('used_at', 'is', null)
    .where('expires_at', '>', p.now)
    .limit(1),
);

/**
 * All purposes at once, found by when they ran out. One purpose after the other would be found by the purpose, and each time all of it read
 * that lives. The purpose stands where no index serves: of those that ran out it is seldom the one that is kept.
 */
const sweepTokens = statement((db, p: { before: Instant; longer: Purpose; longerBefore: Instant }) =>
  db
    .deleteFrom('one_time_tokens')
    .where('expires_at', '<', p.before)
    .where(({ eb, or }) => or([eb('purpose', '!=', p.longer), eb('expires_at', '<', p.longerBefore)])),
);

export const oneTimeCodesStore: OneTimeCodesStore = {
  add: (tx, token) =>
    tx.insert(addToken, {
      ...token,
      userOrNull: token.user ?? null,
      codeOrNull: token.codeHash ?? null,
      sessionOrNull: token.session ?? null,
    }),
  async forgetOlder(tx, { purpose, emailKey, user = nobody }) {
    await tx.execute(forgetForAddress, { purpose, emailKey });
    // Also for nobody, so that it costs the same.
    await tx.execute(forgetForUser, { purpose, user });
  },
  findByToken: async (db, query) => liveOf(await db.first(findByToken, query)),
  async tryCode(tx, query) {
    if ((await tx.execute(countTry, query)) === 0) return undefined;
    const row = await tx.first(findByAddress, query);
    const isRight = timingSafeEqual(
      Buffer.from(row?.code_hash ?? ''.padEnd(query.codeHash.length)),
      Buffer.from(query.codeHash),
    );
    return isRight ? liveOf(row) : undefined;
  },
  use: async (tx, id, now) => (await tx.execute(useToken, { id, now })) === 1,
  listOf: async (db, user) =>
    (await db.all(listOf, { user })).map((row) => ({ ...toLive(row), expiresAt: row.expires_at })),
  async removeOf(tx, user, purposes) {
    if (purposes === undefined) await tx.execute(forgetUser, { user });
    for (const purpose of purposes ?? []) await tx.execute(forgetForUser, { user, purpose });
  },
  removeYounger: async (tx, token) => {
    await tx.execute(forgetYounger, token);
  },
  findOldest: async (db, query) => (await db.first(findOldest, query))?.id,
  isAnothers: async (db, query) => (await db.first(findAnothers, query)) !== undefined,
  // No token has the id 0.
  remove: async (tx, id = 0) => {
    await tx.execute(removeToken, { id });
  },
  sweep: async (tx, before, longer) => {
    await tx.execute(sweepTokens, { before, longer: longer.purpose, longerBefore: longer.before });
  },
};

interface LiveRow {
  id: number;
  purpose: Purpose;
  user_id: number | null;
  email: string;
  email_key: string;
  session_id: string | null;
  created_at: Instant;
}

const liveOf = (row: LiveRow | undefined): LiveToken | undefined => row && toLive(row);

const toLive = (row: LiveRow): LiveToken => ({
  id: row.id,
  purpose: row.purpose,
  user: row.user_id === null ? undefined : asUserId(row.user_id),
  email: row.email,
  emailKey: row.email_key,
  ...(row.session_id === null ? {} : { session: asSessionId(row.session_id) }),
  createdAt: row.created_at,
});
