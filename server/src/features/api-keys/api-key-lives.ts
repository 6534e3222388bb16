import type { Clock } from '../../kernel/clock.ts';
import type { Credentials } from '../roles/index.ts';
import { isLiving } from './policy.ts';
import type { ApiKeysStore } from './store.ts';

/** Tells the roles, which stand below, whether a key is neither revoked nor expired and its owner active. */
export const createApiKeyLives =
  ({ clock, store }: { clock: Clock; store: ApiKeysStore }): Credentials['apiKeyLives'] =>
  async (db, { apiKey, userId }) => {
    const now = clock.now();
    const key = await store.find(db, apiKey, now);
    return key !== undefined && key.owner.id === userId && isLiving(key, now);
  };
