import type { Reads, Tx } from '../../db/database.ts';
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

const iso = (instant: number | undefined) => (instant === undefined ? null : new Date(instant).toISOString());

const told = (key: KeptKey) => ({
  id: key.id,
  name: key.name,
  description: key.description,
  permissions: key.permissions,
  created_at: iso(key.createdAt),
  expires_at: iso(key.expiresAt),
  revoked_at: iso(key.revokedAt),
  last_used_at: iso(key.lastUsedAt),
});
