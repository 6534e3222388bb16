import { createCipheriv } from 'node:crypto';
import { blankOut, groupsOf, readBase64 } from './encodings.ts';
import { createScheme, type PartedHash } from './scheme.ts';
import { deriveScrypt, isBearableScrypt, isSoundScrypt, isWeakScrypt, type ScryptCost } from './scrypt.ts';

interface FirebaseHash extends PartedHash, ScryptCost {
  /** The user's, and behind it the project's separator. */
  readonly salt: Buffer;
  /** The project's; what is encrypted. */
  readonly signerKey: Buffer;
}

const base64 = String.raw`[+/A-Za-z\d]`;
/** The form of Supabase; `n` is the binary logarithm. Padding may be there or not. */
const pattern = new RegExp(
  `^\\$fbscrypt\\$v=1,n=(?<n>[1-9]\\d?),r=(?<r>[1-9]\\d{0,9}),p=(?<p>[1-9]\\d{0,9})(?:,ss=(?<ss>${base64}{0,128})={0,2})?,sk=(?<sk>${base64}{22,128})={0,2}\\$(?<salt>${base64}{1,128})={0,2}\\$(?<digest>${base64}{22,128})={0,2}$`,
);

function read(stored: string): FirebaseHash | undefined {
  const groups = groupsOf(pattern, stored);
  if (groups === undefined) return undefined;
  const [separator, signerKey, salt, digest] = [groups.ss, groups.sk, groups.salt, groups.digest].map((text) =>
    readBase64(text ?? ''),
  );
  const cost = { N: 2 ** Number(groups.n), r: Number(groups.r), p: Number(groups.p) };
  if (separator === undefined || signerKey === undefined || salt === undefined || digest === undefined)
    return undefined;
  if (digest.length !== signerKey.length || !isSoundScrypt(cost)) return undefined;
  const blank = blankOut(stored, groups.digest ?? '', 'A');
  return { ...cost, salt: Buffer.concat([salt, separator]), signerKey, digest, blank };
}

/** AES-256-CTR takes 32 bytes of key; its counter begins at zero here, since no key is ever used twice. */
const keyLength = 32;

/**
 * Firebase's scrypt: the key that scrypt makes of the password encrypts a key of the project. The project's parameters are the same in
 * every hash, and are written into each, so that it stands for itself.
 */
export const firebaseScrypt = createScheme<FirebaseHash>({
  read,
  isBearable: isBearableScrypt,
  costOf: ({ N, r, p }) => ({ kind: 'scrypt', N, r, p }),
  isWeak: isWeakScrypt,
  async derive(hash, password) {
    const key = await deriveScrypt(password, hash.salt, keyLength, hash);
    return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(hash.signerKey);
  },
});
