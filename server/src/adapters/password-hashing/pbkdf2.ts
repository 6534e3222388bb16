import { pbkdf2 as pbkdf2WithCallback } from 'node:crypto';
import { promisify } from 'node:util';
import { blankOut, groupsOf, readBase64 } from './encodings.ts';
import { createScheme, type PartedHash } from './scheme.ts';

interface Pbkdf2Hash extends PartedHash {
  readonly digestName: string;
  readonly rounds: number;
  readonly salt: Buffer;
}

/** Six times OWASP's advice for SHA-256 (600,000) and four times what Django takes; two seconds with SHA-512. */
const mostRounds = 4_000_000;

/** OWASP Password Storage, PBKDF2. */
const leastRounds: Readonly<Record<string, number>> = { sha1: 1_300_000, sha256: 600_000, sha512: 210_000 };

/** The frameworks below all take one block: a longer key would cost the owner more than an attacker. */
const keyLengths: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha512: 64 };

/** RFC 8018 §5.2, on a thread of Node's pool. */
export const derivePbkdf2 = promisify(pbkdf2WithCallback);

export const isBearablePbkdf2 = (rounds: number): boolean => rounds <= mostRounds;

export const isWeakPbkdf2 = (digestName: string, rounds: number): boolean =>
  rounds < (leastRounds[digestName] ?? Number.POSITIVE_INFINITY);

const passlibPattern =
  /^\$pbkdf2(?:-(?<digest>sha256|sha512))?\$(?<rounds>[1-9]\d{0,9})\$(?<salt>[./A-Za-z\d]{0,256})\$(?<key>[./A-Za-z\d]+)$/;
const djangoPattern =
  /^pbkdf2_(?<digest>sha256|sha1)\$(?<rounds>[1-9]\d{0,9})\$(?<salt>[^$]{1,256})\$(?<key>[+/A-Za-z\d]+)={0,2}$/;
const werkzeugPattern =
  /^pbkdf2:(?<digest>sha1|sha256|sha512):(?<rounds>[1-9]\d{0,9})\$(?<salt>[^$]{1,256})\$(?<key>[\da-f]+)$/;

/** passlib's "adapted base64": standard, without padding, with `.` in place of `+`. */
const readAdaptedBase64 = (text: string) => readBase64(text.replaceAll('.', '+'));

interface Pieces {
  readonly digestName: string | undefined;
  readonly rounds: string | undefined;
  readonly salt: Buffer | undefined;
  readonly digest: Buffer | undefined;
  readonly blank: string;
}

function assemble({ digestName, rounds, salt, digest, blank }: Pieces): Pbkdf2Hash | undefined {
  const name = digestName || 'sha1';
  if (salt === undefined || digest === undefined || digest.length !== keyLengths[name]) return undefined;
  return { digestName: name, rounds: Number(rounds), salt, digest, blank };
}

function readPasslib(stored: string): Pbkdf2Hash | undefined {
  const { digest: digestName, rounds, salt, key } = groupsOf(passlibPattern, stored) ?? {};
  if (key === undefined) return undefined;
  const [saltBytes, digest] = [readAdaptedBase64(salt ?? ''), readAdaptedBase64(key)];
  return assemble({ digestName, rounds, salt: saltBytes, digest, blank: blankOut(stored, key, 'A') });
}

function readDjango(stored: string): Pbkdf2Hash | undefined {
  const { digest: digestName, rounds, salt, key } = groupsOf(djangoPattern, stored) ?? {};
  if (key === undefined) return undefined;
  const [saltBytes, digest] = [Buffer.from(salt ?? ''), readBase64(key)];
  return assemble({ digestName, rounds, salt: saltBytes, digest, blank: blankOut(stored, key, 'A') });
}

function readWerkzeug(stored: string): Pbkdf2Hash | undefined {
  const { digest: digestName, rounds, salt, key } = groupsOf(werkzeugPattern, stored) ?? {};
  if (key === undefined) return undefined;
  const [saltBytes, digest] = [Buffer.from(salt ?? ''), Buffer.from(key, 'hex')];
  return assemble({ digestName, rounds, salt: saltBytes, digest, blank: blankOut(stored, key, '0') });
}

/** PBKDF2 (RFC 8018 §5.2) with HMAC, as passlib, Django and werkzeug write it. */
export const pbkdf2 = createScheme<Pbkdf2Hash>({
  read: (stored) => readPasslib(stored) ?? readDjango(stored) ?? readWerkzeug(stored),
  isBearable: ({ rounds }) => isBearablePbkdf2(rounds),
  costOf: ({ digestName, rounds }) => ({ kind: 'pbkdf2', digestName, rounds }),
  isWeak: ({ digestName, rounds }) => isWeakPbkdf2(digestName, rounds),
  derive: ({ digestName, rounds, salt, digest }, password) =>
    derivePbkdf2(password, salt, rounds, digest.length, digestName),
});
