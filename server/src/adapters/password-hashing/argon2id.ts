import { type Algorithm, hash, hashRaw, type Version } from '@node-rs/argon2';
import { blankOut, groupsOf, readBase64, sameBytes, writeBase64 } from './encodings.ts';
import { createScheme, type PartedHash } from './scheme.ts';

/** The cost of argon2 (RFC 9106 §3.1): memory in KiB, passes over it, and lanes. */
export interface Argon2Parameters {
  readonly memoryKib: number;
  readonly iterations: number;
  readonly parallelism: number;
}

interface Argon2Hash extends Argon2Parameters, PartedHash {
  readonly variant: Variant;
  readonly version: 16 | 19;
  readonly salt: Buffer;
}

/** The library's numbers. */
const algorithms = { d: 0, i: 1, id: 2 } as const satisfies Record<string, Algorithm>;
const versions = { 16: 0, 19: 1 } as const satisfies Record<number, Version>;
type Variant = keyof typeof algorithms;

/** Twice what any framework takes by default (Django: 100 MiB, two passes); RFC 9106's 2 GiB is not for a login server. */
const ceiling = { memoryKib: 262_144, memoryKibTimesIterations: 2_097_152, parallelism: 64 };

/** The least of OWASP's five equals in memory and in work: 7 MiB, five passes. */
const least = { memoryKib: 7_168, memoryKibTimesIterations: 35_840 };

/** RFC 9106 §4: a salt of 128 bits and a tag of 256 bits. */
export const saltLength = 16;
export const tagLength = 32;

/** Before version 0x13 the PHC string had no `v=`. A `keyid` or `data` needs a secret that we do not have: no match. */
const phcPattern =
  /^\$argon2(?<variant>id|i|d)(?:\$v=(?<version>16|19))?\$m=(?<m>[1-9]\d{0,9}),t=(?<t>[1-9]\d{0,9}),p=(?<p>[1-9]\d{0,2})\$(?<salt>[A-Za-z\d+/]{11,64})\$(?<tag>[A-Za-z\d+/]{16,86})$/;

function readPhc(phc: string): Argon2Hash | undefined {
  const groups = groupsOf(phcPattern, phc);
  const salt = groups && readBase64(groups.salt ?? '');
  const digest = groups && readBase64(groups.tag ?? '');
  if (groups === undefined || salt === undefined || digest === undefined) return undefined;
  const parallelism = Number(groups.p);
  const memoryKib = Number(groups.m);
  if (memoryKib < 8 * parallelism) return undefined; // RFC 9106 §3.1
  return {
    variant: groups.variant as Variant,
    version: groups.version === '19' ? 19 : 16,
    memoryKib,
    iterations: Number(groups.t),
    parallelism,
    salt,
    digest,
    blank: blankOut(phc, groups.tag ?? '', 'A'),
  };
}

function readDjango(stored: string): Argon2Hash | undefined {
  const found = readPhc(stored.slice('argon2'.length));
  return found && { ...found, blank: `argon2${found.blank}` };
}

function derive(hash: Argon2Hash, password: string | Uint8Array): Promise<Buffer> {
  const { memoryKib: memoryCost, iterations: timeCost, parallelism, salt, digest } = hash;
  const [algorithm, version] = [algorithms[hash.variant], versions[hash.version]];
  const options = { algorithm, version, memoryCost, timeCost, parallelism, salt, outputLen: digest.length };
  return hashRaw(password, options);
}

const workOf = ({ memoryKib, iterations }: Argon2Parameters) => memoryKib * iterations;

const readAny = (stored: string) => (stored.startsWith('argon2$') ? readDjango(stored) : readPhc(stored));

const isBearable = (parameters: Argon2Parameters): boolean =>
  parameters.memoryKib <= ceiling.memoryKib &&
  workOf(parameters) <= ceiling.memoryKibTimesIterations &&
  parameters.parallelism <= ceiling.parallelism;

/** argon2id, argon2i and argon2d as PHC strings, also behind Django's `argon2` prefix. */
export const argon2 = createScheme<Argon2Hash>({
  read: readAny,
  isBearable,
  costOf: ({ memoryKib, iterations }) => ({ kind: 'argon2', memoryKib, iterations }),
  isWeak: ({ memoryKib, iterations }) =>
    memoryKib < least.memoryKib || memoryKib * iterations < least.memoryKibTimesIterations,
  derive,
});

/** Hashes `password` (or the digest of one) with argon2id, version 0x13; `salt` is `saltLength` fresh random bytes. */
export function hashWithArgon2id(
  password: string | Uint8Array,
  parameters: Argon2Parameters,
  salt: Uint8Array,
): Promise<string> {
  const { memoryKib, iterations, parallelism } = parameters;
  return hash(password, { memoryCost: memoryKib, timeCost: iterations, parallelism, outputLen: tagLength, salt });
}

/** Whether the bytes of `digest` are behind a plain PHC string. Its cost is the caller's to judge. */
export async function isBehindPhc(phc: string, digest: Uint8Array): Promise<boolean> {
  const found = readPhc(phc);
  return found !== undefined && sameBytes(await derive(found, digest), found.digest);
}

/** The PHC string of an argon2id hash. */
export function writePhc(parameters: Argon2Parameters, salt: Uint8Array, tag: Uint8Array): string {
  const { memoryKib, iterations, parallelism } = parameters;
  return `$argon2id$v=19$m=${memoryKib},t=${iterations},p=${parallelism}$${writeBase64(salt)}$${writeBase64(tag)}`;
}

/**
 * Whether `stored` is a plain argon2id PHC string that takes no less memory and no less work (memory times passes) than a new one with
 * `parameters`. More memory in fewer passes is as good: RFC 9106 §4 and OWASP weigh one against the other.
 */
export function isAtLeast(parameters: Argon2Parameters, stored: string): boolean {
  const found = readPhc(stored);
  return (
    found?.variant === 'id' &&
    found.version === 19 &&
    found.memoryKib >= parameters.memoryKib &&
    workOf(found) >= workOf(parameters) &&
    found.parallelism >= parameters.parallelism &&
    found.salt.length >= saltLength &&
    found.digest.length >= tagLength
  );
}

/**
 * With what a password is to be hashed anew: `parameters`, or as much more memory and work as the argon2 hashes among `present` have, so
 * that a renewal never weakens. `undefined` where that would cost more than a server can bear: the old one may stay.
 */
export function renewedParameters(
  parameters: Argon2Parameters,
  present: readonly string[],
): Argon2Parameters | undefined {
  const all = [parameters, ...present.map(readAny).filter((found) => found !== undefined)];
  const memoryKib = Math.max(...all.map((it) => it.memoryKib));
  const iterations = Math.ceil(Math.max(...all.map(workOf)) / memoryKib);
  const renewed = { ...parameters, memoryKib, iterations };
  return isBearable(renewed) ? renewed : undefined;
}
