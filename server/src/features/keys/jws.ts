import type { KeyObject } from 'node:crypto';
import { type AlgorithmName, algorithms } from './algorithms.ts';

/** A key with the one algorithm it may be used with (RFC 8725 §3.1). */
export interface VerificationKey {
  readonly algorithm: AlgorithmName;
  readonly publicKey: KeyObject;
}

/** Longer than any token we make (4 KB at most); what is longer is refused unread. */
const maxTokenLength = 8_192;
const base64url = /^[A-Za-z0-9_-]+$/;

/** Signs in JWS compact serialisation (RFC 7515 §7.1). @param header the first segment, encoded */
export function signCompact(
  header: string,
  payload: object,
  { algorithm, privateKey }: { algorithm: AlgorithmName; privateKey: KeyObject },
): string {
  const input = `${header}.${encodeSegment(payload)}`;
  return `${input}.${algorithms[algorithm].sign(Buffer.from(input), privateKey).toString('base64url')}`;
}

/**
 * The payload of a token whose signature holds, or `undefined`. Signature before anything else: nothing of the payload is read
 * before.
 *
 * The header is not interpreted at all: it must be, to the letter, the one that we write. So there is no `alg` to confuse, no `jwk`,
 * `jku`, `x5u` or `crit` to obey, and no parser to fool (RFC 8725 §2.1, §3.1, §3.10).
 *
 * @param header the first segment of this key's tokens of the wanted type
 */
export function verifyCompact(token: string, header: string, { algorithm, publicKey }: VerificationKey): unknown {
  if (token.length > maxTokenLength) return undefined;
  const [first, payload = '', signature = '', ...more] = token.split('.');
  if (first !== header || more.length > 0) return undefined;
  const signatureBytes = decodeCanonical(signature);
  const payloadBytes = decodeCanonical(payload);
  if (signatureBytes === undefined || payloadBytes === undefined) return undefined;
  const input = Buffer.from(`${header}.${payload}`);
  if (!algorithms[algorithm].verify(input, publicKey, signatureBytes)) return undefined;
  return JSON.parse(payloadBytes.toString('utf8'));
}

export function encodeSegment(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Node's decoder forgives padding, foreign characters and stray bits; a token that differs in a bit is another token. */
function decodeCanonical(segment: string): Buffer | undefined {
  if (!base64url.test(segment)) return undefined;
  const bytes = Buffer.from(segment, 'base64url');
  return bytes.toString('base64url') === segment ? bytes : undefined;
}
