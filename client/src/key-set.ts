import { type CryptoKey, importJWK } from 'jose';
import { isObject, isText, isTexts, type JsonObject, parseObject } from './json.ts';
import { type Algorithm, algorithms } from './jws.ts';
import { isWeakRsa } from './weak-rsa.ts';

/** A key of a JWKS that can be used, not yet in use. */
export interface PublishedKey {
  readonly kid: string;
  readonly alg: Algorithm;
  readonly key: CryptoKey;
  /** Two keys with the same text are the same key. */
  readonly material: string;
}

/** So many keys of a set are looked at: more is no key set but an attack on the memory. */
const maxKeys = 64;

/** The public members of each kind of key (RFC 7518 §6, RFC 8037 §2), and the one curve that goes with the algorithm. */
const kinds: Readonly<Record<Algorithm, { kty: string; crv: string | undefined; members: readonly string[] }>> = {
  ES256: { kty: 'EC', crv: 'P-256', members: ['x', 'y'] },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', members: ['x'] },
  RS256: { kty: 'RSA', crv: undefined, members: ['n', 'e'] },
};

/**
 * The keys of a JWKS (RFC 7517 §5) that this package can use. Others are passed over, as §5 wants it: other algorithms, other uses,
 * weak ones, private and symmetric ones (a key that is public and secret at once proves nothing), and ids that stand there twice.
 *
 * @throws Error when it is no JWKS, or none of its keys can be used
 */
export async function readKeySet(text: string): Promise<ReadonlyMap<string, PublishedKey>> {
  const { keys } = parseObject(text);
  if (!Array.isArray(keys)) throw new SyntaxError('not a JWK set');
  const found = new Map<string, PublishedKey>();
  for (const jwk of keys.slice(0, maxKeys)) {
    if (!isObject(jwk) || keys.filter((other: unknown) => isObject(other) && other.kid === jwk.kid).length > 1)
      continue;
    const key = await readKey(jwk);
    if (key !== undefined) found.set(key.kid, key);
  }
  if (found.size === 0) throw new Error('the JWK set has no key that can be used');
  return found;
}

async function readKey(jwk: JsonObject): Promise<PublishedKey | undefined> {
  const alg = algorithms.find((known) => known === jwk.alg);
  if (alg === undefined || !isText(jwk.kid) || !isForVerifying(jwk)) return undefined;
  const { kty, crv, members } = kinds[alg];
  if (jwk.kty !== kty || jwk.crv !== crv || 'd' in jwk || 'k' in jwk) return undefined;
  if (!members.every((name) => isText(jwk[name]))) return undefined;
  const bare = Object.fromEntries(members.map((name) => [name, String(jwk[name])]));
  try {
    if (bare.n !== undefined && bare.e !== undefined && isWeakRsa(bare.n, bare.e)) return undefined;
    const key = await importJWK({ kty, ...(crv === undefined ? {} : { crv }), ...bare }, alg);
    if (key instanceof Uint8Array) return undefined;
    return { kid: jwk.kid, alg, key, material: JSON.stringify([alg, bare]) };
  } catch {
    return undefined;
  }
}

/** RFC 7517 §4.2 and §4.3: a key for encryption must not verify. */
const isForVerifying = ({ use, key_ops: operations }: JsonObject): boolean =>
  (use === undefined || use === 'sig') &&
  (operations === undefined || (isTexts(operations) && operations.includes('verify')));
