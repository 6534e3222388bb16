import { createHmac, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Instant } from '../../kernel/clock.ts';
import { deriveKey } from '../../kernel/derive.ts';
import type { Random } from '../../kernel/random.ts';
import { resealed, seal, unseal } from '../../kernel/seal.ts';
import { Secret } from '../../kernel/secret.ts';
import { type VerifierKey, verifierKey } from './signed-note.ts';

/**
 * The key of the record. From its 32 bytes come the private key that signs checkpoints and the secrets of the MACs, so that all of them
 * outlive a change of `SECRET_KEY`, under which they are sealed.
 */
export interface AuditKey {
  readonly id: string;
  /** The name of the record that it signs. */
  readonly origin: string;
  readonly createdAt: Instant;
  readonly verifier: VerifierKey;
  readonly privateKey: KeyObject;
  /** HMAC-SHA256 over a row, for the time until it is sealed. */
  mac(text: string): string;
  /** The next value of the chain. */
  chain(previous: Uint8Array, leaf: Uint8Array): Buffer;
  /** What is kept of a name that nobody has. */
  hide(name: string): string;
}

/** A key as its row holds it. */
export interface StoredAuditKey {
  readonly id: string;
  readonly origin: string;
  readonly createdAt: Instant;
  readonly sealed: string;
}

const seedBytes = 32;
const hiddenBytes = 16;

/** PKCS #8 of Ed25519 without the seed itself (RFC 8410 §7). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param host of the public URL: the name of the record begins with it, and a random part tells it from others */
export function generateAuditKey(options: {
  host: string;
  sealingKey: Buffer;
  createdAt: Instant;
  random: Random;
}): StoredAuditKey {
  const { host, sealingKey, createdAt, random } = options;
  const origin = `${host}/audit/${random.bytes(4).toString('hex')}`;
  const seed = random.bytes(seedBytes);
  const { id } = keyFrom(seed, { origin, createdAt });
  return { id, origin, createdAt, sealed: seal(seed, sealingKey, contextOf({ id, origin, createdAt }), random) };
}

/** @throws when none of `sealingKeys` is the one it was sealed with, or its row was changed */
export function openAuditKey(stored: StoredAuditKey, sealingKeys: readonly Buffer[]): AuditKey {
  return keyFrom(unseal(stored.sealed, sealingKeys, contextOf(stored)), stored);
}

/** The key sealed anew under the first of `sealingKeys`, or `undefined` when it is. @throws as `openAuditKey` */
export const resealedAuditKey = (
  stored: StoredAuditKey,
  sealingKeys: readonly [Buffer, ...Buffer[]],
  random: Random,
): string | undefined => resealed(stored.sealed, sealingKeys, contextOf(stored), random);

/** All of the row stands under the seal: nobody gives the key another name. */
const contextOf = ({ id, origin, createdAt }: Omit<StoredAuditKey, 'sealed'>): string =>
  `audit-key/${id}/${origin}/${createdAt}`;

function keyFrom(seed: Buffer, { origin, createdAt }: Pick<StoredAuditKey, 'origin' | 'createdAt'>): AuditKey {
  const der = Buffer.concat([pkcs8Prefix, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const verifier = verifierKey(origin, createPublicKey(privateKey));
  const secret = new Secret(seed.toString('base64'));
  const [macKey, chainKey, nameKey] = ['mac', 'chain', 'name'].map((use) => deriveKey(secret, `audit-${use}`)) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  return {
    id: verifier.id,
    origin,
    createdAt,
    verifier,
    privateKey,
    mac: (text) => createHmac('sha256', macKey).update(text).digest('base64url'),
    chain: (previous, leaf) => createHmac('sha256', chainKey).update(previous).update(leaf).digest(),
    hide: (name) => createHmac('sha256', nameKey).update(name).digest().subarray(0, hiddenBytes).toString('base64url'),
  };
}
