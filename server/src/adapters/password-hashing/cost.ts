/** What verifying a hash takes, in the terms of its family. */
export type Cost =
  | { readonly kind: 'argon2'; readonly memoryKib: number; readonly iterations: number }
  | { readonly kind: 'bcrypt'; readonly cost: number }
  /** `blocks` of the output, each of which takes all the rounds. */
  | { readonly kind: 'pbkdf2'; readonly digestName: string; readonly rounds: number; readonly blocks?: number }
  | { readonly kind: 'scrypt'; readonly N: number; readonly r: number; readonly p: number }
  | { readonly kind: 'sha-crypt'; readonly rounds: number }
  | { readonly kind: 'phpass'; readonly rounds: number };

/**
 * Nanoseconds of one core for a unit of work, as measured with the libraries in use on a server processor of 2023 that has instructions
 * for SHA-1 and SHA-256. Another one is faster or slower in all of them; what counts is how they stand to one another.
 *
 * | unit | ns | so that |
 * |---|---|---|
 * | argon2, a KiB in one pass | 230 to 350 | 19 MiB and 2 passes take 9 ms, 64 MiB and 3 passes 70 ms |
 * | bcrypt, a round (2^cost of them) | 72,000 | cost 10 takes 74 ms, 12 takes 295 ms, 15 takes 2.4 s |
 * | PBKDF2, a round of SHA-1, SHA-256, SHA-512 | 177, 167, 527 | 600,000 of SHA-256 take 100 ms |
 * | scrypt, N·r·p | 330 to 350 | N=2^14, r=8, p=5 takes 180 ms, N=2^17, r=8 365 ms |
 * | sha-crypt, a round | 1,250 to 1,440 | 5,000 take 7 ms |
 * | phpass, a round | 1,190 | 8,192 take 10 ms |
 */
const nanoseconds = {
  argon2: 300,
  bcrypt: 72_000,
  sha512: 530,
  otherDigest: 180,
  scrypt: 340,
  shaCrypt: 1_350,
  phpass: 1_200,
};

const worksOf = (cost: Cost): number => {
  switch (cost.kind) {
    case 'argon2':
      return cost.memoryKib * cost.iterations * nanoseconds.argon2;
    case 'bcrypt':
      return 2 ** cost.cost * nanoseconds.bcrypt;
    case 'pbkdf2':
      return (
        cost.rounds * (cost.blocks ?? 1) * (cost.digestName === 'sha512' ? nanoseconds.sha512 : nanoseconds.otherDigest)
      );
    case 'scrypt':
      return cost.N * cost.r * cost.p * nanoseconds.scrypt;
    case 'sha-crypt':
      return cost.rounds * nanoseconds.shaCrypt;
    case 'phpass':
      return cost.rounds * nanoseconds.phpass;
  }
};

/** About how long verifying holds a core: an estimate in milliseconds, to tell what is cheap from what is not. */
export const estimateMs = (cost: Cost): number => worksOf(cost) / 1e6;
