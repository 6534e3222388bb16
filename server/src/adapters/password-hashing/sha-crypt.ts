import { blankOut, groupsOf, writeCryptBase64 } from './encodings.ts';
import { roundsThread } from './rounds-thread.ts';
import { createScheme, type PartedHash } from './scheme.ts';

interface ShaCryptHash extends PartedHash {
  readonly digestName: 'sha256' | 'sha512';
  readonly rounds: number;
  readonly salt: Buffer;
}

/** What crypt(3) takes where the hash says nothing. */
const defaultRounds = 5_000;

/** Half as many again as passlib takes by default; two seconds. */
const mostRounds = 1_000_000;

/** No crypt(3) takes more (libxcrypt: CRYPT_MAX_PASSPHRASE_SIZE with its end), and each round hashes all of it. */
const mostPasswordBytes = 511;

/** A round is one hash, one of PBKDF2-HMAC two, so these are twice what OWASP asks of that. */
const leastRounds = { sha256: 1_200_000, sha512: 420_000 };

/** The digests end on 4 bits (256) and 2 bits (512), so that only some digits can stand last. */
const sha256Pattern =
  /^\$5\$(?:rounds=(?<rounds>[1-9]\d{3,8})\$)?(?<salt>[./A-Za-z\d]{1,16})\$(?<digest>[./A-Za-z\d]{42}[./\dA-D])$/;
const sha512Pattern =
  /^\$6\$(?:rounds=(?<rounds>[1-9]\d{3,8})\$)?(?<salt>[./A-Za-z\d]{1,16})\$(?<digest>[./A-Za-z\d]{85}[./01])$/;

/** Drepper's order of the digest's bytes in the text: three columns, which change their places from row to row. */
function textOf(digest: Buffer, digestName: 'sha256' | 'sha512'): string {
  const third = Math.floor(digest.length / 3);
  const rows = Array.from({ length: third }, (_, row) => {
    const columns = [row, row + third, row + 2 * third];
    const turn = (digestName === 'sha256' ? 2 * row : row) % 3;
    return [...columns.slice(turn), ...columns.slice(0, turn)].reverse();
  });
  const rest = digestName === 'sha256' ? [30, 31] : [63];
  return writeCryptBase64(Buffer.from([...rows.flat(), ...rest].map((place) => digest[place] ?? 0)));
}

/** sha256-crypt and sha512-crypt, `$5$` and `$6$` of crypt(3): of /etc/shadow, passlib, PHP, Perl. */
export const shaCrypt = createScheme<ShaCryptHash>({
  read(stored) {
    const digestName = stored.startsWith('$5$') ? 'sha256' : 'sha512';
    const groups = groupsOf(digestName === 'sha256' ? sha256Pattern : sha512Pattern, stored);
    if (groups === undefined) return undefined;
    const { rounds, salt = '', digest = '' } = groups;
    return {
      digestName,
      rounds: Number(rounds || defaultRounds),
      salt: Buffer.from(salt),
      digest: Buffer.from(digest),
      blank: blankOut(stored, digest, '.'),
    };
  },
  isBearable: ({ rounds }) => rounds <= mostRounds,
  costOf: ({ rounds }) => ({ kind: 'sha-crypt', rounds }),
  isWeak: ({ digestName, rounds }) => rounds < leastRounds[digestName],
  async derive({ digestName, rounds, salt }, text) {
    const password = Buffer.from(text);
    // What is too long matches nothing, but not at once: that would tell which account has such a hash.
    const hashed = password.subarray(0, mostPasswordBytes);
    const digest = await roundsThread.run({
      algorithm: 'sha-crypt',
      digest: digestName,
      password: hashed,
      salt,
      rounds,
    });
    return hashed.length < password.length ? Buffer.alloc(0) : Buffer.from(textOf(digest, digestName));
  },
});
