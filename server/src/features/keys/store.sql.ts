import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { AlgorithmName } from './algorithms.ts';
import type { StoredSigningKey } from './signing-key.ts';
import type { KeysStore } from './store.ts';
import type { KeysTables } from './tables.ts';

const { statement } = statements<KeysTables>();

const allKeys = statement((db, _: object) =>
  db.selectFrom('signing_keys').selectAll().orderBy('created_at', 'desc').orderBy('kid'),
);

const keysInUse = statement((db, _: object) =>
  db
    .selectFrom('signing_keys')
    .selectAll()
    .where('retired_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('kid'),
);

const addKey = statement((db, p: StoredSigningKey) =>
  db.insertInto('signing_keys').values({
    kid: p.kid,
    algorithm: p.algorithm,
    public_jwk: p.publicJwk,
    sealed_private_key: p.sealedPrivateKey,
    created_at: p.createdAt,
    signs_from: p.signsFrom,
  }),
);

const setSignsFrom = statement((db, p: { kid: string; at: Instant }) =>
  db.updateTable('signing_keys').set({ signs_from: p.at }).where('kid', '=', p.kid),
);

const retireKey = statement((db, p: { kid: string; at: Instant }) =>
  db.updateTable('signing_keys').set({ retired_at: p.at }).where('kid', '=', p.kid).where('retired_at', 'is', null),
);

/** Retires it as well: an older release looks at that alone. */
const revokeKey = statement((db, p: { kid: string; at: Instant }) =>
  db
    .updateTable('signing_keys')
    .set({ retired_at: p.at, revoked_at: p.at })
    .where('kid', '=', p.kid)
    .where('revoked_at', 'is', null),
);

const resealKey = statement((db, p: { kid: string; from: string; to: string }) =>
  db
    .updateTable('signing_keys')
    .set({ sealed_private_key: p.to })
    .where('kid', '=', p.kid)
    .where('sealed_private_key', '=', p.from),
);

const keyOf = (row: KeysTables['signing_keys']): StoredSigningKey => ({
  kid: row.kid,
  algorithm: row.algorithm as AlgorithmName,
  publicJwk: row.public_jwk,
  sealedPrivateKey: row.sealed_private_key,
  createdAt: row.created_at,
  signsFrom: row.signs_from ?? row.created_at,
});

export const keysStore: KeysStore = {
  list: async (db) => (await db.all(keysInUse, {})).map(keyOf),
  async listAll(db) {
    const rows = await db.all(allKeys, {});
    return rows.map((row) => ({
      ...keyOf(row),
      retiredAt: row.retired_at ?? undefined,
      revokedAt: row.revoked_at ?? undefined,
    }));
  },
  add: async (tx, key) => {
    await tx.execute(addKey, key);
  },
  setSignsFrom: async (tx, kid, at) => {
    await tx.execute(setSignsFrom, { kid, at });
  },
  retire: async (tx, kid, at) => (await tx.execute(retireKey, { kid, at })) === 1,
  revoke: async (tx, kid, at) => (await tx.execute(revokeKey, { kid, at })) === 1,
  reseal: async (tx, kid, { from, to }) => {
    await tx.execute(resealKey, { kid, from, to });
  },
};
