import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from '../../kernel/random.ts';

/** AES-256-GCM with a 96-bit random nonce and a 128-bit tag (NIST SP 800-38D §8.2.2); a handful of keys never nears its bounds. */
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

/** @throws when the key or the context is another one, or the text was changed */
export function unseal(sealed: string, key: Buffer, context: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
}
