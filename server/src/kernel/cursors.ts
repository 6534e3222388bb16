import { createCipheriv, createDecipheriv } from 'node:crypto';
import { deriveKeys } from './derive.ts';
import type { Random } from './random.ts';
import type { SecretKeys } from './secret-keys.ts';

/** Where a list is to go on, as clients carry it from one page to the next. */
export interface Cursors {
  /** @param boundTo what the list was asked with, and by whom: the cursor opens for nothing else */
  seal(position: unknown, boundTo: unknown): string;
  /** `undefined` for what we did not make, or made for another question. */
  open(text: string, boundTo: unknown): unknown;
}

/** AES-256-GCM with a 96-bit random nonce and a 128-bit tag (NIST SP 800-38D §8.2.2). */
const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Cursors are sealed, not only signed: a position holds an e-mail address, and a cursor stands in addresses, which end up in logs.
 *
 * @param purpose names the list, so that a cursor of another opens here no more than a made-up one
 */
export function createCursors(deps: { secretKeys: SecretKeys; random: Random }, purpose: string): Cursors {
  const [key, ...formerKeys] = deriveKeys(deps.secretKeys, `cursor/${purpose}`);

  const unseal = (bytes: Buffer, boundTo: unknown, by: Buffer): unknown => {
    const decipher = createDecipheriv(algorithm, by, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(JSON.stringify(boundTo)));
    decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    const plain = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]);
    return JSON.parse(plain.toString());
  };

  return {
    seal(position, boundTo) {
      const nonce = deps.random.bytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(JSON.stringify(boundTo)));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(position)), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(text, boundTo) {
      const bytes = Buffer.from(text, 'base64url');
      // One text for one cursor: what decoding would pass over is not passed over.
      if (bytes.length <= nonceBytes + tagBytes || bytes.toString('base64url') !== text) return undefined;
      for (const by of [key, ...formerKeys]) {
        try {
          return unseal(bytes, boundTo, by);
        } catch {
          // Sealed with another key, for another question, or not by us.
        }
      }
      return undefined;
    },
  };
}
