/**
 * Owns: the keys that sign access tokens.
 * Tables: signing_keys.
 * Specifications: RFC 7517 (JWK), RFC 7638 (thumbprints), RFC 8725 §3.1 (an algorithm is fixed with its key).
 */
import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import type { Secret } from '../../kernel/secret.ts';
import { type KeyRing, openKeyRing } from './open-key-ring.ts';
import { keysStore } from './store.sql.ts';

export { type KeyRing, WrongSecretKey } from './open-key-ring.ts';
export { keyRoutes } from './routes.ts';
export type { SigningKey } from './signing-key.ts';

/** @throws WrongSecretKey */
export function createKeys(deps: { db: Database; clock: Clock; random: Random; secretKey: Secret }): Promise<KeyRing> {
  return openKeyRing({ ...deps, store: keysStore });
}
