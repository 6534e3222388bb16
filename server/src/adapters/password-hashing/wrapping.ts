import { type Argon2Parameters, argon2, hashWithArgon2id, isBehindPhc } from './argon2id.ts';
import { groupsOf } from './encodings.ts';
import { longestStored, type Scheme, type WrappableScheme } from './scheme.ts';

/** The prefix, argon2id's PHC string, and the old hash with zeros for its digest. */
const pattern = /^\$wrapped(?<phc>\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z\d+/]+\$[A-Za-z\d+/]+)\$(?<inner>.+)$/s;

interface Wrapping extends Scheme {
  /**
   * argon2id over the digest of a weak hash, which itself is not kept. What is not weak, not recognised, or could not be verified stays
   * as it is.
   *
   * @param salt makes the fresh random bytes
   */
  wrap(stored: string, parameters: Argon2Parameters, salt: () => Uint8Array): Promise<string>;
  /** The hashes that `stored` is made of: argon2id's PHC string and what is wrapped in it; of what is not wrapped, itself. */
  layersOf(stored: string): readonly string[];
}

/**
 * Wrapped hashes: argon2id over the digest of another hash, so that a stolen database costs as much to crack as if everybody had logged
 * in since the import. To verify, the old digest is computed from the password, and argon2id from that.
 *
 * OWASP Password Storage, "Upgrading Legacy Hashes". Nothing is lost by that the digest is the password of argon2id: who guesses digests
 * guesses 128 bits and more.
 */
export function createWrapping(schemes: readonly WrappableScheme[]): Wrapping {
  const schemeOf = (stored: string) => schemes.find((scheme) => scheme.recognises(stored));

  const read = (stored: string) => {
    const { phc, inner } = (stored.length <= longestStored && groupsOf(pattern, stored)) || {};
    if (phc === undefined || inner === undefined || !argon2.recognises(phc)) return undefined;
    const scheme = schemeOf(inner);
    return scheme?.part(inner)?.blank === inner ? { phc, inner, scheme } : undefined;
  };
  const readBearable = (stored: string) => {
    const found = read(stored);
    const isBearable = found && argon2.costIsBearable(found.phc) && found.scheme.costIsBearable(found.inner);
    return isBearable ? found : undefined;
  };

  return {
    recognises: (stored) => read(stored) !== undefined,
    costIsBearable: (stored) => readBearable(stored) !== undefined,
    estimateMs(stored) {
      const found = read(stored);
      return found === undefined ? 0 : found.scheme.estimateMs(found.inner) + argon2.estimateMs(found.phc);
    },
    async verify(stored, password) {
      const found = readBearable(stored);
      for (const digest of (await found?.scheme.digestsOf(found.inner, password)) ?? [])
        if (await isBehindPhc(found?.phc ?? '', digest)) return true;
      return false;
    },
    layersOf(stored) {
      const found = read(stored);
      return found === undefined ? [stored] : [found.phc, found.inner];
    },
    async wrap(stored, parameters, salt) {
      const scheme = schemeOf(stored);
      const parted = scheme?.part(stored);
      if (parted === undefined || !scheme?.isWeak(stored) || !scheme.costIsBearable(stored)) return stored;
      return `$wrapped${await hashWithArgon2id(parted.digest, parameters, salt())}$${parted.blank}`;
    },
  };
}
