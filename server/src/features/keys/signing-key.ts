import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import type { Instant } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { resealed, seal, unseal } from '../../kernel/seal.ts';
import { type AlgorithmName, algorithms } from './algorithms.ts';
import { encodeSegment } from './jws.ts';

/** The kinds of token we sign. `typ` keeps each from passing for another (RFC 8725 §3.11). */
export type TokenType = 'at+jwt' | 'statuslist+jwt';

/** A key that signs tokens. Its algorithm is fixed with it and never taken from a token (RFC 8725 §3.1). */
export interface SigningKey {
  /** RFC 7638 thumbprint. */
  readonly kid: string;
  readonly algorithm: AlgorithmName;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: JWK;
  /** The first segment of its tokens, by type: to the letter what a token of ours begins with. */
  readonly headers: Readonly<Record<TokenType, string>>;
}

/** A key as its row holds it. */
export interface StoredSigningKey {
  readonly kid: string;
  readonly algorithm: AlgorithmName;
  readonly publicJwk: string;
  readonly sealedPrivateKey: string;
  readonly createdAt: Instant;
  /** From when on it signs, until a later key does. Published since `createdAt`. */
  readonly signsFrom: Instant;
}

/** @param sealingKey 32 bytes, derived from `SECRET_KEY` */
export async function generateSigningKey(options: {
  algorithm: AlgorithmName;
  sealingKey: Buffer;
  createdAt: Instant;
  signsFrom: Instant;
  random: Random;
}): Promise<StoredSigningKey> {
  const { algorithm, sealingKey, createdAt, signsFrom, random } = options;
  const { privateKey, publicKey } = await algorithms[algorithm].generate();
  const jwk = publicKey.export({ format: 'jwk' }) as JWK;
  // Needed once in the life of a key: not worth loading at every start.
  const { calculateJwkThumbprint } = await import('jose');
  const kid = await calculateJwkThumbprint(jwk);
  const plain = privateKey.export({ format: 'der', type: 'pkcs8' });
  return {
    kid,
    algorithm,
    publicJwk: JSON.stringify(publishedJwk(publicKey, kid, algorithm)),
    sealedPrivateKey: seal(plain, sealingKey, contextOf(kid), random),
    createdAt,
    signsFrom,
  };
}

/** @throws when none of `sealingKeys` is the one it was sealed with */
export function openSigningKey(stored: StoredSigningKey, sealingKeys: readonly Buffer[]): SigningKey {
  const { kid, algorithm } = stored;
  const der = unseal(stored.sealedPrivateKey, sealingKeys, contextOf(kid));
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const header = (typ: TokenType) => encodeSegment({ alg: algorithm, typ, kid });
  return {
    kid,
    algorithm,
    privateKey,
    publicKey,
    // Not the text of the row, which nothing seals: whoever can write there must not have verifiers believe a key of theirs.
    publicJwk: publishedJwk(publicKey, kid, algorithm),
    headers: { 'at+jwt': header('at+jwt'), 'statuslist+jwt': header('statuslist+jwt') },
  };
}

const publishedJwk = (publicKey: KeyObject, kid: string, algorithm: AlgorithmName): JWK => ({
  ...(publicKey.export({ format: 'jwk' }) as JWK),
  kid,
  alg: algorithm,
  use: 'sig',
});

/** The private key sealed anew under the first of `sealingKeys`, or `undefined` when it is. @throws as `openSigningKey` */
export const resealedKey = (
  { kid, sealedPrivateKey }: StoredSigningKey,
  sealingKeys: readonly [Buffer, ...Buffer[]],
  random: Random,
): string | undefined => resealed(sealedPrivateKey, sealingKeys, contextOf(kid), random);

const contextOf = (kid: string): string => `signing-key/${kid}`;
