import { type ScryptOptions, scrypt as scryptWithCallback } from 'node:crypto';
import { blankOut, groupsOf, readBase64 } from './encodings.ts';
import { createScheme, type PartedHash } from './scheme.ts';

/** RFC 7914 §2. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

interface ScryptHash extends PartedHash, ScryptCost {
  readonly salt: Buffer;
}

/** OWASP's strongest advice (N=2^17, r=8, p=1) is 128 MiB and a quarter of this work. */
const ceiling = { memoryBytes: 256 * 1024 * 1024, work: 2 ** 22 };

/** The least of OWASP's five equals in memory and in work: N=2^13, r=8, p=10. */
const least = { memoryBytes: 8 * 1024 * 1024, work: 655_360 };

const passlibPattern =
  /^\$scrypt\$ln=(?<ln>[1-9]\d?),r=(?<r>[1-9]\d{0,9}),p=(?<p>[1-9]\d{0,9})\$(?<salt>[+/A-Za-z\d]{0,256})\$(?<key>[+/A-Za-z\d]+)$/;
const werkzeugPattern =
  /^scrypt:(?<n>[1-9]\d{0,9}):(?<r>[1-9]\d{0,9}):(?<p>[1-9]\d{0,9})\$(?<salt>[^$]{1,256})\$(?<key>[\da-f]{128})$/;
const djangoPattern =
  /^scrypt\$(?<n>[1-9]\d{0,9})\$(?<salt>[^$]{1,256})\$(?<r>[1-9]\d{0,9})\$(?<p>[1-9]\d{0,9})\$(?<key>[+/A-Za-z\d]{86})==$/;
const betterAuthPattern = /^(?<salt>[\da-f]{32}):(?<key>[\da-f]{128})$/;

/** The memory of RFC 7914: 128·N·r for the table and 128·r·p for the blocks, with room for what OpenSSL adds. */
const memoryBytesOf = ({ N, r, p }: ScryptCost) => 128 * r * (N + p + 2);

const workOf = ({ N, r, p }: ScryptCost) => N * r * p;

export const isBearableScrypt = (cost: ScryptCost): boolean =>
  memoryBytesOf(cost) <= ceiling.memoryBytes && workOf(cost) <= ceiling.work;

export const isWeakScrypt = (cost: ScryptCost): boolean =>
  128 * cost.N * cost.r < least.memoryBytes || workOf(cost) < least.work;

/** RFC 7914 §6, on a thread of Node's pool. */
export function deriveScrypt(password: string, salt: Buffer, length: number, { N, r, p }: ScryptCost): Promise<Buffer> {
  const options: ScryptOptions = { N, r, p, maxmem: memoryBytesOf({ N, r, p }) };
  return new Promise((resolve, reject) => {
    scryptWithCallback(password, salt, length, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** RFC 7914 §6: N is a power of two, above 1 and below 2^(128·r/8). */
export function isSoundScrypt({ N, r }: ScryptCost): boolean {
  const exponent = Math.log2(N);
  return Number.isInteger(exponent) && exponent >= 1 && exponent < 16 * r;
}

/** The key is at least 128 bits, or many passwords match. */
const sound = (hash: ScryptHash): ScryptHash | undefined =>
  isSoundScrypt(hash) && hash.digest.length >= 16 ? hash : undefined;

function readPasslib(stored: string): ScryptHash | undefined {
  const groups = groupsOf(passlibPattern, stored);
  const salt = groups && readBase64(groups.salt ?? '');
  const digest = groups && readBase64(groups.key ?? '');
  if (groups === undefined || salt === undefined || digest === undefined) return undefined;
  const blank = blankOut(stored, groups.key ?? '', 'A');
  return sound({ N: 2 ** Number(groups.ln), r: Number(groups.r), p: Number(groups.p), salt, digest, blank });
}

/** werkzeug and Django say the same in another order; both take the salt as text. */
function readFramework(stored: string): ScryptHash | undefined {
  const hex = groupsOf(werkzeugPattern, stored);
  const groups = hex ?? groupsOf(djangoPattern, stored);
  if (groups === undefined) return undefined;
  const { key = '' } = groups;
  return sound({
    N: Number(groups.n),
    r: Number(groups.r),
    p: Number(groups.p),
    salt: Buffer.from(groups.salt ?? ''),
    digest: Buffer.from(key, hex ? 'hex' : 'base64'),
    blank: blankOut(stored, key, hex ? '0' : 'A'),
  });
}

/** Better Auth writes no parameters, and takes the salt's hexadecimal text, not its bytes. */
function readBetterAuth(stored: string): ScryptHash | undefined {
  const { salt, key } = groupsOf(betterAuthPattern, stored) ?? {};
  if (salt === undefined || key === undefined) return undefined;
  const digest = Buffer.from(key, 'hex');
  return { N: 16_384, r: 16, p: 1, salt: Buffer.from(salt), digest, blank: blankOut(stored, key, '0') };
}

/** scrypt (RFC 7914) as passlib, werkzeug, Django and Better Auth write it. */
export const scrypt = createScheme<ScryptHash>({
  read: (stored) => readPasslib(stored) ?? readFramework(stored) ?? readBetterAuth(stored),
  isBearable: isBearableScrypt,
  costOf: ({ N, r, p }) => ({ kind: 'scrypt', N, r, p }),
  isWeak: isWeakScrypt,
  derive: (hash, password) => deriveScrypt(password, hash.salt, hash.digest.length, hash),
});
