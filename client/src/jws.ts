import { base64url, type CryptoKey, compactVerify, errors } from 'jose';
import { isText, type JsonObject, parseObject } from './json.ts';
import { TokenRefused } from './refused.ts';

/** The algorithms that a Keyward server signs with. The list is closed: `none` and every symmetric one are not in it (RFC 8725 §3.1). */
export const algorithms = ['ES256', 'EdDSA', 'RS256'] as const;
export type Algorithm = (typeof algorithms)[number];

/** A published key. One object lives as long as the key is in use; then `withdrawn` is set, which kills what it verified. */
export interface VerifyKey {
  readonly kid: string;
  /** The one algorithm of this key; what a token says must be the same. */
  readonly alg: Algorithm;
  readonly key: CryptoKey;
  withdrawn: boolean;
}

/** What was signed, and by which key. */
export interface OpenedJws {
  readonly header: JsonObject;
  readonly payload: Uint8Array;
  readonly key: VerifyKey;
}

/** The key of that id, or `undefined` when the issuer has none. */
export type FindKey = (kid: string) => Promise<VerifyKey | undefined>;

/** RFC 7515 §7.1. Without padding, spaces and the other alphabet, which lenient decoders take. */
const compact = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+$/;

/**
 * Checks the signature of a JWS in compact form, before anybody reads its payload. Of the header only `kid` chooses anything, and only
 * among published keys; `jwk`, `jku` and `x5u` are never looked at (RFC 8725 §3.10).
 *
 * @throws TokenRefused `malformed`, `unsupported-algorithm`, `unknown-key`, `bad-signature`
 */
export async function openJws(token: string, find: FindKey): Promise<OpenedJws> {
  const header = headerOf(token);
  const { alg, kid } = header;
  if (!algorithms.some((known) => known === alg)) throw new TokenRefused('unsupported-algorithm');
  const key = isText(kid) ? await find(kid) : undefined;
  if (key === undefined) throw new TokenRefused('unknown-key');
  if (key.alg !== alg) throw new TokenRefused('unsupported-algorithm');
  return { header, payload: await payloadOf(token, key), key };
}

function headerOf(token: string): JsonObject {
  if (!compact.test(token)) throw new TokenRefused('malformed');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(base64url.decode(token.slice(0, token.indexOf('.'))));
    const header = parseObject(text);
    // RFC 7515 §4.1.11: an extension that we do not know must not be passed over, and we know none.
    if (!('crit' in header)) return header;
  } catch (cause) {
    throw new TokenRefused('malformed', cause);
  }
  throw new TokenRefused('malformed');
}

async function payloadOf(token: string, { alg, key }: VerifyKey): Promise<Uint8Array> {
  const signature = token.slice(token.lastIndexOf('.') + 1);
  // The unused bits of the last character would give one signature several spellings (RFC 4648 §3.5).
  if (base64url.encode(base64url.decode(signature)) !== signature) throw new TokenRefused('malformed');
  try {
    const { payload } = await compactVerify(token, key, { algorithms: [alg] });
    return payload;
  } catch (cause) {
    throw new TokenRefused(
      cause instanceof errors.JWSSignatureVerificationFailed ? 'bad-signature' : 'malformed',
      cause,
    );
  }
}
