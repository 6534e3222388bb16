import { blankOut, groupsOf, readCryptDigit, writeCryptBase64 } from './encodings.ts';
import { roundsThread } from './rounds-thread.ts';
import { createScheme, type PartedHash } from './scheme.ts';
import { asWordPressSpells } from './wordpress.ts';

interface PhpassHash extends PartedHash {
  /** The binary logarithm of the rounds. */
  readonly exponent: number;
  readonly salt: Buffer;
}

/** WordPress and phpBB take 13 at most, half a million times less than the format can say; two seconds with the longest password. */
const highestExponent = 18;

/** phpass, WordPress and Drupal take no more, and each round hashes all of it. */
const mostPasswordBytes = 4096;

const pattern = /^\$[PH]\$(?<exponent>[5-9A-S])(?<salt>[./A-Za-z\d]{8})(?<digest>[./A-Za-z\d]{21}[./01])$/;

/** phpass, "portable hashes": `$P$` of WordPress before 6.8 and many others in PHP, `$H$` of phpBB. All are weak: they are MD5. */
export const phpass = createScheme<PhpassHash>({
  read(stored) {
    const groups = groupsOf(pattern, stored);
    if (groups === undefined) return undefined;
    const { exponent = '', salt = '', digest = '' } = groups;
    return {
      exponent: readCryptDigit(exponent),
      salt: Buffer.from(salt),
      digest: Buffer.from(digest),
      blank: blankOut(stored, digest, '.'),
    };
  },
  isBearable: ({ exponent }) => exponent <= highestExponent,
  costOf: ({ exponent }) => ({ kind: 'phpass', rounds: 2 ** exponent }),
  isWeak: () => true,
  spellings: (_, password) => asWordPressSpells(password),
  async derive({ exponent, salt }, text) {
    const password = Buffer.from(text);
    if (password.length > mostPasswordBytes) return Buffer.alloc(0);
    const digest = await roundsThread.run({ algorithm: 'phpass', password, salt, rounds: 2 ** exponent });
    return Buffer.from(writeCryptBase64(digest));
  },
});
