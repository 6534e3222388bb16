import { statements } from '../../db/statement.ts';
import type { Instant } from '../../kernel/clock.ts';
import type { StoredSigningKey } from './signing-key.ts';
import type { KeysStore } from './store.ts';

interface KeysTables {
  signing_keys: {
    kid: string;
    algorithm: string;
    public_jwk: string;
    sealed_private_key: string;
    created_at: Instant;
    retired_at: Instant | null;
  };
}

const { statement } = statements<KeysTables>();

const activeKeys = statement((db, _: object) =>
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
  }),
);

export const keysStore: KeysStore = {
  async list(db) {
    const rows = await db.all(activeKeys, {});
    return rows.map((row) => ({
      kid: row.kid,
      algorithm: row.algorithm,
      publicJwk: row.public_jwk,
      sealedPrivateKey: row.sealed_private_key,
      createdAt: row.created_at,
    }));
  },
  add: async (tx, key) => {
    await tx.execute(addKey, key);
  },
};
