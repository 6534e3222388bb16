import { readPaddedBase64 } from './encodings.ts';
import { derivePbkdf2, isBearablePbkdf2, isWeakPbkdf2 } from './pbkdf2.ts';
import { createScheme, type PartedHash } from './scheme.ts';

interface IdentityHash extends PartedHash {
  readonly digestName: string;
  readonly rounds: number;
  readonly salt: Buffer;
}

/** The first byte says the version: ASP.NET Identity 2 (and before it MVC's `Crypto`), ASP.NET Core. */
const formats = { identity2: 0, core: 1 };

/** KeyDerivationPrf. */
const digestNames = ['sha1', 'sha256', 'sha512'];

/** Bytes; ASP.NET Core takes no less for either, and makes 16 and 32. */
const leastPart = 16;
const mostSalt = 256;
const mostDigest = 64;

function assemble(bytes: Buffer, digestAt: number, recipe: Omit<IdentityHash, keyof PartedHash>) {
  const digest = bytes.subarray(digestAt);
  const blank = Buffer.concat([bytes.subarray(0, digestAt), Buffer.alloc(digest.length)]).toString('base64');
  return { ...recipe, digest, blank };
}

/** Version, 16 bytes of salt, 32 of digest. */
const readIdentity2 = (bytes: Buffer): IdentityHash | undefined =>
  bytes.length === 49
    ? assemble(bytes, 17, { digestName: 'sha1', rounds: 1_000, salt: bytes.subarray(1, 17) })
    : undefined;

/** Version, then as 32 bits each, the highest first: function, rounds, length of the salt; the salt; the rest is the digest. */
function readCore(bytes: Buffer): IdentityHash | undefined {
  if (bytes.length < 13 + 2 * leastPart) return undefined;
  const digestName = digestNames[bytes.readUInt32BE(1)];
  const rounds = bytes.readUInt32BE(5);
  const saltLength = bytes.readUInt32BE(9);
  const digestLength = bytes.length - 13 - saltLength;
  const isSound =
    rounds > 0 &&
    saltLength >= leastPart &&
    saltLength <= mostSalt &&
    digestLength >= leastPart &&
    digestLength <= mostDigest;
  if (digestName === undefined || !isSound) return undefined;
  return assemble(bytes, 13 + saltLength, { digestName, rounds, salt: bytes.subarray(13, 13 + saltLength) });
}

function read(stored: string): IdentityHash | undefined {
  const bytes = readPaddedBase64(stored);
  if (bytes?.[0] === formats.identity2) return readIdentity2(bytes);
  return bytes?.[0] === formats.core ? readCore(bytes) : undefined;
}

/** A digest of more than one block costs the owner more for each. */
const blockLengths: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha512: 64 };
const blocksOf = ({ digestName, digest }: IdentityHash) => Math.ceil(digest.length / (blockLengths[digestName] ?? 1));

/** `PasswordHash` of ASP.NET Identity: PBKDF2 in base64, version 2 (1,000 rounds of SHA-1) and version 3. */
export const aspNetIdentity = createScheme<IdentityHash>({
  read,
  isBearable: (hash) => isBearablePbkdf2(hash.rounds * blocksOf(hash)),
  costOf: (hash) => ({ kind: 'pbkdf2', digestName: hash.digestName, rounds: hash.rounds, blocks: blocksOf(hash) }),
  // An attacker needs the first block alone.
  isWeak: ({ digestName, rounds }) => isWeakPbkdf2(digestName, rounds),
  derive: ({ digestName, rounds, salt, digest }, password) =>
    derivePbkdf2(password, salt, rounds, digest.length, digestName),
});
