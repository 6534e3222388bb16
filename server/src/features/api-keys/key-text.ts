import { timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { sha256 } from '../../kernel/derive.ts';
import { type ApiKeyId, asApiKeyId } from '../../kernel/ids.ts';
import type { Random } from '../../kernel/random.ts';
import { Secret } from '../../kernel/secret.ts';

declare const hashed: unique symbol;
/** SHA-256 of a whole key; a type of its own, so that a raw key is never stored by mistake. */
export type KeyHash = string & { readonly [hashed]: true };

/** A key that was presented: it has the form of ours and no typing error. Whether it exists is for the database to say. */
export interface PresentedKey {
  readonly id: ApiKeyId;
  readonly hash: KeyHash;
}

export interface NewKey extends PresentedKey {
  /** What its owner gets to see, once. */
  readonly text: Secret;
}

/** By it people and secret scanners know a key when they see one; no other token of ours begins like this. */
const prefix = 'kw_live_';

const idBytes = 11;
const idLength = 15;
const secretBytes = 32;
const secretLength = 43;
const checksumLength = 6;

/** The id of a key; published in the schemas. */
export const keyIdPattern = `^[0-9A-Za-z]{${idLength}}$`;

const shape = /^(kw_live_([0-9A-Za-z]{15})_[0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A number in letters and digits alone, so that a double click selects the whole key and nothing in it is ever escaped. */
function base62(number: bigint, length: number): string {
  let text = '';
  for (let rest = number; rest > 0n; rest /= 62n) text = `${digits[Number(rest % 62n)]}${text}`;
  return text.padStart(length, '0');
}

const draw = (random: Random, bytes: number, length: number): string =>
  base62(BigInt(`0x${random.bytes(bytes).toString('hex')}`), length);

/**
 * CRC-32, which every language has, so that a scanner can tell a key from a look-alike without asking us. It is no proof: anybody can
 * compute it. It finds every mistyped sign.
 */
const checksumOf = (body: string): string => base62(BigInt(crc32(body)), checksumLength);

/**
 * The secret has 256 random bits, so one round of SHA-256 keeps it as well as any slow hash: who has the hash would have to try 2^255
 * texts. Slow hashes are for what people think up (OWASP Password Storage); one at each request would be a gift to whoever sends many.
 */
const hashOf = (text: string): KeyHash => sha256(text) as KeyHash;

/** `kw_live_<id>_<secret><checksum>` */
export function makeKey(random: Random): NewKey {
  const id = draw(random, idBytes, idLength);
  const body = `${prefix}${id}_${draw(random, secretBytes, secretLength)}`;
  const text = `${body}${checksumOf(body)}`;
  return { id: asApiKeyId(id), text: new Secret(text), hash: hashOf(text) };
}

/** Whether a text is meant for a key. By its beginning alone: it may be a broken one. */
export const isApiKey = (text: string): boolean => text.startsWith(prefix);

/** `undefined` for what cannot be a key of ours: broken off, mistyped, or made up by somebody who did not read on. */
export function readKey(text: string): PresentedKey | undefined {
  const [, body, id, checksum] = shape.exec(text) ?? [];
  if (body === undefined || id === undefined || checksumOf(body) !== checksum) return undefined;
  return { id: asApiKeyId(id), hash: hashOf(text) };
}

/** Whether a presented key is the one that is kept under its id, in a time that tells nothing about the hash. */
export const isSameKey = (kept: KeyHash, presented: PresentedKey): boolean =>
  timingSafeEqual(Buffer.from(kept), Buffer.from(presented.hash));
