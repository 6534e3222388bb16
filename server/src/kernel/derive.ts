import { hash, hkdfSync } from 'node:crypto';
import type { Secret } from './secret.ts';
import type { SecretKeys } from './secret-keys.ts';

/**
 * A key of its own for each purpose, from the one `SECRET_KEY` (HKDF-SHA256, RFC 5869), so that no two uses can be played off
 * against each other.
 *
 * @param purpose names the use; a changed purpose is a changed key
 * @returns 32 bytes
 */
export function deriveKey(secret: Secret, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret.reveal(), '', `keyward/${purpose}`, 32));
}

/** The same from each secret, the present one first. */
export function deriveKeys({ present, former }: SecretKeys, purpose: string): [Buffer, ...Buffer[]] {
  return [deriveKey(present, purpose), ...former.map((secret) => deriveKey(secret, purpose))];
}

/** SHA-256 in base64url: how random secrets of 128 bit and more are kept (they need no salt and no slow hash). */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}
