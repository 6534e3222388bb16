import { deriveKeys } from './derive.ts';
import type { Random } from './random.ts';
import { seal, unseal } from './seal.ts';
import type { SecretKeys } from './secret-keys.ts';

/** Where a list is to go on, as clients carry it from one page to the next. */
export interface Cursors {
  /** @param boundTo what the list was asked with, and by whom: the cursor opens for nothing else */
  seal(position: unknown, boundTo: unknown): string;
  /** `undefined` for what we did not make, or made for another question. */
  open(text: string, boundTo: unknown): unknown;
}

/**
 * Cursors are sealed, not only signed: a position holds an e-mail address, and a cursor stands in addresses, which end up in logs.
 *
 * @param purpose names the list, so that a cursor of another opens here no more than a made-up one
 */
export function createCursors(deps: { secretKeys: SecretKeys; random: Random }, purpose: string): Cursors {
  const keys = deriveKeys(deps.secretKeys, `cursor/${purpose}`);
  return {
    seal: (position, boundTo) =>
      seal(Buffer.from(JSON.stringify(position)), keys[0], JSON.stringify(boundTo), deps.random),
    open(text, boundTo) {
      // One text for one cursor: what decoding would pass over is not passed over.
      if (Buffer.from(text, 'base64url').toString('base64url') !== text) return undefined;
      try {
        return JSON.parse(unseal(text, keys, JSON.stringify(boundTo)).toString());
      } catch {
        return undefined; // Sealed with another key, for another question, or not by us.
      }
    },
  };
}
