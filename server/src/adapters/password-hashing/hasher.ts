import type { Hasher } from '../../kernel/hasher.ts';
import type { Random } from '../../kernel/random.ts';
import {
  type Argon2Parameters,
  argon2,
  hashWithArgon2id,
  isAtLeast,
  saltLength,
  tagLength,
  writePhc,
} from './argon2id.ts';
import { bcrypt } from './bcrypt.ts';
import type { Lane } from './lane.ts';
import { pbkdf2 } from './pbkdf2.ts';
import { scrypt } from './scrypt.ts';

export interface HasherOptions {
  /** Today's parameters. OWASP Password Storage asks for at least 19456 KiB, 2 passes, 1 lane. */
  readonly parameters: Argon2Parameters;
  readonly lane: Lane;
  readonly random: Random;
}

const schemes = [argon2, bcrypt, pbkdf2, scrypt];

/**
 * Makes argon2id hashes and verifies those of many systems.
 *
 * A hash that none can run (unknown, broken, too costly) costs what the dummy costs, so that such an account answers no
 * faster than one that does not exist. A weak hash of another system does answer faster, until its owner's next login.
 *
 * @throws RangeError when `parameters` are such that `verify` would refuse the hashes they make
 */
export function createHasher({ parameters, lane, random }: HasherOptions): Hasher {
  const dummy = writePhc(parameters, random.bytes(saltLength), random.bytes(tagLength));
  if (!argon2.costIsBearable(dummy)) throw new RangeError('These argon2 parameters are out of bounds.');

  const runnable = (stored: string) => schemes.find((scheme) => scheme.costIsBearable(stored));

  return {
    dummy,
    hash: (password) => lane.run(() => hashWithArgon2id(password, parameters, random.bytes(saltLength))),
    verify(stored, password) {
      const scheme = runnable(stored);
      if (scheme !== undefined) return lane.run(() => scheme.verify(stored, password));
      return lane.run(async () => {
        await argon2.verify(dummy, password);
        return false;
      });
    },
    canVerify: (stored) => runnable(stored) !== undefined,
    isOutdated: (stored) => !isAtLeast(parameters, stored),
  };
}
