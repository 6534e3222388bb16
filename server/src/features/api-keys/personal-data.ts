import type { Reads, Tx } from '../../db/database.ts';
import type { UserId } from '../../kernel/ids.ts';
import type { ApiKey } from './api-key.ts';
import type { ApiKeysStore } from './store.ts';

/** Which keys a user has made, and what for; the keys themselves nobody knows. They are few: there is a cap for each user. */
export const createApiKeysHolding = (store: ApiKeysStore) => ({
  name: 'api_keys',
  tell: async (db: Reads, user: UserId) => (await store.listOf(db, user)).map(told),
  forget: (tx: Tx, user: UserId) => store.removeOf(tx, user),
});

const iso = (instant: number | undefined) => (instant === undefined ? null : new Date(instant).toISOString());

const told = (key: ApiKey) => ({
  id: key.id,
  name: key.name,
  description: key.description,
  permissions: key.permissions,
  created_at: iso(key.createdAt),
  expires_at: iso(key.expiresAt),
  last_used_at: iso(key.lastUsedAt),
});
