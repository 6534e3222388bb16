import { boolean, integer, publicUrl } from '../../config/parsers.ts';
import { section } from '../../config/setting.ts';
import { leastMinLength } from './common-passwords.ts';

/**
 * Bounds of lengths: NIST SP 800-63B-4 §3.1.1.2. Bounds of argon2: the least is OWASP Password Storage's, the greatest is
 * what the hasher still verifies.
 */
export const passwordSettings = section('Passwords', {
  minLength: {
    variable: 'PASSWORD_MIN_LENGTH',
    parse: integer({ min: leastMinLength, max: 64 }),
    fallback: () => 8,
    example: '8',
    reason: 'The fewest characters of a new password; 15 is advised where a password is all that one signs in with.',
  },
  maxLength: {
    variable: 'PASSWORD_MAX_LENGTH',
    parse: integer({ min: 64, max: 1024 }),
    fallback: () => 256,
    example: '256',
    reason: 'The most characters of a new password; pass phrases should fit, nothing is ever cut.',
  },
  memoryKib: {
    variable: 'ARGON2_MEMORY_KIB',
    parse: integer({ min: 19_456, max: 262_144 }),
    fallback: () => 19_456,
    example: '19456',
    reason: 'KiB of memory that one hashing takes; more is harder to crack. Old hashes grow with their next login.',
  },
  iterations: {
    variable: 'ARGON2_ITERATIONS',
    parse: integer({ min: 2, max: 8 }),
    fallback: () => 2,
    example: '2',
    reason: 'Passes over that memory; each makes a login slower, and cracking as well.',
  },
  parallelism: {
    variable: 'ARGON2_PARALLELISM',
    parse: integer({ min: 1, max: 16 }),
    fallback: () => 1,
    example: '1',
    reason: 'Lanes of argon2; 1 is right for a server, which hashes many passwords side by side.',
  },
  maxWaitMs: {
    variable: 'PASSWORD_HASH_MAX_WAIT_MS',
    parse: integer({ min: 100, max: 30_000 }),
    fallback: () => 2000,
    example: '2000',
    reason:
      'Milliseconds that a login may wait for a free core; what would probably wait more than a third of it gets 503 at once.',
  },
  breachCheck: {
    variable: 'PASSWORD_BREACH_CHECK',
    parse: boolean,
    fallback: () => false,
    example: 'off',
    reason: 'Whether a new password is compared with those of data breaches, by asking a service elsewhere.',
  },
  breachUrl: {
    variable: 'PASSWORD_BREACH_URL',
    parse: publicUrl,
    fallback: () => 'https://api.pwnedpasswords.com/range',
    example: 'https://api.pwnedpasswords.com/range',
    reason:
      'That service: Pwned Passwords, or another with its range API. It learns 20 bits of the SHA-1, not the password.',
  },
});
