import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from './random.ts';

/** AES-256-GCM with a 96-bit random nonce and a 128-bit tag (NIST SP 800-38D §8.2.2, §8.3: 2^32 texts under one key; keys are a handful, and a page of a list takes one). */
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Seals `plain` under `key`, bound to `context`: what was sealed for one row does not open in another.
 *
 * @param key 32 bytes
 * @returns base64url of nonce, tag and ciphertext
 */
export function seal(plain: Buffer, key: Buffer, context: string, random: Random): string {
  const nonce = random.bytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url');
}

/** @param keys any of which may have sealed it @throws when none of them has, the context is another one, or the text was changed */
export function unseal(sealed: string, keys: readonly Buffer[], context: string): Buffer {
  const failures: unknown[] = [];
  for (const key of keys) {
    try {
      return unsealWith(sealed, key, context);
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures[0];
}

function unsealWith(sealed: string, key: Buffer, context: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
}

/** The same sealed anew under the first of `keys`, or `undefined` when it is. @throws as `unseal` */
export function resealed(
  sealed: string,
  keys: readonly [Buffer, ...Buffer[]],
  context: string,
  random: Random,
): string | undefined {
  try {
    unseal(sealed, keys.slice(0, 1), context);
    return undefined;
  } catch {
    return seal(unseal(sealed, keys, context), keys[0], context, random);
  }
}

/** What the database holds sealed was sealed under another `SECRET_KEY`. */
export class WrongSecretKey extends Error {
  override readonly name = 'WrongSecretKey';

  constructor(cause: unknown) {
    super('SECRET_KEY is not the one under which the keys in this database are sealed', { cause });
  }
}
