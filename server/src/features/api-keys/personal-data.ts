import type { Reads, Tx } from '../../db/database.ts';
import { isoOrNull } from '../../kernel/clock.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { ApiKeysStore, KeptKey } from './store.ts';

const pageSize = 500;

/** Which keys a user has made, and what for, as far back as they are kept; the keys themselves nobody knows. */
export const createApiKeysHolding = (store: ApiKeysStore) => ({
  name: 'api_keys',
  async *tell(db: Reads, user: UserId) {
    for (let page: KeptKey[] = [], after = ''; ; after = page.at(-1)?.id ?? '') {
      page = await store.listKept(db, user, { after, limit: pageSize });
      yield* page.map(told);
      if (page.length < pageSize) return;
    }
  },
  forget: (tx: Tx, user: UserId) => store.removeOf(tx, user),
});

const told = (key: KeptKey) => ({
  id: key.id,
  name: key.name,
  description: key.description,
  permissions: key.permissions,
  created_at: isoOrNull(key.createdAt),
  expires_at: isoOrNull(key.expiresAt),
  revoked_at: isoOrNull(key.revokedAt),
  last_used_at: isoOrNull(key.lastUsedAt),
});
