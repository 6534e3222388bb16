import { constants, generateKeyPair, type KeyObject, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';

/** The algorithms that sign: asymmetric all, so that whoever verifies cannot sign. */
export const algorithmNames = ['ES256', 'EdDSA', 'RS256'] as const;
export type AlgorithmName = (typeof algorithmNames)[number];

/** What JWS needs of an algorithm (RFC 7518 §3, RFC 8037 §3.1). `node:crypto` directly: this is the hottest path, and jose adds 50 µs to each call. */
interface Algorithm {
  /** Off the event loop: an RSA key takes most of a second. */
  generate(): Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }>;
  sign(input: Buffer, key: KeyObject): Buffer;
  verify(input: Buffer, key: KeyObject, signature: Buffer): boolean;
}

const generate = promisify(generateKeyPair);

/** r and s side by side, not DER (RFC 7518 §3.4). */
const ecdsa = (key: KeyObject) => ({ key, dsaEncoding: 'ieee-p1363' as const });

const pkcs1 = (key: KeyObject) => ({ key, padding: constants.RSA_PKCS1_PADDING });

export const algorithms: Readonly<Record<AlgorithmName, Algorithm>> = {
  ES256: {
    generate: () => generate('ec', { namedCurve: 'P-256' }),
    sign: (input, key) => sign('sha256', input, ecdsa(key)),
    verify: (input, key, signature) => verify('sha256', input, ecdsa(key), signature),
  },
  EdDSA: {
    generate: () => generate('ed25519', {}),
    sign: (input, key) => sign(null, input, key),
    verify: (input, key, signature) => verify(null, input, key, signature),
  },
  RS256: {
    // 128 bits of strength (NIST SP 800-57 part 1, table 2); 2,048 bits are advised until 2030 only.
    generate: () => generate('rsa', { modulusLength: 3_072 }),
    sign: (input, key) => sign('sha256', input, pkcs1(key)),
    verify: (input, key, signature) => verify('sha256', input, pkcs1(key), signature),
  },
};
