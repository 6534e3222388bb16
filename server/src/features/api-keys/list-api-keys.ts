import type { Database } from '../../db/database.ts';
import type { ApiKeyId, UserId } from '../../kernel/ids.ts';
import { type UsersStore, userNotFound } from '../users/index.ts';
import type { ApiKey } from './api-key.ts';
import { apiKeyNotFound } from './errors.ts';
import type { ApiKeysStore } from './store.ts';

/** The keys that are not revoked. Who expired is among them until it is swept, so that its owner sees why it is refused. */
export interface ListApiKeys {
  /** Newest first. */
  own(owner: UserId): Promise<ApiKey[]>;
  /** @throws apiKeyNotFound, also for a key of somebody else */
  oneOfOwn(owner: UserId, id: ApiKeyId): Promise<ApiKey>;
  /** The same as `own`, as an administrator does; also of one who was deleted, whose keys rest until they are restored. @throws userNotFound */
  ofUser(owner: UserId): Promise<ApiKey[]>;
  /** Those of everybody, by id. */
  all(): Promise<ApiKey[]>;
}

const page = 1_000;

export function createListApiKeys(deps: { db: Database; users: UsersStore; store: ApiKeysStore }): ListApiKeys {
  const { db, users, store } = deps;
  return {
    own: (owner) => store.listOf(db, owner),
    async oneOfOwn(owner, id) {
      const key = await store.findOf(db, owner, id);
      if (key === undefined) throw apiKeyNotFound();
      return key;
    },
    async ofUser(owner) {
      if ((await users.find(db, owner)) === undefined) throw userNotFound();
      return store.listOf(db, owner);
    },
    async all() {
      const keys: ApiKey[] = [];
      for (let read: ApiKey[] = []; ; ) {
        read = await store.list(db, { after: keys.at(-1)?.id ?? '', limit: page });
        keys.push(...read);
        if (read.length < page) return keys;
      }
    },
  };
}
