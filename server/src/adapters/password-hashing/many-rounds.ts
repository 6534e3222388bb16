import { hash } from 'node:crypto';

/** Hashing that is many short hashes in a row, which Node does on the thread that asks: see rounds-thread.ts. */
export type ManyRounds = { readonly password: Uint8Array; readonly salt: Uint8Array; readonly rounds: number } & (
  | { readonly algorithm: 'sha-crypt'; readonly digest: 'sha256' | 'sha512' }
  | { readonly algorithm: 'phpass' }
);

/** Does all the rounds, on this thread. @returns the raw digest */
export function runRounds(work: ManyRounds): Buffer {
  return work.algorithm === 'phpass' ? runPhpass(work) : runShaCrypt(work, work.digest);
}

/** phpass, "portable hashes": MD5 over salt and password, then over its own output and the password. */
function runPhpass({ password, salt, rounds }: ManyRounds): Buffer {
  let digest = hash('md5', Buffer.concat([salt, password]), 'buffer');
  const message = Buffer.concat([digest, password]);
  for (let round = 0; round < rounds; round += 1) {
    message.set(digest);
    digest = hash('md5', message, 'buffer');
  }
  return digest;
}

/** Drepper, "Unix crypt using SHA-256 and SHA-512"; the numbers are those of its steps. */
function runShaCrypt({ password, salt, rounds }: ManyRounds, algorithm: 'sha256' | 'sha512'): Buffer {
  const digestOf = (...parts: readonly Uint8Array[]) => hash(algorithm, Buffer.concat(parts), 'buffer');
  const b = digestOf(password, salt, password); // 4–8
  const bits = [...password.length.toString(2)].reverse();
  const first = password.length === 0 ? [] : bits.map((bit) => (bit === '1' ? b : password)); // 11
  const a = digestOf(password, salt, stretch(b, password.length), ...first); // 1–12
  const p = stretch(digestOf(...Array<Uint8Array>(password.length).fill(password)), password.length); // 13–16
  const s = stretch(digestOf(...Array<Uint8Array>(16 + (a[0] ?? 0)).fill(salt)), salt.length); // 17–20
  return runShaRounds(a, { p, s, rounds }, algorithm); // 21
}

/** Bytes of `source`, over and over, until there are `length`. */
const stretch = (source: Buffer, length: number) => Buffer.alloc(length, source);

/** What is hashed depends on the round only by its remainders: eight messages, in which nothing changes but the last digest. */
function runShaRounds(
  a: Buffer,
  { p, s, rounds }: { p: Buffer; s: Buffer; rounds: number },
  algorithm: 'sha256' | 'sha512',
): Buffer {
  const messages = [0, 1, 2, 3, 4, 5, 6, 7].map((kind) => {
    const middle = [...(kind & 2 ? [s] : []), ...(kind & 4 ? [p] : [])];
    const message = Buffer.concat(kind & 1 ? [p, ...middle, a] : [a, ...middle, p]);
    return { message, place: kind & 1 ? message.length - a.length : 0 };
  });
  let digest = a;
  for (let round = 0; round < rounds; round += 1) {
    const kind = (round & 1) | (round % 3 === 0 ? 0 : 2) | (round % 7 === 0 ? 0 : 4);
    const { message, place } = messages[kind] as (typeof messages)[number];
    message.set(digest, place);
    digest = hash(algorithm, message, 'buffer');
  }
  return digest;
}
