import { type ScryptOptions, scrypt as scryptWithCallback } from 'node:crypto';
import { groupsOf, readBase64, sameBytes } from './encodings.ts';
import { createScheme } from './scheme.ts';

interface ScryptHash {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** OWASP's strongest advice (N=2^17, r=8, p=1) is 128 MiB and a quarter of this work. */
const ceiling = { memoryBytes: 256 * 1024 * 1024, work: 2 ** 22 };

const passlibPattern =
  /^\$scrypt\$ln=(?<ln>[1-9]\d?),r=(?<r>[1-9]\d{0,9}),p=(?<p>[1-9]\d{0,9})\$(?<salt>[+/A-Za-z\d]{0,256})\$(?<key>[+/A-Za-z\d]+)$/;
const werkzeugPattern =
  /^scrypt:(?<n>[1-9]\d{0,9}):(?<r>[1-9]\d{0,9}):(?<p>[1-9]\d{0,9})\$(?<salt>[^$]{1,256})\$(?<key>[\da-f]{128})$/;
const djangoPattern =
  /^scrypt\$(?<n>[1-9]\d{0,9})\$(?<salt>[^$]{1,256})\$(?<r>[1-9]\d{0,9})\$(?<p>[1-9]\d{0,9})\$(?<key>[+/A-Za-z\d]{86})==$/;
const betterAuthPattern = /^(?<salt>[\da-f]{32}):(?<key>[\da-f]{128})$/;

/** The memory of RFC 7914: 128·N·r for the table and 128·r·p for the blocks, with room for what OpenSSL adds. */
const memoryBytesOf = ({ N, r, p }: ScryptHash) => 128 * r * (N + p + 2);

function derive(password: string, salt: Buffer, length: number, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scryptWithCallback(password, salt, length, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** RFC 7914 §6: N is a power of two, above 1 and below 2^(128·r/8). The key is at least 128 bits, or many passwords match. */
function sound(hash: ScryptHash): ScryptHash | undefined {
  const exponent = Math.log2(hash.N);
  const isSound = Number.isInteger(exponent) && exponent >= 1 && exponent < 16 * hash.r && hash.key.length >= 16;
  return isSound ? hash : undefined;
}

function readPasslib(stored: string): ScryptHash | undefined {
  const groups = groupsOf(passlibPattern, stored);
  const salt = groups && readBase64(groups.salt ?? '');
  const key = groups && readBase64(groups.key ?? '');
  if (groups === undefined || salt === undefined || key === undefined) return undefined;
  return sound({ N: 2 ** Number(groups.ln), r: Number(groups.r), p: Number(groups.p), salt, key });
}

/** werkzeug and Django say the same in another order; both take the salt as text. */
function readFramework(stored: string): ScryptHash | undefined {
  const hex = groupsOf(werkzeugPattern, stored);
  const groups = hex ?? groupsOf(djangoPattern, stored);
  if (groups === undefined) return undefined;
  const key = Buffer.from(groups.key ?? '', hex ? 'hex' : 'base64');
  return sound({
    N: Number(groups.n),
    r: Number(groups.r),
    p: Number(groups.p),
    salt: Buffer.from(groups.salt ?? ''),
    key,
  });
}

/** Better Auth writes no parameters, and takes the salt's hexadecimal text, not its bytes. */
function readBetterAuth(stored: string): ScryptHash | undefined {
  const { salt, key } = groupsOf(betterAuthPattern, stored) ?? {};
  if (salt === undefined || key === undefined) return undefined;
  return { N: 16_384, r: 16, p: 1, salt: Buffer.from(salt), key: Buffer.from(key, 'hex') };
}

/** scrypt (RFC 7914) as passlib, werkzeug, Django and Better Auth write it. */
export const scrypt = createScheme<ScryptHash>({
  read: (stored) => readPasslib(stored) ?? readFramework(stored) ?? readBetterAuth(stored),
  isBearable: (hash) => memoryBytesOf(hash) <= ceiling.memoryBytes && hash.N * hash.r * hash.p <= ceiling.work,
  async matches(hash, password) {
    const { N, r, p, salt, key } = hash;
    return sameBytes(await derive(password, salt, key.length, { N, r, p, maxmem: memoryBytesOf(hash) }), key);
  },
});
