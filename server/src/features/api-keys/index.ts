/**
 * Owns: API keys: credentials by which programs act for a user, as far as key and user both reach.
 * Tables: api_keys, api_key_permissions.
 * Specifications: RFC 6750 §2.1 (how they are sent), RFC 7009 (revoked by whoever presents them), RFC 7662 (introspected), OWASP Secrets
 * Management ("Lifecycle": made, used, expiring, revoked, each on record).
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import type { Audit } from '../audit/index.ts';
import type { Authority, RolesStore } from '../roles/index.ts';
import type { Throttle } from '../throttle/index.ts';
import type { UsersStore } from '../users/index.ts';
import { createApiKeyLives } from './api-key-lives.ts';
import { type AuthenticateApiKey, createAuthenticateApiKey } from './authenticate-api-key.ts';
import { type CreateApiKey, createCreateApiKey } from './create-api-key.ts';
import { createIntrospectApiKey, type IntrospectApiKey } from './introspect-api-key.ts';
import { isApiKey } from './key-text.ts';
import { createLastUse } from './last-use.ts';
import { createListApiKeys, type ListApiKeys } from './list-api-keys.ts';
import { createApiKeysHolding } from './personal-data.ts';
import type { KeyLimits } from './policy.ts';
import { createFindPresented, createPresentApiKey } from './present-api-key.ts';
import { createRevokeApiKeys, type RevokeApiKeys } from './revoke-api-keys.ts';
import { apiKeysStore as store } from './store.sql.ts';
import { createSweep } from './sweep.ts';

export type { ApiKey } from './api-key.ts';
export { apiKeySettings } from './config.ts';
export type { ActiveApiKey, IntrospectApiKey } from './introspect-api-key.ts';
export type { RevokeApiKeys } from './revoke-api-keys.ts';
export { apiKeyRoutes } from './routes.ts';
export { userKeyRoutes } from './user-key-routes.ts';

export const apiKeysHolding = createApiKeysHolding(store);

/** For the roles: they are built before the API keys. */
export const apiKeyLives = (deps: { clock: Clock }) => createApiKeyLives({ ...deps, store });

export interface ApiKeys {
  /** Whether a text is meant for a key, whole or not. */
  readonly isApiKey: (text: string) => boolean;
  readonly authenticate: AuthenticateApiKey;
  readonly introspect: IntrospectApiKey;
  readonly create: CreateApiKey;
  readonly list: ListApiKeys;
  readonly revoke: RevokeApiKeys;
  /** Writes down which keys were used since. To be called now and then, and at the end. */
  readonly recordUses: () => Promise<void>;
  /** Removes what is long dead. To be called now and then. */
  readonly sweep: () => Promise<void>;
}

export function createApiKeys(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  audit: Audit;
  users: UsersStore;
  roles: RolesStore;
  authority: Authority;
  throttle: Throttle;
  limits: KeyLimits;
}): ApiKeys {
  const findPresented = createFindPresented({ ...deps, store });
  const lastUse = createLastUse({ ...deps, store });
  const parts = { ...deps, store, findPresented, lastUse, present: createPresentApiKey({ ...deps, findPresented }) };
  return {
    isApiKey,
    authenticate: createAuthenticateApiKey(parts),
    introspect: createIntrospectApiKey(parts),
    create: createCreateApiKey(parts),
    list: createListApiKeys(parts),
    revoke: createRevokeApiKeys(parts),
    recordUses: lastUse.record,
    sweep: createSweep(parts),
  };
}
