import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import type { Instant } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { seal, unseal } from './seal.ts';

/** A key that signs access tokens. Its algorithm is fixed with it and never taken from a token (RFC 8725 §3.1). */
export interface SigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly algorithm: 'ES256';
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: JWK;
}

/** A key as its row holds it. */
export interface StoredSigningKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly publicJwk: string;
  readonly sealedPrivateKey: string;
  readonly createdAt: Instant;
}

/** @param sealingKey 32 bytes, derived from `SECRET_KEY` */
export async function generateSigningKey(
  sealingKey: Buffer,
  createdAt: Instant,
  random: Random,
): Promise<StoredSigningKey> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' }) as JWK;
  // Needed once in the life of a key: not worth loading at every start.
  const { calculateJwkThumbprint } = await import('jose');
  const kid = await calculateJwkThumbprint(jwk);
  const plain = privateKey.export({ format: 'der', type: 'pkcs8' });
  return {
    kid,
    algorithm: 'ES256',
    publicJwk: JSON.stringify({ ...jwk, kid, alg: 'ES256', use: 'sig' }),
    sealedPrivateKey: seal(plain, sealingKey, `signing-key/${kid}`, random),
    createdAt,
  };
}

/** @throws when `sealingKey` is not the one it was sealed with */
export function openSigningKey(stored: StoredSigningKey, sealingKey: Buffer): SigningKey {
  const der = unseal(stored.sealedPrivateKey, sealingKey, `signing-key/${stored.kid}`);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    kid: stored.kid,
    algorithm: 'ES256',
    privateKey,
    publicKey: createPublicKey(privateKey),
    publicJwk: JSON.parse(stored.publicJwk) as JWK,
  };
}
