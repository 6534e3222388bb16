import { pbkdf2 as pbkdf2WithCallback } from 'node:crypto';
import { promisify } from 'node:util';
import { groupsOf, readBase64, sameBytes } from './encodings.ts';
import { createScheme } from './scheme.ts';

interface Pbkdf2Hash {
  readonly digest: string;
  readonly rounds: number;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** Six times OWASP's advice for SHA-256 (600,000) and four times what Django takes; two seconds with SHA-512. */
const mostRounds = 4_000_000;

/** The frameworks below all take one block: a longer key would cost the owner more than an attacker. */
const keyLengths: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha512: 64 };

const derive = promisify(pbkdf2WithCallback);

const passlibPattern =
  /^\$pbkdf2(?:-(?<digest>sha256|sha512))?\$(?<rounds>[1-9]\d{0,9})\$(?<salt>[./A-Za-z\d]{0,256})\$(?<key>[./A-Za-z\d]+)$/;
const djangoPattern =
  /^pbkdf2_(?<digest>sha256|sha1)\$(?<rounds>[1-9]\d{0,9})\$(?<salt>[^$]{1,256})\$(?<key>[+/A-Za-z\d]+)={0,2}$/;
const werkzeugPattern =
  /^pbkdf2:(?<digest>sha1|sha256|sha512):(?<rounds>[1-9]\d{0,9})\$(?<salt>[^$]{1,256})\$(?<key>[\da-f]+)$/;

/** passlib's "adapted base64": standard, without padding, with `.` in place of `+`. */
const readAdaptedBase64 = (text: string) => readBase64(text.replaceAll('.', '+'));

function assemble(
  digest: string | undefined,
  rounds: string | undefined,
  salt: Buffer | undefined,
  key: Buffer | undefined,
): Pbkdf2Hash | undefined {
  const name = digest || 'sha1';
  if (salt === undefined || key === undefined || key.length !== keyLengths[name]) return undefined;
  return { digest: name, rounds: Number(rounds), salt, key };
}

function readPasslib(stored: string): Pbkdf2Hash | undefined {
  const { digest, rounds, salt, key } = groupsOf(passlibPattern, stored) ?? {};
  return key === undefined
    ? undefined
    : assemble(digest, rounds, readAdaptedBase64(salt ?? ''), readAdaptedBase64(key));
}

function readDjango(stored: string): Pbkdf2Hash | undefined {
  const { digest, rounds, salt, key } = groupsOf(djangoPattern, stored) ?? {};
  return key === undefined ? undefined : assemble(digest, rounds, Buffer.from(salt ?? ''), readBase64(key));
}

function readWerkzeug(stored: string): Pbkdf2Hash | undefined {
  const { digest, rounds, salt, key } = groupsOf(werkzeugPattern, stored) ?? {};
  return key === undefined ? undefined : assemble(digest, rounds, Buffer.from(salt ?? ''), Buffer.from(key, 'hex'));
}

/** PBKDF2 (RFC 8018 §5.2) with HMAC, as passlib, Django and werkzeug write it. */
export const pbkdf2 = createScheme<Pbkdf2Hash>({
  read: (stored) => readPasslib(stored) ?? readDjango(stored) ?? readWerkzeug(stored),
  isBearable: ({ rounds }) => rounds <= mostRounds,
  matches: async ({ digest, rounds, salt, key }, password) =>
    sameBytes(await derive(password, salt, rounds, key.length, digest), key),
});
