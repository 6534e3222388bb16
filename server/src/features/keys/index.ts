/**
 * Owns: the keys that sign tokens: their making, rotation, retirement and revocation, and the signature itself.
 * Tables: signing_keys.
 * Specifications: RFC 7515 (JWS), RFC 7517 (JWK), RFC 7638 (thumbprints), RFC 8725 §3.1 (an algorithm is fixed with its key).
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import { deriveKeys } from '../../kernel/derive.ts';
import type { Random } from '../../kernel/random.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import type { Audit } from '../audit/index.ts';
import type { AlgorithmName } from './algorithms.ts';
import { createKeyRing, type GetKeyRing } from './key-ring.ts';
import { createListKeys, type ListKeys } from './list-keys.ts';
import { createManageKeys, type ManageKeys } from './manage-keys.ts';
import { keysStore as store } from './store.sql.ts';

export { keySettings } from './config.ts';
export { signCompact, verifyCompact } from './jws.ts';
export type { GetKeyRing, KeyRing } from './key-ring.ts';
export { publishedAheadMs } from './policy.ts';
export { keyRoutes } from './routes.ts';
export type { SigningKey } from './signing-key.ts';

export interface Keys extends Omit<ManageKeys, 'addFirst' | 'resealAll'> {
  readonly ring: GetKeyRing;
  readonly list: ListKeys;
}

/** Makes the first key where there is none. @throws WrongSecretKey */
export async function createKeys(deps: {
  db: Database;
  clock: Clock;
  random: Random;
  audit: Audit;
  secretKeys: SecretKeys;
  settings: { readonly algorithm: AlgorithmName; readonly rotationSeconds: number };
}): Promise<Keys> {
  const { algorithm, rotationSeconds } = deps.settings;
  const sealingKeys = deriveKeys(deps.secretKeys, 'signing-keys');
  const parts = { ...deps, store, sealingKeys, wanted: { algorithm, rotationMs: rotationSeconds * 1_000 } };
  const ring = createKeyRing(parts);
  const { addFirst, resealAll, ...manage } = createManageKeys(parts);
  await addFirst();
  await ring();
  await resealAll();
  return { ...manage, ring, list: createListKeys(parts) };
}
